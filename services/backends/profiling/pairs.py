"""How columns relate: correlations of all kinds, columns that say the same, hierarchies, leaks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np

from services.backends.profiling.look import Look, Table
from services.backends.profiling.shapes import is_amount
from services.domain import Correlation, Kind, Semantic

ROWS: Final = 20_000
MOST_NUMBERS: Final = 150
MOST_GROUPS: Final = 40
MOST_VALUES: Final = 50
LEAST_ROWS: Final = 20
LARGEST: Final = 1e150
"""Beyond this, squares overflow."""
WORTH: Final = 0.1
KEPT: Final = 300
SAME: Final = 0.95
"""Cohen's kappa from which two columns are called the same."""
LINEAR: Final = 0.9995
"""Pearson's coefficient from which two columns of numbers are the same up to scale."""
LEAKS: Final = 0.9
"""Share of the wrong guesses that one column alone must take away to be called a leak."""
BINS: Final = 40
NESTED, NESTED_VALUES = 12, 1_000
"""Columns, and values of each, that are looked at for lying within each other."""
GLANCED: Final = 400
GLANCE: Final = 0.85
"""Rows first compared, and the share of them that must be equal for the rest to be compared."""


@dataclass(frozen=True)
class Same:
    """Two columns that say the same: in which way, and in what share of the rows."""

    left: str
    right: str
    how: str
    share: float


@dataclass(frozen=True)
class Leak:
    """A column that gives the target away: the share of rows it alone gets right."""

    column: str
    target: str
    right: float


@dataclass(frozen=True)
class Related:
    """What was found between columns. `left_out` columns were too many for the correlations."""

    correlations: tuple[Correlation, ...]
    same: tuple[Same, ...]
    leaks: tuple[Leak, ...]
    hierarchies: tuple[tuple[str, ...], ...]
    left_out: int


