"""What a family of formats is given, and what it finds."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import duckdb

from services.errors import BadInput
from services.sources import Choice, Detected, ReadOptions, ReadReport, Rejected, TableInFile

KEPT, KEPT_CHARS = 100, 500
"""Rejected rows of a report, and characters of each; the file has more of both."""
WHOLE_CHARS = 100_000

MOST_CHOICES = 200
PREVIEW_ROWS = 5_000
"""Rows that a preview looks at where reading on would take long; it shows the first of them."""


class Meter:
    """How far the work has come, for another thread to ask."""

    def __init__(self) -> None:
        self._low, self._high, self._done = 0.0, 1.0, 0.0
        self._query: duckdb.DuckDBPyConnection | None = None

    @property
    def share(self) -> float:
        """Between 0 and 1."""
        done = self._done if self._query is None else max(0.0, self._query.query_progress()) / 100
        return self._low + (self._high - self._low) * min(1.0, done)

    def at(self, done: float) -> None:
        """So much of this phase is done."""
        self._done = done

    @contextmanager
    def phase(self, low: float, high: float, query: duckdb.DuckDBPyConnection | None = None) -> Iterator[None]:
        """The block takes the work from one share to another; the queries of a connection tell by themselves."""
        self._low, self._high, self._done, self._query = low, high, 0.0, query
        try:
            yield
        finally:
            self._low, self._high, self._done, self._query = high, 1.0, 0.0, None


@dataclass(frozen=True)
class File:
    """A file to read. `name` is what the person calls it, `work` an empty folder for files in between.

    Where not `typed`, cells stay the texts that stand in the file.
    """

    path: Path
    name: str
    work: Path
    max_columns: int
    memory_mb: int = 512
    unpacked_mb: int = 2048
    typed: bool = True
    options: ReadOptions = field(default_factory=ReadOptions)
    is_preview: bool = False
    """Only the beginning needs to be read."""
    meter: Meter = field(default_factory=Meter)
    rejected: Path | None = None
    """Where rows that cannot be read go, all of them."""

    def is_enough(self, rows: int) -> bool:
        """Whether so many rows are all that is wanted."""
        return self.is_preview and rows >= PREVIEW_ROWS

    def check_width(self, width: int) -> None:
        """Raises: BadInput, when there are too many columns."""
        if width > self.max_columns:
            raise BadInput(
                f"“{self.name}” has {width:,} columns; at most {self.max_columns:,} can be read.",
                "Keep the columns you need, or turn the table so that they become rows.",
            )


@dataclass(frozen=True)
class Family:
    """How the files of one kind are read. The `table` is a name that `tables` gave; empty stands for the first."""

    tables: Callable[[File], list[TableInFile]]
    read: Callable[[File, Path, str], ReadReport]


class Rejects:
    """Rows that could not be read: counted, the first of them kept, all of them written to a file."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._file: IO[str] | None = None
        self.rows = 0
        self.first: list[Rejected] = []

    def add(self, line: int, text: str, reason: str) -> None:
        """One more."""
        self.rows += 1
        if len(self.first) < KEPT:
            self.first.append(Rejected(line=line, text=text[:KEPT_CHARS], reason=reason))
        if self._path is None:
            return
        if self._file is None:
            self._file = self._path.open("w", encoding="utf-8", errors="replace")
        json.dump({"line": line, "reason": reason, "text": text[:WHOLE_CHARS]}, self._file, ensure_ascii=False)
        self._file.write("\n")

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


def choose(found: list[TableInFile], table: str | None, name: str) -> TableInFile:
    """The table of that name; without one the first that has rows, else the first.

    Raises: BadInput, when there is none.
    """
    if not found:
        raise BadInput(f"There is no table in “{name}”.", "Choose a file with a header line and at least one row.")
    if not table:
        return next((each for each in found if each.rows != 0), found[0])
    for each in found:
        if each.name == table:
            return each
    names = ", ".join(f"“{each.name}”" for each in found[:10])
    raise BadInput(f"There is no table “{table}” in “{name}”.", f"There are: {names}.")


def others_note(found: list[TableInFile], chosen: TableInFile) -> tuple[str, ...]:
    """What a person should know when a file holds more tables than the one that was read."""
    rest = [each.name for each in found if each.name != chosen.name and each.rows != 0]
    if not rest:
        return ()
    more = f" and {len(rest) - 5:,} more" if len(rest) > 5 else ""
    names = ", ".join(f"“{name}”" for name in rest[:5])
    return (f"The table “{chosen.name}” was read; the file also holds {names}{more}.",)


def table_found(found: list[TableInFile], chosen: TableInFile, file: File) -> Detected:
    """Which table was read, and which there are."""
    rows = f" It has {chosen.rows:,} rows." if chosen.rows is not None else ""
    many = f"The file holds {len(found):,} tables; this is the first with rows."
    return Detected(
        option="table",
        value=chosen.name,
        label=chosen.name,
        evidence=(many if len(found) > 1 else "It is the only one.") + rows,
        is_sure=len(found) == 1,
        is_told=file.options.table is not None,
        choices=tuple(Choice(value=each.name, label=each.name) for each in found[:MOST_CHOICES]),
    )


def no_rows(name: str, table: str, names: tuple[str, ...] = ()) -> BadInput:
    """The error for a table without rows."""
    shown = f" ({', '.join(names[:5])[:200]})" if names else ""
    has = f"has column names but no rows{shown}" if names else "is empty"
    return BadInput(f"The table “{table}” in “{name}” {has}.", "Choose a table with at least one row below its header.")
