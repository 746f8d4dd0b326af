"""A friendly early error for code that cannot work here. It decides nothing about security: the kernel does."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

NODES: Final = 20_000
NO_OUTSIDE: Final = "Code may not open network connections, start programs or touch files; the table is already loaded"
_MODULES: Final = (
    "subprocess socket socketserver requests urllib urllib3 http httpx aiohttp ftplib smtplib telnetlib ssl ctypes "
    "multiprocessing asyncio signal resource shutil tempfile shelve dbm boto3 psycopg psycopg2 sqlalchemy "
    "webbrowser pty fcntl mmap"
)
MODULES: Final = frozenset(_MODULES.split())
HARMLESS: Final = frozenset({"urllib.parse", "http"})
"""Words for addresses and for the answers of servers, which tables are full of."""
PAGES: Final = frozenset({"streamlit", "dash", "flask", "gradio"})
BUILTINS: Final = frozenset({"open", "input", "__import__", "exit", "quit", "breakpoint", "help"})
_READERS: Final = (
    "read_csv read_table read_excel read_json read_parquet read_feather read_pickle "
    "read_html read_xml read_orc read_stata read_sas read_spss read_hdf read_fwf"
)
READERS: Final = frozenset(_READERS.split())
_WRITERS: Final = (
    "to_csv to_excel to_json to_parquet to_feather to_pickle to_hdf to_stata to_xml to_orc savefig "
    "write_html write_image write_json savez savetxt"
)
WRITERS: Final = frozenset(_WRITERS.split())
_ESCAPES: Final = (
    "__subclasses__ __globals__ __builtins__ __code__ __closure__ f_back f_globals f_builtins gi_frame cr_frame "
    "tb_frame"
)
ESCAPES: Final = frozenset(_ESCAPES.split())


@dataclass(frozen=True)
class Refusal:
    """Why the code was not run, in one sentence, with the line and what to do."""

    message: str
    hint: str
    line: int | None = None


def check(tree: ast.Module) -> Refusal | None:
    """The first thing in the code that cannot work here, or None."""
    own = _own_names(tree)
    for count, node in enumerate(ast.walk(tree)):
        if count >= NODES:
            return Refusal("The code is too long to check.", "Write a shorter snippet.")
        for problem in _problems(node, own):
            return problem
    return None


def _own_names(tree: ast.Module) -> frozenset[str]:
    """What the code calls by a name of its own, such as the column `open` of a stock."""
    nodes = list(islice(ast.walk(tree), NODES))
    made = {node.name for node in nodes if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    return frozenset(
        made | {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    )


def _problems(node: ast.AST, own: Collection[str]) -> Iterator[Refusal]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield from _module(alias.name, node.lineno)
    elif isinstance(node, ast.ImportFrom) and node.module:
        if not all(f"{node.module}.{alias.name}" in HARMLESS for alias in node.names):
            yield from _module(node.module, node.lineno)
    elif isinstance(node, ast.Attribute) and node.attr in ESCAPES:
        yield Refusal(f"`{node.attr}` reaches into the interpreter.", "Analyse the table only.", node.lineno)
    elif isinstance(node, ast.Call):
        yield from _call(node, own)


def _module(name: str, line: int) -> Iterator[Refusal]:
    top = name.split(".")[0]
    if top in PAGES:
        yield Refusal(f"There is no page to draw on here (import of `{name}`).", _instead(""), line)
    elif top in MODULES and name not in HARMLESS:
        yield Refusal(f"{NO_OUTSIDE} as `df` (import of `{name}`).", f"Leave out `import {name}` and use `df`.", line)


def _call(node: ast.Call, own: Collection[str]) -> Iterator[Refusal]:
    function = node.func
    if isinstance(function, ast.Name) and function.id in BUILTINS - set(own):
        yield Refusal(f"{NO_OUTSIDE} as `df` (call of `{function.id}`).", _instead(function.id), node.lineno)
    name = function.attr if isinstance(function, ast.Attribute) else ""
    if name in READERS and _first_is_text(node, ("filepath_or_buffer", "path", "io", "path_or_buf")):
        yield Refusal(f"{NO_OUTSIDE} as `df` (call of `{name}`).", "Use `df` instead of reading a file.", node.lineno)
    if name in WRITERS and _first_is_text(node, ("path_or_buf", "path", "excel_writer", "fname", "file")):
        yield Refusal(f"{NO_OUTSIDE} as `df` (call of `{name}`).", _instead(name), node.lineno)


def _instead(name: str) -> str:
    if name in ("exit", "quit", "input", "help", "breakpoint"):
        return f"Leave out `{name}()`: the code runs once, from top to bottom."
    return "Assign the table or figure to `result` instead."


def _first_is_text(node: ast.Call, keywords: tuple[str, ...]) -> bool:
    first = node.args[:1] + [keyword.value for keyword in node.keywords if keyword.arg in keywords]
    return any(isinstance(value, ast.JoinedStr) or _is_text(value) for value in first)


def _is_text(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and isinstance(value.value, str)
