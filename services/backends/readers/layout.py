"""Where the table begins in a delimited text: lines before it, header rows, names of the columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.backends.readers import headers
from services.backends.readers.dialect import TOLD
from services.backends.readers.headers import PREAMBLE_ROWS
from services.backends.readers.records import Dialect, Record, records
from services.backends.readers.shapes import Shape

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


def find(sample: str, dialect: Dialect) -> Layout:
    """The layout of the text that begins with `sample`, which holds at least one record."""
    found = list(records(sample, dialect, SAMPLE_RECORDS))
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
    )


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
