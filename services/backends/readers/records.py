"""Cuts delimited text into records, forgiving where the quotes are wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Dialect:
    """How cells are set apart. An empty `quote` means that quotes are ordinary characters."""

    delimiter: str
    quote: str = '"'
    escape: str = '"'

    @cached_property
    def field(self) -> re.Pattern[str]:
        """One cell: between quotes that are closed before a delimiter or line end, else up to the next of these."""
        end = re.escape(self.delimiter)
        bare = f"[^{end}\n]*" if len(self.delimiter) == 1 else f"(?:(?!{end})[^\n])*"
        if not self.quote:
            return re.compile(f"(?P<bare>{bare})")
        quote, escape = re.escape(self.quote), re.escape(self.escape)
        inside = (
            f"[^{quote}]|{quote}{quote}"
            if self.escape == self.quote
            else f"[^{quote}{escape}]|{escape}.|{quote}{quote}"
        )
        space = "" if self.delimiter == " " else " *"
        return re.compile(
            f"{space}{quote}(?P<quoted>(?:{inside})*+){quote}{space}(?={end}|\n|\\Z)|(?P<bare>{bare})", re.DOTALL
        )

    @cached_property
    def loose_field(self) -> re.Pattern[str]:
        """One cell, where quotes inside a quoted cell were not doubled: it ends at a quote before a delimiter."""
        end, quote = re.escape(self.delimiter), re.escape(self.quote or '"')
        bare = self.field.pattern.rpartition("(?P<bare>")[2]
        return re.compile(f" *{quote}(?P<quoted>[^\n]*?){quote} *(?={end}|\\Z)|(?P<bare>{bare}")

    def whole_line(self, width: int) -> re.Pattern[str]:
        """A line of that many cells, in the plain dialect, that needs no second look."""
        end = re.escape(self.delimiter)
        bare = f'[^"{end}\n]*+' if len(self.delimiter) == 1 else f'(?:(?!{end})[^"\n])*+'
        cell = f'(?:"(?:[^"\n]|"")*+"|{bare})'
        return re.compile(f"{cell}(?:{end}{cell}){{{width - 1}}}\n?")

    def unescape(self, inside: str) -> str:
        if self.escape != self.quote:
            inside = inside.replace(self.escape + self.quote, self.quote)
        return inside.replace(self.quote * 2, self.quote)

    @property
    def plain(self) -> Dialect:
        """The same delimiter with ordinary quoting."""
        return Dialect(self.delimiter)

    def join(self, cells: list[str]) -> str:
        """The cells as one line in the plain dialect."""
        return self.delimiter.join(self._guard(cell) for cell in cells) + "\n"

    def _guard(self, cell: str) -> str:
        if '"' in cell or "\n" in cell or self.delimiter in cell or cell != cell.strip():
            return '"' + cell.replace('"', '""') + '"'
        return cell


@dataclass(frozen=True)
class Record:
    """The cells of one record of the text between `start` and `end`; `bare` are those without quotes."""

    cells: list[str]
    bare: list[str]
    start: int
    end: int

    def is_broken(self, quote: str) -> bool:
        """Whether a quote was opened and never closed properly."""
        return bool(quote) and any(cell.lstrip(" ").startswith(quote) for cell in self.bare)


def record(text: str, start: int, dialect: Dialect, *, is_loose: bool = False) -> Record:
    """The record that begins at `start`; its `end` is the place of the line end, or of the end of the text."""
    field = dialect.loose_field if is_loose else dialect.field
    cells: list[str] = []
    bare: list[str] = []
    place = start
    while True:
        match = field.match(text, place)
        assert match is not None, "a cell may be empty, so there is always a match"
        if (quoted := match.groupdict().get("quoted")) is not None:
            cells.append(dialect.unescape(quoted))
        else:
            cells.append(match["bare"])
            bare.append(match["bare"])
        place = match.end()
        if not text.startswith(dialect.delimiter, place):
            return Record(cells, bare, start, place)
        place += len(dialect.delimiter)


def records(text: str, dialect: Dialect, most: int, most_cells: int = 100_000) -> Iterator[Record]:
    """The first records of the text, at least one and not many more cells than `most_cells`; no blank lines."""
    place = 0
    while place < len(text) and most > 0 and most_cells > 0:
        found = record(text, place, dialect)
        place = found.end + 1
        if found.end > found.start and text[found.start : found.end].strip():
            most -= 1
            most_cells -= len(found.cells)
            yield found
