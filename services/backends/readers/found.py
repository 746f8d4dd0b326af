"""What a family of formats is given, and what it finds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from services.domain import ReadReport, TableInFile
from services.errors import BadInput


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
    is_isolated: bool
    """Whether files are opened in a process of its own, because its parser is not ours to bound."""


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


def no_rows(name: str, table: str, names: tuple[str, ...] = ()) -> BadInput:
    """The error for a table without rows."""
    shown = f" ({', '.join(names[:5])[:200]})" if names else ""
    has = f"has column names but no rows{shown}" if names else "is empty"
    return BadInput(f"The table “{table}” in “{name}” {has}.", "Choose a table with at least one row below its header.")
