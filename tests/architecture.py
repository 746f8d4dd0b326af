"""The rules of the house as functions: each takes sources and gives one sentence per breach, none when all is well."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

PRODUCT = ("app.py", "pages", "components", "services", "sandbox")
BESIDE = ("tools", "benchmarks")

FILE_LINES, PAGE_LINES, FUNCTION_LINES, USUAL_LINES, USUAL_SHARE = 400, 120, 60, 30, 0.9

NOUNS = {"domain", "errors", "messages"}
VERBS = {"verbs", "accounts", "assistant", "reports"}
DRAWING = {"streamlit", "components", *NOUNS}
MAY_IMPORT: dict[str, set[str]] = {
    "app": {"streamlit", "routes", "wiring", "settings", *NOUNS},
    "frame": {*DRAWING, "desk", "shell", "sign_in", "settings", *VERBS},
    "pages": {*DRAWING, "desk", "shell", "sign_in", *VERBS},
    "desk": {*DRAWING, "desk", "shell", "workspace", *VERBS},
    "components": DRAWING,
    "shell": {*DRAWING, "sign_in", "workspace", "wiring", "settings"},
    "sign_in": {*DRAWING, "sign_in", "accounts", "workspace", "routes", "settings"},
    "errors": set(),
    "domain": {"domain", "code", "errors", "messages", "access"},
    "protocols": {"protocols", *NOUNS},
    "settings": {"errors"},
    "access": {"errors"},
    "workspace": {"access", "settings", "protocols", "backends", *NOUNS},
    "code": {"code", "errors"},
    "verbs": {*VERBS, *NOUNS, "code", "protocols", "settings", "access", "workspace"},
    "accounts": {*VERBS, *NOUNS, "protocols", "settings", "access", "workspace"},
    "assistant": {*VERBS, *NOUNS, "code", "protocols", "settings", "access", "workspace"},
    "reports": {*VERBS, *NOUNS, "reports", "settings", "access", "workspace"},
    "routes": {*VERBS, *NOUNS, "routes", "settings", "access", "workspace"},
    "backends": {*NOUNS, "backends", "protocols", "settings"},
    "wiring": {*VERBS, *NOUNS, "backends", "sandbox", "protocols", "settings", "workspace"},
    "command line": {*VERBS, *NOUNS, "code", "command line", "wiring", "settings", "workspace"},
    "messages": set(),
    "sandbox": {"sandbox", "messages"},
}
"""Who may import whom, by layer. `shell` opens the door, `workspace` is the door, `wiring` owns what is behind it."""

MAY_NAME_TYPES: dict[str, set[str]] = {"assistant": {"backends"}, "access": {"workspace"}}
"""What these may import for type checkers alone, under `if TYPE_CHECKING`: the objects come from elsewhere."""

SINGLE = {
    "app": "app",
    "pages.frame": "frame",
    "pages.desk": "desk",
    "pages.shelf": "desk",
    "pages.worklist": "desk",
    "pages.proposed": "desk",
    "pages.chart_desk": "desk",
    "pages.comparison": "desk",
    "pages.model_choice": "desk",
    "pages.share_dialog": "desk",
    "pages.team_dialogs": "desk",
    "pages.leaving": "desk",
    "pages.report_desk": "desk",
    "pages.report_offer": "desk",
    "pages.answers_behind": "desk",
    "pages.pinning": "desk",
    "pages.form_desk": "desk",
    "pages.talks": "desk",
    "pages.explained": "desk",
    "pages.opinions": "desk",
    "pages.code_desk": "desk",
    "pages.plan_desk": "desk",
    "pages.board": "desk",
    "pages.tile_rows": "desk",
    "pages.board_dialogs": "desk",
    "pages.pinned": "desk",
    "components.shell": "shell",
    "components.sign_in": "sign_in",
    "services.__main__": "command line",
    "sandbox.messages": "messages",
    **{f"services.{name}": name for name in ("domain", "errors", "protocols", "settings", "access", "workspace")},
    "services.conditions": "domain",
    "services.facts": "domain",
    "services.effects": "domain",
    "services.freshness": "domain",
    "services.comparing": "domain",
    "services.binding": "domain",
    "services.sources": "domain",
    "services.palette": "domain",
    "services.people": "domain",
    "services.progress": "protocols",
    "services.circles": "domain",
    "services.boards": "domain",
    "services.checklist": "domain",
    "services.asked": "domain",
    "services.question_form": "domain",
    "services.noun": "domain",
    "services.models": "domain",
    **{f"services.{name}": name for name in ("wiring", "accounts")},
}
FOLDERS = {
    **{f"services.{name}": name for name in ("assistant", "code", "reports", "routes", "backends")},
    "services.commands": "command line",
    "services": "verbs",
    "pages": "pages",
    "components": "components",
    "sandbox": "sandbox",
    "streamlit": "streamlit",
}

GUARDED = ("verbs", "accounts", "reports")
"""Layers whose public functions are checked before they do anything."""
FORBIDDEN_WORDS = re.compile(r"PythonREPL|PythonAstREPLTool|allow_dangerous_code")
BARE_IGNORE = re.compile(r"#\s*type:\s*ignore(?!\[)")
SOMEBODYS_FOLDER = re.compile(r"(?<![\w.~}])/(?:home|Users|root|work|workspace)/\w|\.\./shared(?!/corpora)")
MAY_CATCH_ALL = {"sandbox/hints.py", "sandbox/worker.py", "services/jobs.py"}
"""Where submitted code is run or asked for the text of its own exception, and the edge of a job."""
MAY_READ_ENVIRONMENT = ("sandbox/", "services/settings.py")


@dataclass(frozen=True)
class Source:
    """One Python file: its path in the project, with slashes, and its text."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def module(self) -> str:
        """ "services.backends" for services/backends/__init__.py."""
        return self.path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")

    @property
    def names(self) -> Iterator[tokenize.TokenInfo]:
        """The names in the code, without comments and texts."""
        tokens = tokenize.generate_tokens(io.StringIO(self.text).readline)
        return (token for token in tokens if token.type == tokenize.NAME)


