"""How two tables differ, column by column, with the size of the effect."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import numpy as np

from services.backends.profiling.sample import Sample
from services.backends.profiling.wording import number, percent, quoted
from services.domain import ColumnProfile, Drift, Kind, Profile, TableDrift

if TYPE_CHECKING:
    from services.backends.engine import OpenTable

LEVELS: Final = ((0.25, "large"), (0.1, "medium"), (0.05, "small"))
CHANCE: Final = 1.63
"""Kolmogorov's critical value at 1 %: differences below it are what two draws from one source show."""
MOST_VALUES: Final = 1_000


def compare(before: tuple[OpenTable, Profile], after: tuple[OpenTable, Profile]) -> TableDrift:
    """The second table beside the first."""
    (old_table, old), (new_table, new) = before, after
    samples = Sample.of(old_table, old.rows), Sample.of(new_table, new.rows)
    pairs = [(column, there) for column in old.columns if (there := new.column(column.name))]
    drifts = [_drift(one, other, samples) for one, other in pairs if _is_alike(one.kind, other.kind)]
    return TableDrift(
        rows=(old.rows, new.rows),
        drifts=tuple(sorted(drifts, key=lambda drift: -drift.effect)),
        added=tuple(column.name for column in new.columns if old.column(column.name) is None),
        removed=tuple(column.name for column in old.columns if new.column(column.name) is None),
        retyped=tuple(one.name for one, other in pairs if one.kind is not other.kind),
    )


def _is_alike(one: Kind, other: Kind) -> bool:
    return one is other or (one.is_number and other.is_number) or (one.is_date and other.is_date)


def _drift(one: ColumnProfile, other: ColumnProfile, samples: tuple[Sample, Sample]) -> Drift:
    is_ordered = one.kind.is_number or one.kind.is_date
    left, right = (_values(each, sample) for each, sample in zip((one, other), samples, strict=True))
    shape, least = (0.0, 1.0)
    if is_ordered and len(left[0]) and len(right[0]):
        shape, least = _kolmogorov(left[0], right[0])
    elif not is_ordered:
        shape, least = _variation(samples, one.name)
    gaps = abs(left[1] - right[1])
    effect = max(shape if shape > least else 0.0, gaps)
    level = next((word for bound, word in LEVELS if effect >= bound), "none")
    measure = "Kolmogorov-Smirnov" if is_ordered else "total variation"
    told = [*_sentences(one, other, (left[1], right[1]))]
    told += _most_changed(samples, one.name) if not is_ordered and level != "none" else []
    text = "; ".join(told) or "no change worth naming"
    return Drift(column=one.name, measure=measure, effect=round(effect, 4), level=level, text=text)


def _values(column: ColumnProfile, sample: Sample) -> tuple[np.ndarray, float]:
    """The finite values of an ordered column, and the share that is missing."""
    share = column.missing / max(1, sample.total)
    if not (column.kind.is_number or column.kind.is_date):
        return np.empty(0), share
    values = sample.numbers(column.name, column.kind)
    return values[np.isfinite(values)], share


def _kolmogorov(left: np.ndarray, right: np.ndarray) -> tuple[float, float]:
    """The largest distance between the two distributions, and what chance would show."""
    every = np.union1d(left, right)
    first = np.searchsorted(np.sort(left), every, side="right") / len(left)
    second = np.searchsorted(np.sort(right), every, side="right") / len(right)
    return float(np.abs(first - second).max()), CHANCE * math.sqrt(1 / len(left) + 1 / len(right))


def _variation(samples: tuple[Sample, Sample], name: str) -> tuple[float, float]:
    """Half the sum of the differences of the shares of the most frequent values, and what chance would show."""
    counts = [sample.counts(name) for sample in samples]
    totals = [max(1, sum(each.values())) for each in counts]
    values = set(list(counts[0])[:MOST_VALUES]) | set(list(counts[1])[:MOST_VALUES])
    shares = [(counts[0].get(value, 0) / totals[0], counts[1].get(value, 0) / totals[1]) for value in values]
    noise = sum(math.sqrt((a + b) / 2 * (1 / totals[0] + 1 / totals[1])) for a, b in shares) * 0.5
    return sum(abs(a - b) for a, b in shares) / 2, noise


def _most_changed(samples: tuple[Sample, Sample], name: str) -> list[str]:
    """The value whose share changed most: "“basic” 34 % → 60 %"; none where many changed a little."""
    counts = [sample.counts(name) for sample in samples]
    shares = [{value: rows / sum(each.values()) for value, rows in each.items()} for each in counts]
    values = list(counts[0])[:MOST_VALUES] + list(counts[1])[:MOST_VALUES]
    changed = {value: (shares[0].get(value, 0.0), shares[1].get(value, 0.0)) for value in values}
    value = max(changed, key=lambda each: abs(changed[each][0] - changed[each][1]), default="")
    before, after = changed.get(value, (0.0, 0.0))
    return [f"{quoted(value)} {percent(before)} → {percent(after)}"] if abs(before - after) >= LEVELS[-1][0] else []


def _sentences(one: ColumnProfile, other: ColumnProfile, missing: tuple[float, float]) -> Iterator[str]:
    if one.mean is not None and other.mean is not None and one.mean != other.mean:
        yield f"mean {number(one.mean)} → {number(other.mean)}"
    if one.kind.is_date and (one.low, one.high) != (other.low, other.high):
        yield f"from {one.low} – {one.high} to {other.low} – {other.high}"
    if abs(missing[0] - missing[1]) >= 0.0005:
        yield f"missing {percent(missing[0])} → {percent(missing[1])}"
    if one.distinct != other.distinct:
        yield f"{one.distinct:,} → {other.distinct:,} different values"
