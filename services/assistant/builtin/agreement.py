"""Whether two derivations of one question gave the same: equality is defined here and nowhere else.

Numbers are equal within a billionth of the largest of their column; missing is equal to missing; the order of rows
counts only as far as it was asked for, and rows that tie may stand in any order, also across a limit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from math import isfinite, isnan
from typing import Any, Final

from services.assistant.builtin.intent import Intent, Shape

Row = Mapping[str, Any]
CLOSE: Final = 1e-9
SECOND: Final = "_sql"
"""The output that holds what SQL gave."""


def scalars_agree(values: Sequence[Any], second: Sequence[Row]) -> bool:
    """Whether the numbers are those of the only row, in order."""
    if len(second) != 1:
        return False
    others = list(second[0].values())
    return len(others) == len(values) and all(same(one, other) for one, other in zip(values, others, strict=True))


def groups_agree(
    intent: Intent,
    keys: Sequence[str],
    measures: Sequence[str],
    shown: Sequence[Row],
    total: int,
    second: Sequence[Row],
) -> bool:
    """Whether the groups that are shown are groups of `second`, as many as there should be, and the right ones.

    `second` holds all groups, each once; `shown` is the beginning of the `total` rows of the answer.
    """
    scales = {name: _scale(second, name) for name in measures}
    known = {_identity(row, keys): row for row in second}
    for row in shown:
        other = known.get(_identity(row, keys))
        if other is None or not all(same(row[name], other[name], scales[name]) for name in measures):
            return False
    return _enough(intent, measures, shown, total, second)


def rows_agree(intent: Intent, total: int, second: Sequence[Row]) -> bool:
    """Whether as many rows are shown as there are."""
    if intent.shape is not Shape.ROWS or len(second) != 1:
        return False
    count = int(next(iter(second[0].values())))
    if intent.best:
        return 0 < total <= count or total == count
    return total == (count if intent.limit is None else min(count, intent.limit))


def _enough(intent: Intent, measures: Sequence[str], shown: Sequence[Row], total: int, second: Sequence[Row]) -> bool:
    by_measure = intent.sort is not None and intent.sort.by == "measure"
    if intent.sort is None or not (by_measure and (intent.best or intent.limit is not None)):
        wanted = len(second) if intent.limit is None else min(intent.limit, len(second))
        return intent.best or total == wanted
    name, down = measures[0], intent.sort.descending
    ranked = sorted((float(row[name]) for row in second if _is_number(row[name])), reverse=down)
    found = [row[name] for row in shown]
    if not intent.best:
        wanted = min(intent.limit or 0, len(second))
        return total == wanted and all(same(*pair, _scale(second, name)) for pair in zip(found, ranked, strict=False))
    places = list(dict.fromkeys(ranked))
    if len(places) < intent.nth:
        return not found
    best = places[intent.nth - 1]
    ties = sum(same(one, best, abs(best)) for one in ranked)
    return (
        bool(found) and all(same(one, best, abs(best)) for one in found) and abs(total - ties) <= _apart(places, best)
    )


def _apart(places: Sequence[float], best: float) -> int:
    """Sums that differ by less than the tolerance may tie in one derivation and not in the other."""
    return sum(one != best and same(one, best, abs(best)) for one in places)


def _identity(row: Row, keys: Sequence[str]) -> tuple[Any, ...]:
    return tuple(_plain(row[key]) for key in keys)


def _plain(value: Any) -> Any:
    """A value of a key in the form both derivations share."""
    if value is None or (isinstance(value, float) and isnan(value)):
        return None
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float | Decimal):
        return float(value)
    if isinstance(value, datetime):
        return value.isoformat().removesuffix("T00:00:00")
    return value.isoformat() if isinstance(value, date) else str(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool) and not isnan(value)


def _scale(rows: Sequence[Row], name: str) -> float:
    """The largest size of the numbers of a column."""
    return max((abs(float(row[name])) for row in rows if _is_number(row[name]) and isfinite(row[name])), default=0.0)


def same(one: Any, other: Any, scale: float = 0.0) -> bool:
    """Whether two cells are equal; `scale` is the largest size in the column."""
    first, second = _plain(one), _plain(other)
    if isinstance(first, float) and isinstance(second, float) and isfinite(first) and isfinite(second):
        return abs(first - second) <= CLOSE * max(scale, abs(first), abs(second))
    return bool(first == second)