def read(project: Path, places: Sequence[str] = PRODUCT) -> list[Source]:
    """The Python files of these places."""
    found = [path for place in places for path in (project / place, *sorted((project / place).rglob("*.py")))]
    files = [path for path in found if path.suffix == ".py" and path.is_file()]
    return [Source(path.relative_to(project).as_posix(), path.read_text(encoding="utf-8")) for path in files]


def imports(source: Source) -> list[str]:
    """One sentence per import that the table forbids."""
    layer = layer_of(source.module)
    if layer is None or layer == "streamlit":
        return [f"{source.path} belongs to no layer of the table"]
    types = set(type_only(source.tree))
    return [
        f"{source.path}:{line} imports {name} ({target}); {layer} may not"
        for line, name in imported(source)
        if (target := layer_of(name))
        and target not in MAY_IMPORT[layer]
        and not (line in types and target in MAY_NAME_TYPES.get(layer, ()))
    ]


def type_only(tree: ast.Module) -> Iterator[int]:
    """Lines that only type checkers read."""
    blocks = (node for node in ast.walk(tree) if isinstance(node, ast.If))
    for block in blocks:
        if ast.unparse(block.test).rpartition(".")[2] == "TYPE_CHECKING":
            yield from (
                node.lineno for statement in block.body for node in ast.walk(statement) if hasattr(node, "lineno")
            )


def layer_of(module: str) -> str | None:
    """The layer of a module, or None for one that is not ours (nor Streamlit)."""
    if module in SINGLE:
        return SINGLE[module]
    parts = module.split(".")
    if ".".join(parts[:2]) in SINGLE and parts[0] != "pages":
        return SINGLE[".".join(parts[:2])]
    return next((FOLDERS[name] for name in (".".join(parts[:2]), parts[0]) if name in FOLDERS), None)


