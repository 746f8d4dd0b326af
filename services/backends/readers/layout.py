"""Where the table begins in a delimited text: lines before it, header rows, names of the columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.backends.readers import headers
from services.backends.readers.dialect import TOLD
from services.backends.readers.headers import PREAMBLE_ROWS
from services.backends.readers.records import Dialect, Record, records
from services.backends.readers.shapes import Shape, column_shapes
from services.errors import BadInput

SAMPLE_RECORDS = 200
SAMPLE_CELLS = 20_000


@dataclass(frozen=True)
class Layout:
    """`start` is the place of the first row in the text, `line` its line, from 1. `shapes` tells what each column
    of the sample holds, `regular` the share of sampled records that have the table's width."""

    names: tuple[str, ...]
    header: bool
    start: int
    line: int
    shapes: tuple[Shape, ...]
    regular: float
    repeated: tuple[str, ...] = ()
    """The cells of the header as they stand; rows that repeat them are no rows. Empty when that cannot be told."""
    notes: tuple[str, ...] = ()
    header_line: int = 0
    """The line of the header, from 1; 0 without one."""


def find(sample: str, dialect: Dialect, line: int | None = None) -> Layout:
    """The layout of the text that begins with `sample`, which holds at least one record.

    `line` is that of the header where a person said so, 0 for none.
    """
    found = list(records(sample, dialect, SAMPLE_RECORDS))
    if line is not None:
        return _told(sample, dialect, found, line)
    width = headers.width_of([record.cells for record in found])
    found = found[: max(PREAMBLE_ROWS, SAMPLE_CELLS // width)]
    told = 1 if TOLD.match(sample[found[0].start :]) and len(found) > 1 else 0
    header = headers.find([record.cells for record in found[told:]], width)
    first, height, names = told + header.first, header.height, header.names
    body = found[first + 1 :]
    start = found[first + height - 1].end + 1 if height else found[first].start
    regular = sum(len(record.cells) == width for record in body) / len(body) if body else 1.0
    return Layout(
        names=names,
        header=height > 0,
        start=min(start, len(sample)),
        line=sample.count("\n", 0, start) + 1,
        shapes=header.shapes,
        regular=regular,
        repeated=tuple(header.cells[0]) if height == 1 and len(header.cells[0]) == len(names) > 1 else (),
        notes=(*_preamble_notes(found[told:first], sample), *header.notes),
        header_line=_line(sample, found[first].start) if height else 0,
    )


def _told(sample: str, dialect: Dialect, found: Sequence[Record], line: int) -> Layout:
    """The layout where the header is known to be in this line. Raises: BadInput, when there is no such line."""
    if line == 0:
        started = [each for each in found if not TOLD.match(sample[each.start :])] or list(found)
        width = headers.width_of([record.cells for record in started])
        none = headers.without(width)
        return Layout(
            none.names, False, started[0].start, _line(sample, started[0].start), none.shapes, 1.0, (), none.notes
        )
    starts = _starts(sample, line)
    if starts is None:
        raise BadInput(f"There is no line {line:,} near the beginning of the file.", "Choose an earlier header line.")
    head, *body = records(sample[starts:], dialect, SAMPLE_RECORDS)
    width = headers.width_of([record.cells for record in body]) if body else len(head.cells)
    width = max(width, len(head.cells))
    shapes = column_shapes([record.cells for record in body], width)
    names, notes = headers.name_columns([*head.cells, *[""] * (width - len(head.cells))])
    start = min(starts + head.end + 1, len(sample))
    skipped = (f"Lines above line {line} were left out.",) if line > 1 else ()
    repeated = tuple(head.cells) if len(head.cells) == width > 1 else ()
    return Layout(names, True, start, _line(sample, start), tuple(shapes), 1.0, repeated, (*skipped, *notes), line)


def _line(sample: str, start: int) -> int:
    return sample.count("\n", 0, start) + 1


def _starts(sample: str, line: int) -> int | None:
    """The place where a line begins."""
    place = 0
    for _ in range(line - 1):
        place = sample.find("\n", place) + 1
        if place == 0:
            return None
    return place if sample[place:].strip() else None


def most_cells(sample: str, dialect: Dialect) -> int:
    """The number of cells of the widest of the first two records."""
    return max((len(record.cells) for record in records(sample, dialect, 2)), default=0)


def _preamble_notes(skipped: Sequence[Record], sample: str) -> tuple[str, ...]:
    if not skipped:
        return ()
    shown = sample[skipped[0].start : skipped[0].end].strip()[:80]
    count = "The line" if len(skipped) == 1 else f"The {len(skipped)} lines"
    return (
        f"{count} before the header were left out, beginning with “{shown}”."
        if len(skipped) > 1
        else f"{count} before the header was left out: “{shown}”.",
    )
