"""Brings a delimited text in which some records are broken into a form that can be read strictly.

Used only after the fast reader refused the text. Every record ends up in one of three ways: as it is, mended (counted),
or rejected (counted, the first hundred kept).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from services.backends.readers.alignment import lengthen, shorten
from services.backends.readers.found import Rejects
from services.backends.readers.records import Dialect, Record, record
from services.backends.readers.shapes import Shape
from services.sources import Rejected

LINE_CHARS = 1_000_000
"""Longer lines are rejected."""

CELL_LINES = 500
CELL_CHARS = 64 * 1024
"""A quoted cell is looked for over this many lines and characters, or its quote is an ordinary character."""

WASTED_LOOKS = 2_000
"""After this many looks ahead in vain quotes are no longer followed over line ends, so that time stays linear."""

OTHER_DELIMITERS = (",", ";", "\t", "|", " ")


@dataclass
class Mended:
    """What became of the records."""

    rows: int = 0
    padded: int = 0
    mended: int = 0
    rejects: Rejects = field(default_factory=lambda: Rejects(None))

    @property
    def rejected_rows(self) -> int:
        return self.rejects.rows

    @property
    def rejected(self) -> list[Rejected]:
        return self.rejects.first

    @property
    def notes(self) -> tuple[str, ...]:
        lines = (
            (self.padded, "{} had fewer cells than there are columns; empty cells were added."),
            (self.mended, "{} with stray quotes or delimiters {} put right."),
            (self.rejected_rows, "{} could not be read and {} left out."),
        )
        return tuple(text.format(_rows(number), "was" if number == 1 else "were") for number, text in lines if number)


class Lines:
    """The lines of a file one by one, with a look at those that follow. Lines that are too long come cut."""

    def __init__(self, file: TextIO, first_line: int) -> None:
        self._file = file
        self._ahead: deque[str] = deque()
        self.number = first_line - 1
        """The line taken last."""

    def take(self) -> str:
        """The next line with its line end; empty at the end of the file."""
        self.number += 1
        return self._ahead.popleft() if self._ahead else self._read()

    def drop(self, count: int) -> None:
        for _ in range(count):
            self.take()

    def look(self) -> str:
        """The following lines, as far as a quoted cell may reach."""
        seen = sum(map(len, self._ahead))
        while len(self._ahead) < CELL_LINES and seen < CELL_CHARS and (line := self._read()):
            self._ahead.append(line)
            seen += len(line)
        return "".join(self._ahead)

    def _read(self) -> str:
        line = self._file.readline(LINE_CHARS + 1)
        if len(line) > LINE_CHARS:
            while (rest := self._file.readline(LINE_CHARS)) and not rest.endswith("\n"):
                pass
        return line


def mend(
    source: Path,
    target: Path,
    dialect: Dialect,
    shapes: Sequence[Shape],
    first_line: int,
    rejected: Path | None = None,
) -> Mended:
    """Writes the records of `source` that can be used to `target` in the plain dialect, in order, others elsewhere."""
    mender = Mender(dialect, shapes, Rejects(rejected))
    with source.open(encoding="utf-8", newline="\n") as file, target.open("w", encoding="utf-8", newline="\n") as out:
        lines = Lines(file, first_line)
        while line := lines.take():
            if kept := mender.line(line, lines):
                out.write(kept)
    mender.outcome.rejects.close()
    return mender.outcome


class Mender:
    """Mends one line after the other and counts."""

    def __init__(self, dialect: Dialect, shapes: Sequence[Shape], rejects: Rejects) -> None:
        self._dialect, self._shapes, self._width = dialect, shapes, len(shapes)
        self._is_whole = dialect.whole_line(self._width).fullmatch if dialect == dialect.plain else lambda _: None
        self._wasted = 0
        self.outcome = Mended(rejects=rejects)

    def line(self, line: str, lines: Lines) -> str:
        """The line to write for it; empty when there is none."""
        if len(line) <= LINE_CHARS and self._is_whole(line):
            self.outcome.rows += 1
            return line if line.endswith("\n") else line + "\n"
        if not line.strip():
            return ""
        number = lines.number
        if len(line) > LINE_CHARS:
            return self._reject(number, line, f"The line is longer than {LINE_CHARS:,} characters.")
        return self._record(line.removesuffix("\n"), number, lines)

    def _record(self, line: str, number: int, lines: Lines) -> str:
        found = record(line, 0, self._dialect)
        is_broken = found.is_broken(self._dialect.quote)
        if is_broken and (longer := self._over_lines(line, lines)):
            return self._keep(longer.cells)
        if is_broken and len(found.cells) != self._width:
            found = self._loosely(line, found)
        if len(found.cells) != self._width:
            return self._refit(line, found, number)
        self.outcome.mended += is_broken
        return self._keep(found.cells)

    def _over_lines(self, line: str, lines: Lines) -> Record | None:
        """The record when its open quote is closed on a later line and the number of cells is right."""
        if self._wasted > WASTED_LOOKS:
            return None
        text = f"{line}\n{lines.look()}"
        found = record(text, 0, self._dialect)
        if found.is_broken(self._dialect.quote) or len(found.cells) != self._width:
            self._wasted += 1
            return None
        lines.drop(text.count("\n", 0, found.end))
        return found

    def _loosely(self, line: str, found: Record) -> Record:
        """The record read with quotes that were not doubled, when that gives the right number of cells."""
        loose = record(line, 0, self._dialect, is_loose=True)
        return loose if len(loose.cells) == self._width else found

    def _refit(self, line: str, found: Record, number: int) -> str:
        if len(found.cells) < self._width:
            if (other := self._otherwise(line, found)) is not None:
                self.outcome.mended += 1
                return self._keep(other)
            if (longer := lengthen(found.cells, self._shapes)) is not None:
                self.outcome.padded += 1
                return self._keep(longer)
        elif (shorter := shorten(found.cells, self._shapes, self._dialect.delimiter)) is not None:
            self.outcome.mended += 1
            return self._keep(shorter)
        return self._reject(number, line, f"It has {len(found.cells)} cells where {self._width} are expected.")

    def _otherwise(self, line: str, found: Record) -> list[str] | None:
        """The cells when another delimiter gives the right number and this one does not even give half."""
        if self._width < 3 or len(found.cells) > self._width // 2:
            return None
        for delimiter in OTHER_DELIMITERS:
            other = record(line, 0, Dialect(delimiter, self._dialect.quote, self._dialect.escape))
            if len(other.cells) == self._width and not other.is_broken(self._dialect.quote):
                return other.cells
        return None

    def _keep(self, cells: list[str]) -> str:
        self.outcome.rows += 1
        return self._dialect.plain.join(cells)

    def _reject(self, number: int, line: str, reason: str) -> str:
        self.outcome.rejects.add(number, line, reason)
        return ""


def _rows(number: int) -> str:
    return "1 row" if number == 1 else f"{number:,} rows"
