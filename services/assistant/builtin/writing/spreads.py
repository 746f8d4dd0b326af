"""Distributions and correlations as SQL, and whether it gave the same as pandas."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Final

from services.assistant.builtin.agreement import Row, same, scalars_agree
from services.assistant.builtin.intent import Intent, Shape

BINS: Final = 20
ROUNDED: Final = 0.000_500_1
"""How far a coefficient may be from the one that was rounded to three places."""
STATISTICS: Final = {
    "count": "count(x)", "mean": "avg(x)", "std": "stddev_samp(x)", "min": "min(x)", "25%": "quantile_cont(x, 0.25)",
    "50%": "quantile_cont(x, 0.5)", "75%": "quantile_cont(x, 0.75)", "max": "max(x)",
}  # fmt: skip


def is_matrix(intent: Intent) -> bool:
    """Whether each of several columns is set against each other."""
    return intent.shape is Shape.CORRELATION and (len(intent.columns) > 2 or str(intent.chart) == "heatmap")


def correlations(cells: Sequence[str], where: Sequence[str]) -> list[str]:
    """The coefficient of each pair of the cells, in one row."""
    pairs = (f"corr({one}, {other}) as c{at}" for at, (one, other) in enumerate(combinations(cells, 2)))
    return ["select " + ", ".join(pairs), "from df", *where]


def statistics(cell: str, key: str, where: Sequence[str]) -> list[str]:
    """What describes the cells: for each key, where there is one."""
    made = ", ".join(f'{code} as "{name}"' for name, code in STATISTICS.items())
    if not key:
        return [f"select {made}", "from (", f"select {cell} as x", "from df", *where, ")"]
    inner = [f"select {cell} as x, {key} as k", "from df", *where]
    return [f"select k, {made}", "from (", *inner, ")", "where k is not null", "group by k"]


def histogram(cell: str, where: Sequence[str]) -> list[str]:
    """How many cells fall into each of the bins, which are equally wide from the smallest to the largest."""
    ends = "min(x) - if(min(x) = max(x), 0.5, 0) as low, max(x) + if(min(x) = max(x), 0.5, 0) as high"
    inside = (
        f"x >= low + k * ((high - low) / {BINS}) and (k = {BINS - 1} or x < low + (k + 1) * ((high - low) / {BINS}))"
    )
    return [
        "with v as (", f"select ({cell})::double as x", "from df", *where, "),",
        f"e as (select {ends} from v)",
        f"select k, count(*) filter (where {inside}) as n",
        f"from v, e, range({BINS}) t(k) where x is not null group by k order by k",
    ]  # fmt: skip


def spreads_agree(
    intent: Intent, shown: Sequence[Row], total: int, values: Sequence[object], second: Sequence[Row]
) -> bool:
    """Whether the distribution or the correlation is the same in both."""
    if is_matrix(intent):
        return _matrix_agrees(intent.columns, shown, second)
    if intent.shape is Shape.CORRELATION:
        return scalars_agree(values, second)
    if intent.keys:
        return _statistics_agree(intent.keys[0].column, shown, total, second)
    if str(intent.chart) == "box":
        return scalars_agree([row[intent.columns[0]] for row in shown], second)
    return [row["count"] for row in shown] == [row["n"] for row in second]


def _matrix_agrees(columns: Sequence[str], shown: Sequence[Row], second: Sequence[Row]) -> bool:
    if len(shown) != len(columns) or len(second) != 1:
        return False
    others = list(second[0].values())
    for other, (at, name) in zip(others, combinations(range(len(columns)), 2), strict=True):
        one = shown[at][columns[name]]
        if not same(one, other) and not (_is_known(one) and _is_known(other) and abs(one - other) <= ROUNDED):
            return False
    return True


def _is_known(value: object) -> bool:
    return isinstance(value, float) and value == value


def _statistics_agree(key: str, shown: Sequence[Row], total: int, second: Sequence[Row]) -> bool:
    known = {str(row["k"]): row for row in second}
    if total != len(second):
        return False
    scale = max((abs(row["max"]) for row in second if _is_known(row["max"])), default=0.0)
    return all(
        (other := known.get(str(row[key]))) is not None
        and all(same(row[name], other[name], scale) for name in STATISTICS)
        for row in shown
    )
