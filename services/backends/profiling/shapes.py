"""The shape of columns of numbers and dates: quantiles, fences for outliers, and a histogram counted over all rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from services.backends.profiling.look import Look, Table
from services.domain import ColumnProfile, Histogram, Kind, Semantic

if TYPE_CHECKING:
    from services.backends.engine import OpenTable

QUANTILES: Final = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
BINS: Final = 24
FAR: Final = 7.5
"""Robust standard deviations from the median at which a value stands apart. Of a million normal values none does;
of gamma and Poisson shapes, whose scale is taken for each side, about none."""
LOPSIDED: Final = 0.15
"""Bowley's skewness over the 5th, 50th and 95th percentile from which a positive column is judged by its logarithm."""
LEAST: Final = 20
EXAMPLES: Final = 5
BATCH: Final = 40


@dataclass(frozen=True)
class Bins:
    """Where a histogram begins and ends."""

    low: float
    high: float
    number: int


def drawn(opened: OpenTable, table: Table) -> Iterator[Look]:
    """Every column with its shape."""
    looks = [_measured(look) for look in table.looks]
    for start in range(0, len(looks), BATCH):
        yield from _counted(opened, looks[start : start + BATCH])


def _measured(look: Look) -> Look:
    """The column with what the sample and the scan tell about it."""
    facts, scanned = look.facts, look.scanned
    changes: dict[str, Any] = {"zeros": scanned.zeros, "negative": scanned.negative, "lengths": scanned.lengths}
    changes |= {"spread": _finite(scanned.spread), "skew": _finite(scanned.skew), "examples": _examples(look)}
    if scanned.exact is not None:
        changes |= {"distinct": scanned.exact, "is_estimate": False}
    if look.kind.is_number and len(look.present):
        changes["quantiles"] = tuple(float(each) for each in np.quantile(look.present, QUANTILES))
        look = replace(look, beyond=fences(look))
    return replace(look, facts=facts.model_copy(update=changes))


def _finite(value: float | None) -> float | None:
    return float(value) if value is not None and np.isfinite(value) else None


def _examples(look: Look) -> tuple[str, ...]:
    """Values spread over the sample."""
    if look.kind in (Kind.BOOLEAN, Kind.OTHER) or not look.filled:
        return ()
    found = list(look.counts)
    step = max(1, len(found) // EXAMPLES)
    return tuple(_written(str(each), is_date=look.kind.is_date) for each in found[::step][:EXAMPLES])


def _written(value: str, *, is_date: bool) -> str:
    """The value, cut; a midnight as its day."""
    return value.removesuffix(".000000").removesuffix(" 00:00:00") if is_date else value[:200]


def fences(look: Look) -> tuple[float, float]:
    """Between these lies what is ordinary. Each side has its own scale; lopsided columns are judged by logarithm."""
    values = _without_mode(look.present)
    if len(values) < LEAST:
        return (-np.inf, np.inf)
    low, quarter, middle, three, high = np.quantile(values, (0.05, 0.25, 0.5, 0.75, 0.95))
    whole = (three - quarter) / 1.349
    if whole <= 0:
        return (-np.inf, np.inf)
    below = max((middle - quarter) / 0.6745, whole / 2)
    above = max((three - middle) / 0.6745, whole / 2)
    highest = middle + FAR * above
    if values.min() > 0 and (high + low - 2 * middle) / (high - low) > LOPSIDED:
        logs = np.log(values)
        _, half, upper = np.quantile(logs, (0.25, 0.5, 0.75))
        highest = max(highest, float(np.exp(half + FAR * (upper - half) / 0.6745)))
    return (float(middle - FAR * below), float(highest))


def _without_mode(values: np.ndarray) -> np.ndarray:
    """The values without a single one that makes up half of them: "0" of most baskets."""
    if not len(values):
        return values
    found, counts = np.unique(values, return_counts=True)
    usual = found[counts.argmax()]
    return values[values != usual] if counts.max() > len(values) / 2 else values


def _counted(opened: OpenTable, looks: list[Look]) -> Iterator[Look]:
    """One query for the histograms of all these columns."""
    bins = {look.name: _bins(look) for look in looks}
    wanted = [(look, found) for look in looks if (found := bins[look.name]) is not None]
    if not wanted:
        yield from looks
        return
    queries = ", ".join(part for look, found in wanted for part in _query(look, found))
    row = iter(opened.row(f"SELECT {queries} FROM {opened.source}"))
    counted = {look.name: (next(row), next(row), next(row), next(row)) for look, _ in wanted}
    for look in looks:
        found = bins[look.name]
        yield look if found is None else _with_histogram(look, found, *counted[look.name])


def _bins(look: Look) -> Bins | None:
    if not (look.kind.is_number or look.kind.is_date) or len(look.present) < 2:
        return None
    low, high = _range(look)
    if not np.isfinite([low, high]).all() or high <= low:
        return None
    if look.kind is Kind.INTEGER and high - low < BINS + 8:
        return Bins(low - 0.5, high + 0.5, int(high - low) + 1)
    return Bins(low, high, BINS)


def _range(look: Look) -> tuple[float, float]:
    """From the lowest to the highest value, far ones cut off, so that the rest has a shape."""
    first, last = np.quantile(look.present, (0.01, 0.99))
    low, high = float(look.present.min()), float(look.present.max())
    if look.kind.is_number and look.facts.low is not None and look.facts.high is not None:
        low, high = float(look.facts.low), float(look.facts.high)
    reach = 2 * (last - first) or max(abs(first), 1.0)
    return max(low, float(first - reach)), min(high, float(last + reach))


def _query(look: Look, bins: Bins) -> tuple[str, ...]:
    value = look.column.sql
    number = f"epoch({value})" if look.kind.is_date else f"{value}::DOUBLE"
    inside = f"{number} BETWEEN {bins.low!r} AND {bins.high!r}"
    place = f"least({bins.number - 1}, floor(({number} - {bins.low!r}) * {bins.number / (bins.high - bins.low)!r}))"
    low, high = look.beyond
    outside = f"{number} < {low!r} OR {number} > {high!r}" if np.isfinite([low, high]).all() else "false"
    finite = f"isfinite({value})" if look.kind is Kind.DECIMAL or look.kind.is_date else "true"
    return (
        f"histogram(CASE WHEN {inside} THEN {place}::UTINYINT END)",
        f"count(*) FILTER ({number} < {bins.low!r} AND {finite})",
        f"count(*) FILTER ({number} > {bins.high!r} AND {finite})",
        f"count(*) FILTER (({outside}) AND {finite})",
    )


def _with_histogram(look: Look, bins: Bins, rows: dict[int, int] | None, under: int, over: int, outside: int) -> Look:
    counts = tuple(int((rows or {}).get(place, 0)) for place in range(bins.number))
    histogram = Histogram(low=bins.low, high=bins.high, rows=counts, under=under, over=over)
    facts: ColumnProfile = look.facts.model_copy(update={"histogram": histogram})
    return replace(look, facts=facts, outside=outside)


def is_amount(look: Look) -> bool:
    """Whether the column holds amounts: numbers that are no names of things."""
    return look.kind.is_number and (look.facts.semantic.is_amount or look.facts.semantic is Semantic.MEASURE)
