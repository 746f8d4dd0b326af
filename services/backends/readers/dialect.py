"""Finds the delimiter and the quote of a delimited text from its beginning.

The measure is that of van den Burg, Nazábal and Sutton, "Wrangling messy CSV files by detecting row and type patterns"
(2019): how regular the rows are, times how many cells look like something known.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from services.backends.readers.records import Dialect, Record, records
from services.backends.readers.shapes import Shape, shape

DELIMITERS = (",", ";", "\t", "|", "^", "~", ":", " ")
SAMPLE_RECORDS = 100
SAMPLE_CELLS = 10_000
SIMPLE = re.compile(r"[^,;\t|\"^~]*")
DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
TOLD = re.compile(r"\"?sep=(?P<delimiter>[^\w\s\"]|\t)\"?\n", re.IGNORECASE)
"""The line with which spreadsheets are told the delimiter."""

ONE_COLUMN = 0.001
SPACED_SHARE = 0.8


def detect(sample: str, delimiter: str | None = None, quote: str | None = None) -> Dialect:
    """The dialect with the best measure; one column when nothing sets cells apart. What is told is not looked for."""
    if delimiter is not None or quote is not None:
        return _told(sample, delimiter, quote)
    if told := TOLD.match(sample):
        return Dialect(told["delimiter"])
    if _is_decimal_list(sample):
        return Dialect(";")
    scored = [(_score(sample, dialect), dialect) for dialect in _candidates(sample)]
    best = max(scored, key=lambda pair: pair[0], default=(0.0, Dialect(",")))[1]
    return _widened(sample, best)


def _told(sample: str, delimiter: str | None, quote: str | None) -> Dialect:
    """The best dialect with this delimiter or this quote."""
    found = [] if delimiter else [replace(each, quote=quote or "", escape=quote or "") for each in _candidates(sample)]
    if delimiter and quote is not None:
        return Dialect(delimiter, quote, quote)
    if delimiter:
        quotes = ['"'] if len(delimiter) > 1 else list(_quotes(sample, delimiter))
        found = [Dialect(delimiter, each, each) for each in quotes]
        found += [Dialect(delimiter, '"', "\\")] if '\\"' in sample else []
    return max(found, key=lambda each: _score(sample, each))


def _candidates(sample: str) -> Iterator[Dialect]:
    yield Dialect(",")
    for delimiter in DELIMITERS:
        if delimiter not in sample:
            continue
        for quote in _quotes(sample, delimiter):
            yield Dialect(delimiter, quote)
        if '\\"' in sample:
            yield Dialect(delimiter, '"', "\\")


def _quotes(sample: str, delimiter: str) -> Iterator[str]:
    """Quotes that open a cell somewhere; the ordinary one always."""
    yield '"'
    if re.search(f"(?:^|{re.escape(delimiter)})'[^'\\n]*'(?:{re.escape(delimiter)}|$)", sample, re.MULTILINE):
        yield "'"


def _score(sample: str, dialect: Dialect) -> float:
    found = list(records(sample, dialect, SAMPLE_RECORDS, SAMPLE_CELLS))
    if not found or (dialect.delimiter in " :" and not _is_table(found)):
        return 0.0
    return _regularity(found) * _known(found, dialect)


def _regularity(found: Sequence[Record]) -> float:
    widths = Counter(len(record.cells) for record in found)
    total = sum(number * max(ONE_COLUMN, width - 1) / width for width, number in widths.items())
    return total / len(widths)


def _known(found: Sequence[Record], dialect: Dialect) -> float:
    """The share of cells that are quoted, empty or look like something; cells with a stray quote count against it."""
    cells = sum(len(record.cells) for record in found)
    bare = [cell.strip() for record in found for cell in record.bare[:SAMPLE_CELLS]]
    strange = sum(not SIMPLE.fullmatch(cell) and shape(cell) is Shape.TEXT for cell in bare)
    broken = sum(record.is_broken(dialect.quote) for record in found)
    return max(0.001, (cells - strange - broken) / cells)


def _is_table(found: Sequence[Record]) -> bool:
    """Spaces and colons stand in ordinary text too: they count when rows are regular and hold numbers."""
    width, number = Counter(len(record.cells) for record in found).most_common(1)[0]
    if width < 3 or number < 0.9 * len(found):
        return False
    cells = [cell for record in found[1:] for cell in record.cells]
    typed = sum(shape(cell) in (Shape.NUMBER, Shape.DATE, Shape.TIME) for cell in cells)
    return typed >= 0.5 * len(cells) and len(found) > 1


def _is_decimal_list(sample: str) -> bool:
    """One column of numbers such as 9,99 under a header without a comma."""
    first, _, rest = sample.partition("\n")
    lines = [line.strip() for line in rest.split("\n")[:SAMPLE_RECORDS] if line.strip()]
    return "," not in first and bool(lines) and all(DECIMAL_COMMA.fullmatch(line) for line in lines)


def _widened(sample: str, dialect: Dialect) -> Dialect:
    """The delimiter doubled, as in "a||b", or with the space that follows it nearly everywhere, as in "a, b"."""
    if dialect.delimiter == "|" and sample.count("|") == 2 * sample.count("||"):
        return Dialect("||", dialect.quote, dialect.escape)
    if dialect.delimiter not in (",", ";", "|"):
        return dialect
    found = list(records(sample, dialect, SAMPLE_RECORDS, SAMPLE_CELLS))
    cells = [cell for record in found for cell in record.bare if record.cells[0] != cell]
    spaced = Dialect(dialect.delimiter + " ", dialect.quote, dialect.escape)
    again = list(records(sample, spaced, SAMPLE_RECORDS))
    opened = sum(cell.startswith(" ") for cell in cells)
    is_spaced = bool(cells) and opened >= SPACED_SHARE * len(cells)
    return spaced if is_spaced and _width(again) == _width(found) else dialect


def _width(found: Sequence[Record]) -> int:
    return Counter(len(record.cells) for record in found).most_common(1)[0][0]
