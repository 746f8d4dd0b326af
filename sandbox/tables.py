"""The tables of a run, opened by the parent. Their content is read in the worker only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Final

FORMS: Final = {".parquet": "parquet", ".pq": "parquet", ".arrow": "arrow", ".feather": "arrow", ".csv": "csv"}


MOST: Final = 100
"""Tables of one run: their descriptors travel in one message, which holds no more than about 200."""
Opened = tuple[list[dict[str, str]], list[IO[bytes]]]


class Unreadable(ValueError):
    """A table's file is missing, or of a kind that cannot be read here."""


def open_tables(
    tables: Mapping[str, Path], stack: ExitStack, raw: bool = False, mapped: Callable[[Path], Path] = Path
) -> Opened:
    """What the worker is told of each table, and the open files, which the stack closes.

    `raw` files may be of any kind; `mapped` may name a file to be mapped in place of a table. Raises: Unreadable.
    """
    if len(tables) > MOST:
        raise Unreadable(f"a run takes at most {MOST} tables, not {len(tables)}")
    about: list[dict[str, str]] = []
    files: list[IO[bytes]] = []
    for name, path in tables.items():
        if not name.isidentifier():
            raise Unreadable(f"'{name}' cannot be the name of a variable")
        try:
            source = mapped(Path(path))
            file: IO[bytes] = stack.enter_context(source.open("rb"))
        except OSError as error:
            raise Unreadable(f"the table '{name}' cannot be opened: {error.strerror}") from None
        files.append(file)
        about.append({"name": name, "form": "file" if raw else _form(source, file), "path": str(Path(path).resolve())})
    return about, files


def _form(path: Path, file: IO[bytes]) -> str:
    """The kind of file, by its first bytes; by its name where these say nothing."""
    start = file.read(8)
    file.seek(0)
    if start.startswith(b"PAR1"):
        return "parquet"
    if start.startswith(b"ARROW1"):
        return "arrow"
    if (form := FORMS.get(Path(path).suffix.lower())) == "csv":
        return form
    raise Unreadable(f"'{Path(path).name}' is neither Parquet, Arrow nor CSV")