def relate(table: Table) -> Related:
    """Everything between the columns, from at most 20,000 rows of the sample."""
    every = slice(None, None, max(1, table.sample.rows // ROWS))
    numbers = [look for look in table.looks if look.kind.is_number and is_amount(look) and look.facts.distinct > 2]
    groups = [look for look in table.looks if _is_group(look)]
    left_out = max(0, len(numbers) - MOST_NUMBERS) + max(0, len(groups) - MOST_GROUPS)
    numbers, groups = numbers[:MOST_NUMBERS], groups[:MOST_GROUPS]
    matrix = np.column_stack([look.numbers[every] for look in numbers]) if numbers else np.empty((0, 0))
    codes = {look.name: look.codes[every] for look in groups}
    straight = _pearson(matrix)
    found = [*_numeric(numbers, matrix, straight), *_categorical(codes), *_mixed(codes, numbers, matrix)]
    strongest = sorted(found, key=lambda each: -abs(each.value))[:KEPT]
    return Related(
        correlations=tuple(strongest),
        same=tuple(_same(table, numbers, straight)),
        leaks=tuple(_leaks(table)),
        hierarchies=tuple(_hierarchies(table.looks, every)),
        left_out=left_out,
    )


def _is_group(look: Look) -> bool:
    is_kind = look.kind in (Kind.TEXT, Kind.BOOLEAN) or look.facts.semantic.is_group
    return is_kind and look.kind is not Kind.DECIMAL and 2 <= look.facts.distinct <= MOST_VALUES


def _pearson(matrix: np.ndarray) -> np.ndarray:
    """Pearson's coefficient of each pair over the rows that have both; not-a-number where there are too few."""
    matrix = np.where(np.abs(matrix) < LARGEST, matrix, np.nan)
    if matrix.size == 0:
        return np.empty((0, 0))
    there = np.isfinite(matrix)
    counts = there.sum(axis=0)
    means = np.where(there, matrix, 0).sum(axis=0) / np.maximum(1, counts)
    centred = np.where(there, matrix - means, 0)
    scale = np.sqrt((centred**2).sum(axis=0) / np.maximum(1, counts))
    centred = centred / np.where(scale > 0, scale, 1)
    mask = there.astype(float)
    rows = mask.T @ mask
    sums, squares = centred.T @ mask, (centred**2).T @ mask
    with np.errstate(invalid="ignore", divide="ignore"):
        covariance = centred.T @ centred / rows - (sums / rows) * (sums.T / rows)
        variance = squares / rows - (sums / rows) ** 2
        found = covariance / np.sqrt(variance * variance.T)
    is_known = (rows >= LEAST_ROWS) & (variance > 1e-12) & (variance.T > 1e-12)
    return np.asarray(np.where(is_known, np.clip(found, -1, 1), np.nan))


def _ranked(matrix: np.ndarray) -> np.ndarray:
    """The ranks in each column, ties in the middle."""
    ranks = np.full(matrix.shape, np.nan)
    for place in range(matrix.shape[1]):
        there = np.isfinite(matrix[:, place])
        _, inverse, counts = np.unique(matrix[there, place], return_inverse=True, return_counts=True)
        ranks[there, place] = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    return ranks


def _numeric(looks: list[Look], matrix: np.ndarray, straight: np.ndarray) -> Iterator[Correlation]:
    if not looks:
        return
    ranked = _pearson(_ranked(matrix))
    there = np.isfinite(matrix).astype(float)
    rows = there.T @ there
    for a, b in combinations(range(len(looks)), 2):
        # Ranks see a bent relation that a straight line misses.
        is_bent = abs(np.nan_to_num(ranked[a, b])) > abs(np.nan_to_num(straight[a, b])) + 0.1
        value = ranked[a, b] if is_bent else straight[a, b]
        if np.isfinite(value) and abs(value) >= WORTH:
            measure = "Spearman" if is_bent else "Pearson"
            yield _correlation(looks[a].name, looks[b].name, measure, float(value), int(rows[a, b]))


def _correlation(left: str, right: str, measure: str, value: float, rows: int) -> Correlation:
    return Correlation(left=left, right=right, measure=measure, value=round(value, 4), rows=rows)


def _crossed(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Rows by value of both columns, rows without either left out."""
    there = (left >= 0) & (right >= 0)
    wide = int(right.max(initial=0)) + 1
    cells = np.bincount(left[there] * wide + right[there], minlength=(int(left.max(initial=0)) + 1) * wide)
    return cells.reshape(-1, wide)


def cramers_v(crossed: np.ndarray) -> float:
    """Cramér's V, corrected for bias (Bergsma 2013); not-a-number where a side has one value."""
    crossed = crossed[crossed.sum(axis=1) > 0][:, crossed.sum(axis=0) > 0]
    rows, (height, width) = crossed.sum(), crossed.shape
    if rows < LEAST_ROWS or min(height, width) < 2:
        return float("nan")
    expected = crossed.sum(axis=1, keepdims=True) * crossed.sum(axis=0, keepdims=True) / rows
    phi = float(((crossed - expected) ** 2 / expected).sum() / rows)
    phi = max(0.0, phi - (width - 1) * (height - 1) / (rows - 1))
    least = min(height - (height - 1) ** 2 / (rows - 1), width - (width - 1) ** 2 / (rows - 1)) - 1
    return float(np.sqrt(phi / least)) if least > 0 else float("nan")


def _categorical(codes: dict[str, np.ndarray]) -> Iterator[Correlation]:
    for left, right in combinations(codes, 2):
        crossed = _crossed(codes[left], codes[right])
        value = cramers_v(crossed)
        if np.isfinite(value) and value >= WORTH:
            yield _correlation(left, right, "Cramér's V", min(1.0, value), int(crossed.sum()))


def _mixed(codes: dict[str, np.ndarray], looks: list[Look], matrix: np.ndarray) -> Iterator[Correlation]:
    for name, group in codes.items():
        for place, look in enumerate(looks):
            if look.name == name:
                continue
            there = (group >= 0) & (np.abs(matrix[:, place]) < LARGEST)
            value = _ratio(group[there], matrix[there, place])
            if np.isfinite(value) and value >= WORTH:
                yield Correlation(
                    left=name,
                    right=look.name,
                    measure="correlation ratio",
                    value=round(value, 4),
                    rows=int(there.sum()),
                )


def _ratio(group: np.ndarray, values: np.ndarray) -> float:
    """The correlation ratio (eta), corrected for bias by the degrees of freedom (epsilon squared)."""
    if len(values) < LEAST_ROWS:
        return float("nan")
    counts = np.bincount(group)
    kept = counts > 0
    used = int(kept.sum())
    total = float(((values - values.mean()) ** 2).sum())
    if used < 2 or total <= 0 or len(values) <= used or not np.isfinite(total):
        return float("nan")
    means = np.bincount(group, weights=values)[kept] / counts[kept]
    between = float((counts[kept] * (means - values.mean()) ** 2).sum())
    share = 1 - (total - between) / total * (len(values) - 1) / (len(values) - used)
    return float(np.sqrt(max(0.0, share)))


def _same(table: Table, numbers: list[Look], straight: np.ndarray) -> Iterator[Same]:
    """Columns that repeat an earlier one; each is named once."""
    taken: set[str] = set()
    looks = [look for look in table.looks if look.facts.distinct >= 2]
    keys = [_keys(look) for look in looks]
    for a, b in _alike(keys):
        left, right = looks[a], looks[b]
        if right.name in taken or left.kind is not right.kind:
            continue
        share, kappa = _agreement(keys[a], keys[b])
        if kappa >= SAME:
            taken.add(right.name)
            yield Same(left.name, right.name, "the same values", share)
    for a, b in np.argwhere(np.triu(np.abs(np.nan_to_num(straight)) >= LINEAR, 1)):
        if numbers[b].name not in taken and numbers[b].facts.distinct > 10:
            taken.add(numbers[b].name)
            yield Same(numbers[a].name, numbers[b].name, "the same numbers up to scale", float(abs(straight[a, b])))


def _alike(keys: list[np.ndarray]) -> Iterator[tuple[int, int]]:
    """Pairs of columns that are equal in most of some rows: of 500 columns, each need not be held to each other."""
    if len(keys) < 2:
        return
    some = np.linspace(0, len(keys[0]) - 1, min(GLANCED, len(keys[0]))).astype(int)
    glance = np.column_stack([key[some] for key in keys])
    for place in range(len(keys) - 1):
        equal = (glance[:, place + 1 :] == glance[:, [place]]).mean(axis=0)
        yield from ((place, place + 1 + int(other)) for other in np.flatnonzero(equal >= GLANCE))


def _agreement(first: np.ndarray, second: np.ndarray) -> tuple[float, float]:
    """Share of the rows where both hold the same, and Cohen's kappa, which takes chance off."""
    share = float((first == second).mean())
    values, counts = np.unique(first, return_counts=True)
    others, other_counts = np.unique(second, return_counts=True)
    both, here, there = np.intersect1d(values, others, return_indices=True)
    chance = float((counts[here] / len(first) * other_counts[there] / len(second)).sum()) if len(both) else 0.0
    return share, (share - chance) / (1 - chance) if chance < 1 else 0.0


def _keys(look: Look) -> np.ndarray:
    """A number for each row, equal where values are."""
    if look.kind is Kind.TEXT or look.kind in (Kind.OTHER, Kind.TIME):
        distinct = list(dict.fromkeys(text for text in look.texts if text is not None))
        hashes = np.array([*(float(hash(text) >> 12) for text in distinct), np.inf])
        return np.asarray(hashes[look.codes])
    return np.asarray(np.where(np.isfinite(look.numbers), look.numbers, np.inf))


def _leaks(table: Table) -> Iterator[Leak]:
    targets = [look for look in table.looks if look.facts.is_target and look.facts.distinct <= 10]
    for target in targets[:3]:
        for look in table.looks:
            if look.name == target.name or look.facts.is_target or look.facts.semantic is Semantic.ID:
                continue
            right = _told(look, target.codes)
            if right is not None:
                yield Leak(look.name, target.name, right)


def _told(look: Look, target: np.ndarray) -> float | None:
    """The share of rows whose target the column alone tells, when that is nearly all."""
    there = target >= 0
    base = 1 - np.bincount(target[there]).max() / max(1, there.sum()) if there.any() else 0.0
    if there.sum() < 50 or base < 0.01:
        return None
    best = 0.0
    for levels in _levelled(look):
        crossed = _crossed(levels[there], target[there])
        best = max(best, float(crossed.max(axis=1).sum() / max(1, there.sum())))
    return best if 1 - best <= (1 - LEAKS) * base else None


def _levelled(look: Look) -> Iterator[np.ndarray]:
    """The column as a few levels: whether it has a value, its values, or its range in pieces."""
    if look.facts.missing:
        yield (look.codes >= 0).astype(np.int64)
    if look.facts.distinct <= MOST_VALUES and look.kind is not Kind.OTHER:
        yield look.codes + 1
    elif look.kind.is_number or look.kind.is_date:
        if not len(look.present):
            return
        edges = np.unique(np.quantile(look.present, np.linspace(0, 1, BINS + 1)[1:-1]))
        yield np.where(np.isfinite(look.numbers), np.searchsorted(edges, look.numbers) + 1, 0)


def _hierarchies(looks: Sequence[Look], every: slice) -> Iterator[tuple[str, ...]]:
    """Chains of columns, the widest group first: every city lies in one region."""
    named = [look for look in looks if look.kind is Kind.TEXT and 2 < look.facts.distinct <= NESTED_VALUES]
    named = [look for look in named if look.facts.semantic.is_group][:NESTED]
    codes = {look.name: look.codes[every] for look in named}
    above: dict[str, str] = {}
    for look in sorted(named, key=lambda look: look.facts.distinct):
        wider = [other for other in named if 2 <= other.facts.distinct < look.facts.distinct]
        for other in sorted(wider, key=lambda each: -each.facts.distinct):
            crossed = _crossed(codes[look.name], codes[other.name])
            many = crossed.sum() >= 5 * look.facts.distinct
            if many and ((crossed > 0).sum(axis=1) <= 1).all() and ((crossed > 0).sum(axis=0) >= 2).any():
                above[look.name] = other.name
                break
    tails = [name for name in above if name not in above.values()]
    for name in tails:
        chain = [name]
        while chain[0] in above:
            chain.insert(0, above[chain[0]])
        yield tuple(chain)