def imported(source: Source) -> Iterator[tuple[int, str]]:
    """Line and full name of everything imported, wherever the import stands."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)


def sizes(source: Source) -> list[str]:
    """One sentence per file, page or function that is too long."""
    most = PAGE_LINES if source.path.startswith("pages/") else FILE_LINES
    lines = len(source.text.splitlines())
    found = [f"{source.path} has {lines} lines; {most} at most"] if lines > most else []
    return found + [
        f"{source.path}:{node.lineno} {node.name} has {length(node)} lines; {FUNCTION_LINES} at most"
        for node in functions(source)
        if length(node) > FUNCTION_LINES
    ]


def usual_size(sources: Sequence[Source]) -> list[str]:
    """A sentence when too few functions of the whole are short."""
    lengths = [length(node) for source in sources for node in functions(source)]
    short = sum(lines < USUAL_LINES for lines in lengths)
    if short >= USUAL_SHARE * len(lengths):
        return []
    return [f"{short} of {len(lengths)} functions have under {USUAL_LINES} lines; at least {USUAL_SHARE:.0%} should"]


def functions(source: Source) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(source.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from `def` to the end, docstring included."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def guards(source: Source) -> list[str]:
    """One sentence per public verb without `@requires`: a public function of a service that takes a workspace."""
    if (
        layer_of(source.module) not in ("verbs", "accounts", "reports")
        and source.path != "services/assistant/pipeline.py"
    ):
        return []
    return [
        f"{source.path}:{node.lineno} {node.name} takes a workspace and has no @requires"
        for node in source.tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and is_verb(node) and not has_requires(node)
    ]


def is_verb(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether the function is public and its first parameter is a workspace, by name or by annotation.

    What takes a `progress` as well is the work of a job: its permission was checked when the job was made.
    """
    parameters = (*node.args.posonlyargs, *node.args.args)
    first = next(iter(parameters), None)
    if first is None or node.name.startswith("_") or "progress" in {parameter.arg for parameter in parameters}:
        return False
    return first.arg == "ws" or (first.annotation is not None and ast.unparse(first.annotation) == "Workspace")


def has_requires(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    calls = (decorator for decorator in node.decorator_list if isinstance(decorator, ast.Call))
    return any(ast.unparse(call.func).rpartition(".")[2] == "requires" for call in calls)


def catch_alls(source: Source) -> list[str]:
    """One sentence per place that catches everything where it may not."""
    if source.path in MAY_CATCH_ALL:
        return []
    return [f"{source.path}:{line} catches every exception" for line in sorted(catching_all(source.tree))]


def catching_all(tree: ast.Module) -> Iterator[int]:
    """Lines of `except:`, `except Exception` and `suppress(Exception)`, also inside tuples."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler) and (node.type is None or names_everything(node.type)):
            yield node.lineno
        elif isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "suppress":
            yield from (node.lineno for part in node.args if names_everything(part))


def names_everything(node: ast.expr) -> bool:
    parts = node.elts if isinstance(node, ast.Tuple) else [node]
    return any(ast.unparse(part).rpartition(".")[2] in ("Exception", "BaseException") for part in parts)


def words(source: Source) -> list[str]:
    """One sentence per word that may not stand in the product, in code or text."""
    checks = ((FORBIDDEN_WORDS, "is forbidden"), (BARE_IGNORE, "needs the code of the error it ignores"))
    return matches(source.path, source.text, checks)


def paths(path: str, text: str) -> list[str]:
    """One sentence per path of one person's machine."""
    return matches(path, text, ((SOMEBODYS_FOLDER, "is a path of one machine"),))


def matches(path: str, text: str, checks: Sequence[tuple[re.Pattern[str], str]]) -> list[str]:
    return [
        f"{path}:{number} {match.group()!r} {complaint}"
        for number, line in enumerate(text.splitlines(), 1)
        for pattern, complaint in checks
        if (match := pattern.search(line))
    ]


def session_state(source: Source) -> list[str]:
    """One sentence per use of Streamlit's session state outside its one typed class."""
    if source.path == "components/session.py":
        return []
    lines = [token.start[0] for token in source.names if token.string == "session_state"]
    return [f"{source.path}:{line} uses session_state; only components/session.py may" for line in lines]


def environment(source: Source) -> list[str]:
    """One sentence per look at, or write to, the environment outside the settings and the sandbox."""
    if source.path.startswith(MAY_READ_ENVIRONMENT):
        return []
    uses = [token for token in source.names if token.string in ("environ", "environb", "getenv", "putenv", "unsetenv")]
    return [f"{source.path}:{token.start[0]} uses os.{token.string}; services/settings.py reads it" for token in uses]
