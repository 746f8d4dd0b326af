"""Where the table begins in a delimited text: lines before it, header rows, names of the columns."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from services.backends.readers.dialect import TOLD
from services.backends.readers.records import Dialect, Record, records
from services.backends.readers.shapes import Shape, column_shapes, shape

SAMPLE_RECORDS = 200
SAMPLE_CELLS = 20_000
PREAMBLE_RECORDS = 50
HEADER_ROWS = 3
TYPED = (Shape.NUMBER, Shape.DATE, Shape.TIME, Shape.BOOLEAN)
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\ufeff]+")
NAME_CHARS = 200


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
    width = _width(found)
    found = found[: max(PREAMBLE_RECORDS, SAMPLE_CELLS // width)]
    told = 1 if TOLD.match(sample[found[0].start :]) and len(found) > 1 else 0
    first = told + _first(found[told:], width)
    height = _header_rows(found[first:], width)
    first = first if height else told
    body = found[first + 1 :]
    shapes = column_shapes([record.cells for record in found[first + height :]], width)
    header = [record.cells for record in found[first : first + height]]
    names, notes = name_columns(_header_cells(header, width, shapes)) if header else _numbers(width)
    shapes += [Shape.EMPTY] * (len(names) - width)
    start = found[first + height - 1].end + 1 if height else found[first].start
    regular = sum(len(record.cells) == width for record in body) / len(body) if body else 1.0
    return Layout(
        names=names,
        header=height > 0,
        start=min(start, len(sample)),
        line=sample.count("\n", 0, start) + 1,
        shapes=tuple(shapes),
        regular=regular,
        repeated=tuple(header[0]) if height == 1 and len(header[0]) == len(names) > 1 else (),
        notes=(*_preamble_notes(found[told:first], sample), *_header_notes(height), *notes),
    )


def most_cells(sample: str, dialect: Dialect) -> int:
    """The number of cells of the widest of the first two records."""
    return max((len(record.cells) for record in records(sample, dialect, 2)), default=0)


def name_columns(cells: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Usable names, all different, and what had to be changed: "price" twice gives price and price_2."""
    names: list[str] = []
    notes: list[str] = []
    taken = {_tidy(cell) for cell in cells}
    numbers: dict[str, int] = {}
    for place, cell in enumerate(cells, start=1):
        name = _tidy(cell) or f"column_{place}"
        if not _tidy(cell):
            notes.append(f"Column {place} has no name and is called “{name}”.")
        if name in numbers:
            number = numbers[name] + 1
            while (other := f"{name}_{number}") in numbers or other in taken:
                number += 1
            numbers[name] = number
            notes.append(f"There is more than one column “{name}”; the one at place {place} is called “{other}”.")
            name = other
        numbers.setdefault(name, 1)
        names.append(name)
    return tuple(names), tuple(notes)


