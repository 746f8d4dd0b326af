"""Finds the place of the cells of a record that has too few or too many of them, by what the columns hold."""

from __future__ import annotations

from collections.abc import Sequence

from services.backends.readers.shapes import Shape, shape

OPEN = (Shape.TEXT, Shape.EMPTY)


def lengthen(cells: list[str], shapes: Sequence[Shape]) -> list[str] | None:
    """The record with empty cells added in one place: at the end, unless elsewhere fits the columns better.

    None when it fits nowhere.
    """
    added = len(shapes) - len(cells)
    costs = Costs(cells, shapes, added)
    place = len(cells) if costs.before(len(cells)) == 0 else _cheapest(costs, range(len(cells), -1, -1), 0)
    record = cells[:place] + [""] * added + cells[place:]
    return record if _is_good(costs.at(place), record, shapes) else None


def shorten(cells: list[str], shapes: Sequence[Shape], delimiter: str) -> list[str] | None:
    """The record without the surplus empty cells, or with a text that the delimiter had cut put together again.

    None when no single place for it fits.
    """
    surplus = len(cells) - len(shapes)
    costs = Costs(cells, shapes, -surplus)
    empty = [place for place in range(len(shapes), -1, -1) if not any(map(str.strip, cells[place : place + surplus]))]
    if empty:
        place = _cheapest(costs, empty, surplus)
        record = cells[:place] + cells[place + surplus :]
        if _is_good(costs.at(place, surplus), record, shapes):
            return record
    if all(column in OPEN for column in shapes):
        return None
    fitting = [place for place, column in enumerate(shapes) if column in OPEN and costs.at(place, surplus + 1) == 0]
    return _joined(cells, fitting[0], surplus, delimiter) if len(fitting) == 1 else None


class Costs:
    """How many cells would not fit their columns if those from some place on moved by `shift` columns."""

    def __init__(self, cells: Sequence[str], shapes: Sequence[Shape], shift: int) -> None:
        self._cells, self._shapes, self._shift = cells, shapes, shift
        self._before = self._sums(range(len(cells)), 0)
        self._behind: list[int] | None = None

    def before(self, place: int) -> int:
        """Misfits among the cells before `place`, which stay where they are."""
        return self._before[place]

    def at(self, place: int, skipped: int = 0) -> int:
        """Misfits when `skipped` cells from `place` on are taken out and the rest moves."""
        if self._behind is None:
            self._behind = self._sums(range(len(self._cells) - 1, -1, -1), self._shift)
        return self._before[place] + self._behind[len(self._cells) - place - skipped]

    def _sums(self, places: Sequence[int], shift: int) -> list[int]:
        """Running sums of misfits over the cells at `places`, each compared with the column `shift` further."""
        sums = [0]
        for place in places:
            column = place + shift
            expected = self._shapes[column] if 0 <= column < len(self._shapes) else Shape.TEXT
            sums.append(sums[-1] + (expected not in OPEN and shape(self._cells[place]) not in (expected, Shape.EMPTY)))
        return sums


def _cheapest(costs: Costs, places: Sequence[int], skipped: int) -> int:
    """The first of the places with the fewest misfits."""
    return min(places, key=lambda place: costs.at(place, skipped))


def _is_good(misfits: int, record: Sequence[str], shapes: Sequence[Shape]) -> bool:
    """No misfits, or fewer than half of the cells that could be checked."""
    checked = sum(column not in OPEN and bool(cell.strip()) for cell, column in zip(record, shapes, strict=True))
    return misfits == 0 or misfits < checked / 2


def _joined(cells: list[str], place: int, surplus: int, delimiter: str) -> list[str]:
    end = place + surplus + 1
    return [*cells[:place], delimiter.join(cells[place:end]), *cells[end:]]
