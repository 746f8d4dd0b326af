"""Where the header of rows of texts is, and what the columns are called."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from services.backends.readers.shapes import Shape, column_shapes, shape

PREAMBLE_ROWS = 50
HEADER_ROWS = 3
TYPED = (Shape.NUMBER, Shape.DATE, Shape.TIME, Shape.BOOLEAN)
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\ufeff]+")
NAME_CHARS = 200

Row = Sequence[str]


@dataclass(frozen=True)
class Header:
    """The header is in the rows from place `first` on and is `height` rows high; 0 when there is none.

    `shapes` tells what each column below it holds; `cells` are those of the header as they stand.
    """

    first: int
    height: int
    names: tuple[str, ...]
    shapes: tuple[Shape, ...]
    cells: tuple[Row, ...] = ()
    notes: tuple[str, ...] = ()


def find(rows: Sequence[Row], width: int) -> Header:
    """The header of the table that these rows begin, of which most have `width` cells."""
    first = _first(rows, width)
    height = _header_rows(rows[first:], width)
    first = first if height else 0
    cells = tuple(rows[first : first + height])
    shapes = column_shapes(rows[first + height :], width)
    names, notes = name_columns(_header_cells(cells, width, shapes)) if cells else _numbers(width)
    shapes += [Shape.EMPTY] * (len(names) - width)
    return Header(first, height, names, tuple(shapes), cells, (*_header_notes(height), *notes))


def without(width: int) -> Header:
    """No header: the columns are numbered."""
    return Header(0, 0, _numbers(width)[0], (Shape.EMPTY,) * width, notes=_header_notes(0))


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


def width_of(rows: Sequence[Row]) -> int:
    """The most common number of cells; the larger of two that are equally common."""
    widths = Counter(map(len, rows))
    return max(widths, key=lambda width: (widths[width], width))


def _first(rows: Sequence[Row], width: int) -> int:
    """The place of the first row of the table: full width, and not a title with empty cells beside it."""
    for place, row in enumerate(rows[:PREAMBLE_ROWS]):
        filled = sum(bool(cell.strip()) for cell in row)
        if _is_row_named(rows, place, width):
            return place
        if len(row) >= width and (width < 3 or filled > max(1, width // 5)):
            return place
    return 0


def _is_row_named(rows: Sequence[Row], place: int, width: int) -> bool:
    """A header that is one cell short, as R writes it above rows that begin with their names."""
    cells = rows[place]
    if width < 3 or len(cells) != width - 1 or not all(cell.strip() for cell in cells):
        return False
    rest = rows[place + 1 :]
    is_text = all(shape(cell) not in TYPED for cell in cells)
    return is_text and bool(rest) and all(len(row) == width for row in rest[:20])


def _header_rows(rows: Sequence[Row], width: int) -> int:
    """0 when the first row holds values already; more than 1 when the names are spread over several rows."""
    if not _is_header(rows, width):
        return 0
    height = 1
    while height < min(HEADER_ROWS, len(rows) - 2) and _continues(rows, height, width):
        height += 1
    return height


def _is_header(rows: Sequence[Row], width: int) -> bool:
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


def _continues(rows: Sequence[Row], height: int, width: int) -> bool:
    """Whether the next record is still part of the header: text above columns that hold numbers or dates."""
    row = rows[height]
    shapes = column_shapes(rows[height + 1 :], width)
    above = [cell for cell, column in zip(row, shapes, strict=False) if column in TYPED]
    filled = [cell for cell in above if cell.strip()]
    is_text = all(shape(cell) is Shape.TEXT for cell in filled)
    typed = sum(shape(cell) in TYPED for cell in row)
    return len(row) == width and typed == 0 and is_text and len(filled) >= 2 and len(filled) >= 0.3 * len(above)


def _header_cells(rows: Sequence[Row], width: int, shapes: Sequence[Shape]) -> list[str]:
    """One name per column; group names of a spread header hold until the next one."""
    if len(rows) == 1:
        return _fit(list(rows[0]), width, shapes)
    above: list[list[str]] = []
    for number, row in enumerate(rows[:-1]):
        above.append(_carried(row, above, rows[number + 1 :]))
    spread = [*above, list(rows[-1])]
    return [_joined(row[place].strip() for row in spread if place < len(row)) for place in range(width)]


def _joined(parts: Iterable[str]) -> str:
    """The parts of a name, top down; what stands in several rows, such as a name merged over them, once."""
    return " ".join(part for part, _ in groupby(filter(None, parts)))


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


def _carried(row: Sequence[str], above: Sequence[Row], below: Sequence[Row]) -> list[str]:
    """The group names of a header row, each held above the names below it until another group begins."""
    carried: list[str] = []
    for place, cell in enumerate(row):
        begins = not carried or any(upper[place : place + 1] != upper[place - 1 : place] for upper in above)
        is_named = any(cell.strip() for lower in below for cell in lower[place : place + 1])
        carried.append(carried[-1] if not cell.strip() and is_named and not begins else cell)
    return carried


def _header_notes(height: int) -> tuple[str, ...]:
    if height == 0:
        return ("There is no header line; the columns are numbered.",)
    return (f"The names of the columns were put together from {height} lines.",) if height > 1 else ()
