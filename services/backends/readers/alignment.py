"""Finds the place of the cells of a record that has too few or too many of them, by what the columns hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from services.backends.readers.shapes import Shape, shape

SEARCHED_COLUMNS = 100
OPEN = (Shape.TEXT, Shape.EMPTY)


def lengthen(cells: list[str], shapes: Sequence[Shape]) -> list[str] | None:
    """The record with empty cells added in one place: at the end, unless elsewhere fits the columns better.

    None when it fits nowhere.
    """
    added = [""] * (len(shapes) - len(cells))
    places = range(len(cells), -1, -1) if len(shapes) <= SEARCHED_COLUMNS else (len(cells),)
    return _best((cells[:place] + added + cells[place:] for place in places), shapes)


def shorten(cells: list[str], shapes: Sequence[Shape], delimiter: str) -> list[str] | None:
    """The record without the surplus empty cells, or with a text that the delimiter had cut put together again.

    None when no single place for it fits.
    """
    surplus = len(cells) - len(shapes)
    places = range(len(shapes), -1, -1) if len(shapes) <= SEARCHED_COLUMNS else (len(shapes),)
    emptied = [
        cells[:place] + cells[place + surplus :] for place in places if _is_empty(cells[place : place + surplus])
    ]
    if (found := _best(emptied, shapes)) is not None:
        return found
    joined = [_joined(cells, place, surplus, delimiter) for place in places if place < len(shapes)]
    fitting = [record for record in joined if _misfits(record, shapes) == 0]
    is_settled = len(fitting) == 1 and any(column not in OPEN for column in shapes)
    return fitting[0] if is_settled else None


def _is_empty(cells: Sequence[str]) -> bool:
    return not any(cell.strip() for cell in cells)


def _joined(cells: list[str], place: int, surplus: int, delimiter: str) -> list[str]:
    end = place + surplus + 1
    return [*cells[:place], delimiter.join(cells[place:end]), *cells[end:]]


def _best(candidates: Iterable[list[str]], shapes: Sequence[Shape]) -> list[str] | None:
    """The first of the candidates with the fewest misfits; None when these are half of what could be checked."""
    scored = [(_misfits(record, shapes), record) for record in candidates]
    if not scored:
        return None
    misfits, best = min(scored, key=lambda pair: pair[0])
    checked = sum(column not in OPEN and bool(cell.strip()) for cell, column in zip(best, shapes, strict=True))
    return best if misfits == 0 or misfits < checked / 2 else None


def _misfits(cells: Sequence[str], shapes: Sequence[Shape]) -> int:
    return sum(
        column not in OPEN and shape(cell) not in (column, Shape.EMPTY)
        for cell, column in zip(cells, shapes, strict=True)
    )