def _numbers(width: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return tuple(f"column_{place}" for place in range(1, width + 1)), ()


def _tidy(cell: str) -> str:
    return (
        re.sub(r" +", " ", CONTROL.sub(" ", cell)).strip()[:NAME_CHARS].strip()
        if CONTROL.search(cell)
        else (cell.strip()[:NAME_CHARS].strip())
    )


def _width(found: Sequence[Record]) -> int:
    """The most common number of cells; the larger of two that are equally common."""
    widths = Counter(len(record.cells) for record in found)
    return max(widths, key=lambda width: (widths[width], width))


def _first(found: Sequence[Record], width: int) -> int:
    """The place of the first record of the table: full width, and not a title with empty cells beside it."""
    for place, record in enumerate(found[:PREAMBLE_RECORDS]):
        filled = sum(bool(cell.strip()) for cell in record.cells)
        if _is_row_named(found, place, width):
            return place
        if len(record.cells) >= width and (width < 3 or filled > max(1, width // 5)):
            return place
    return 0


def _is_row_named(found: Sequence[Record], place: int, width: int) -> bool:
    """A header that is one cell short, as R writes it above rows that begin with their names."""
    cells = found[place].cells
    if width < 3 or len(cells) != width - 1 or not all(cell.strip() for cell in cells):
        return False
    rest = found[place + 1 :]
    is_text = all(shape(cell) not in TYPED for cell in cells)
    return is_text and bool(rest) and all(len(record.cells) == width for record in rest[:20])


def _header_rows(found: Sequence[Record], width: int) -> int:
    """0 when the first record is a row already; more than 1 when the names are spread over several records."""
    rows = [record.cells for record in found]
    if not _is_header(rows, width):
        return 0
    height = 1
    while height < min(HEADER_ROWS, len(rows) - 2) and _continues(rows, height, width):
        height += 1
    return height


def _is_header(rows: Sequence[Sequence[str]], width: int) -> bool:
    first, body = rows[0], rows[1:]
    kinds = [shape(cell) for cell in first]
    shapes = column_shapes(body, width) if body else []
    typed = [kind in TYPED for kind in kinds]
    if not any(typed):
        return True
    if not body or _are_years(first):
        return not all(typed)
    named = any(
        kind in (Shape.TEXT, Shape.URL) and column in TYPED for kind, column in zip(kinds, shapes, strict=False)
    )
    return named or not any(kind in TYPED and kind == column for kind, column in zip(kinds, shapes, strict=False))


def _are_years(cells: Sequence[str]) -> bool:
    """Whether all numbers among the names rise one by one like years: "country, 2019, 2020, 2021"."""
    numbers = [int(cell) for cell in cells if cell.strip().isdecimal()]
    typed = sum(shape(cell) in TYPED for cell in cells)
    return len(numbers) == typed >= 2 and all(after > before for before, after in pairwise(numbers))


def _continues(rows: Sequence[Sequence[str]], height: int, width: int) -> bool:
    """Whether the next record is still part of the header: text above columns that hold numbers or dates."""
    row = rows[height]
    shapes = column_shapes(rows[height + 1 :], width)
    above = [cell for cell, column in zip(row, shapes, strict=False) if column in TYPED]
    filled = [cell for cell in above if cell.strip()]
    is_text = all(shape(cell) is Shape.TEXT for cell in filled)
    typed = sum(shape(cell) in TYPED for cell in row)
    return len(row) == width and typed == 0 and is_text and len(filled) >= 2 and len(filled) >= 0.3 * len(above)


def _header_cells(rows: Sequence[Sequence[str]], width: int, shapes: Sequence[Shape]) -> list[str]:
    """One name per column; group names of a spread header hold until the next one."""
    if len(rows) == 1:
        return _fit(list(rows[0]), width, shapes)
    above: list[list[str]] = []
    for number, row in enumerate(rows[:-1]):
        above.append(_carried(row, above, rows[number + 1 :]))
    spread = [*above, list(rows[-1])]
    return [
        " ".join(filter(None, (row[place].strip() for row in spread if place < len(row)))) for place in range(width)
    ]


def _fit(cells: list[str], width: int, shapes: Sequence[Shape]) -> list[str]:
    """The names brought to the number of columns: surplus empty ones go, other surplus ones make further columns."""
    if len(cells) == width - 1:
        return [*cells, ""] if shapes[-1] is Shape.EMPTY else ["", *cells]
    surplus = len(cells) - width
    while surplus > 0 and not all(cell.strip() for cell in cells):
        place = max(place for place, cell in enumerate(cells) if not cell.strip())
        cells = cells[:place] + cells[place + 1 :]
        surplus -= 1
    return cells + [""] * (width - len(cells))


def _carried(row: Sequence[str], above: Sequence[Sequence[str]], below: Sequence[Sequence[str]]) -> list[str]:
    """The group names of a header row, each held above the names below it until another group begins."""
    carried: list[str] = []
    for place, cell in enumerate(row):
        begins = not carried or any(upper[place : place + 1] != upper[place - 1 : place] for upper in above)
        is_named = any(cell.strip() for lower in below for cell in lower[place : place + 1])
        carried.append(carried[-1] if not cell.strip() and is_named and not begins else cell)
    return carried


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


def _header_notes(height: int) -> tuple[str, ...]:
    if height == 0:
        return ("The file has no header line; the columns are numbered.",)
    return (f"The names of the columns were put together from {height} lines.",) if height > 1 else ()
