"""Random situations for the choice of a statistical method, each with the choices an expert would accept.

Written before the method gate and without a look at it. Every situation draws its own table: sizes, names, effects,
missing cells, columns that have nothing to do with the question. `accepted` holds names of methods, or "refused: " and
the reason. Sources for what is accepted: Ruxton 2006 and Delacre et al. 2017 (Welch by default), Cochran 1954 (expected
counts), Fagerland 2012 (large samples forgive skew in means), Agresti 2013 (paired proportions).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

Rng = np.random.Generator


@dataclass(frozen=True)
class Situation:
    """A table, what is asked of it, and which methods or refusals are right."""

    design: str
    frame: pd.DataFrame
    analysis: dict[str, Any]
    accepted: frozenset[str]


def draw(rng: Rng) -> Situation:
    """One situation of a design picked at random."""
    design = DESIGNS[int(rng.integers(len(DESIGNS)))]
    return design(rng)


def _name(rng: Rng, *kinds: str) -> list[str]:
    """Column names that say nothing of their content."""
    picked = rng.choice(1_000, len(kinds), replace=False)
    return [f"{kind}_{number}" for kind, number in zip(kinds, picked, strict=True)]


def _labels(rng: Rng, count: int) -> list[str]:
    return [f"{rng.choice(['arm', 'Site', 'type', 'Gruppe', 'x'])} {n}" for n in rng.permutation(90)[:count] + 10]


def _table(rng: Rng, columns: dict[str, Any], missing: float | None = None) -> pd.DataFrame:
    """The columns among columns of noise, rows in random order, some cells empty."""
    frame = pd.DataFrame(columns)
    share = rng.choice([0.0, 0.0, 0.03]) if missing is None else missing
    for name in columns:
        holes = rng.random(len(frame)) < share
        if holes.any():
            frame[name] = frame[name].astype(object).where(~holes, None).infer_objects()
    frame["noise"] = rng.normal(size=len(frame))
    frame["row"] = np.arange(len(frame))
    return frame.sample(frac=1, random_state=int(rng.integers(2**31))).reset_index(drop=True)


def _sizes(rng: Rng, groups: int, low: int, high: int) -> list[int]:
    base = int(rng.integers(low, high))
    return [max(low, int(base * rng.uniform(0.8, 1.25))) for _ in range(groups)]


def _stacked(rng: Rng, samples: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    labels = _labels(rng, len(samples))
    return np.concatenate(samples), np.repeat(labels, [len(each) for each in samples])


def _groups(rng: Rng, samples: list[np.ndarray], design: str, accepted: set[str]) -> Situation:
    measure, group = _name(rng, "value", "group")
    values, labels = _stacked(rng, samples)
    asked = {"kind": "compare_groups", "measure": measure, "group": group}
    return Situation(design, _table(rng, {measure: values, group: labels}), asked, frozenset(accepted))


def _normal(rng: Rng, sizes: list[int]) -> list[np.ndarray]:
    spread = rng.uniform(1, 20)
    centre = rng.uniform(-50, 200)
    return [rng.normal(centre + spread * rng.normal(0, 0.5), spread * rng.uniform(0.5, 2), n) for n in sizes]


def _skewed(rng: Rng, sizes: list[int]) -> list[np.ndarray]:
    return [np.exp(rng.normal(3 + rng.normal(0, 0.4), rng.uniform(1.2, 1.6), n)) for n in sizes]


def _likert(rng: Rng, sizes: list[int]) -> list[np.ndarray]:
    levels = int(rng.integers(4, 8))
    return [1 + rng.binomial(levels - 1, rng.uniform(0.3, 0.7), n) for n in sizes]


def two_normal(rng: Rng) -> Situation:
    return _groups(rng, _normal(rng, _sizes(rng, 2, 12, 150)), "two normal groups", {"welch_t"})


def two_skewed(rng: Rng) -> Situation:
    return _groups(rng, _skewed(rng, _sizes(rng, 2, 15, 35)), "two skewed small groups", {"mann_whitney"})


def two_skewed_large(rng: Rng) -> Situation:
    samples = [rng.gamma(2, 10 + rng.normal(0, 1), n) for n in _sizes(rng, 2, 300, 2_000)]
    return _groups(rng, samples, "two skewed large groups", {"welch_t", "mann_whitney"})


def two_ordinal(rng: Rng) -> Situation:
    return _groups(rng, _likert(rng, _sizes(rng, 2, 12, 90)), "two groups on a scale", {"mann_whitney"})


def several_normal(rng: Rng) -> Situation:
    sizes = _sizes(rng, int(rng.integers(3, 7)), 12, 80)
    return _groups(rng, _normal(rng, sizes), "several normal groups", {"welch_anova"})


def several_skewed(rng: Rng) -> Situation:
    sizes = _sizes(rng, int(rng.integers(3, 7)), 15, 35)
    return _groups(rng, _skewed(rng, sizes), "several skewed small groups", {"kruskal_wallis"})


def several_ordinal(rng: Rng) -> Situation:
    sizes = _sizes(rng, int(rng.integers(3, 6)), 12, 60)
    return _groups(rng, _likert(rng, sizes), "several groups on a scale", {"kruskal_wallis"})


def _outcomes(rng: Rng, sizes: list[int], low: float, high: float) -> list[np.ndarray]:
    return [rng.random(n) < rng.uniform(low, high) for n in sizes]


def yes_by_two(rng: Rng) -> Situation:
    samples = _outcomes(rng, _sizes(rng, 2, 80, 800), 0.2, 0.8)
    return _groups(rng, samples, "yes or no in two groups", {"two_proportions", "chi_square"})


def yes_by_two_few(rng: Rng) -> Situation:
    """Fewer than five expected in a cell: an exact test."""
    while True:
        samples = _outcomes(rng, _sizes(rng, 2, 8, 18), 0.05, 0.25)
        table = np.array([[each.sum(), (~each).sum()] for each in samples])
        smallest = (table.sum(1, keepdims=True) * table.sum(0, keepdims=True) / table.sum()).min()
        if table[:, 0].sum() > 0 and smallest < 3.5:
            break
    return _groups(rng, samples, "yes or no in two small groups", {"fisher"})


def yes_by_several(rng: Rng) -> Situation:
    samples = _outcomes(rng, _sizes(rng, int(rng.integers(3, 6)), 80, 300), 0.2, 0.8)
    return _groups(rng, samples, "yes or no in several groups", {"chi_square"})


def _pair(rng: Rng, columns: dict[str, Any], design: str, accepted: set[str]) -> Situation:
    before, after = columns
    asked = {"kind": "compare_pairs", "before": before, "after": after}
    return Situation(design, _table(rng, columns), asked, frozenset(accepted))


def paired_normal(rng: Rng) -> Situation:
    before, after = _name(rng, "first", "second")
    person = rng.normal(100, 15, int(rng.integers(12, 150)))
    changed = person + rng.normal(rng.normal(0, 3), 5, len(person))
    return _pair(rng, {before: person, after: changed}, "pairs, normal differences", {"paired_t"})


def paired_skewed(rng: Rng) -> Situation:
    before, after = _name(rng, "first", "second")
    person = rng.normal(100, 15, int(rng.integers(15, 35)))
    changed = person + np.exp(rng.normal(1, 1.5, len(person))) * rng.choice([1, -1])
    return _pair(rng, {before: person, after: changed}, "pairs, skewed differences", {"wilcoxon"})


def paired_yes(rng: Rng) -> Situation:
    before, after = _name(rng, "first", "second")
    first = rng.random(int(rng.integers(40, 300))) < rng.uniform(0.3, 0.7)
    second = np.where(rng.random(len(first)) < 0.3, ~first, first)
    return _pair(rng, {before: first, after: second}, "yes or no, before and after", {"mcnemar"})


def paired_few(rng: Rng) -> Situation:
    before, after = _name(rng, "first", "second")
    n = int(rng.integers(1, 5))
    columns = {before: rng.normal(size=n), after: rng.normal(size=n)}
    return _pair(rng, columns, "too few pairs", {"refused: too few"})


def _long(rng: Rng, rows: dict[str, Any], subject: str, design: str, accepted: set[str]) -> Situation:
    measure, group = list(rows)[:2]
    asked = {"kind": "compare_groups", "measure": measure, "group": group, "subject": subject}
    return Situation(design, _table(rng, rows, missing=0.0), asked, frozenset(accepted))


def subjects_twice(rng: Rng) -> Situation:
    """The same subjects in both groups, one row each: pairs in long form."""
    measure, group, subject = _name(rng, "value", "group", "subject")
    n = int(rng.integers(15, 80))
    person = rng.normal(50, 10, n)
    values = np.concatenate([person + rng.normal(0, 3, n), person + rng.normal(1, 3, n)])
    rows = {measure: values, group: np.repeat(_labels(rng, 2), n), subject: np.tile(np.arange(n), 2)}
    return _long(rng, rows, subject, "same subjects in two groups", {"paired_t"})


def subjects_many(rng: Rng) -> Situation:
    """Several rows of each subject inside one group: not independent."""
    measure, group, subject = _name(rng, "value", "group", "subject")
    subjects, each = int(rng.integers(8, 20)), int(rng.integers(3, 8))
    who = np.repeat(np.arange(subjects), each)
    labels = np.array(_labels(rng, 2))[who % 2]
    values = rng.normal(50, 10, subjects)[who] + rng.normal(0, 2, len(who))
    rows = {measure: values, group: labels, subject: who}
    return _long(rng, rows, subject, "several rows of a subject", {"refused: not independent"})


def drifting(rng: Rng) -> Situation:
    """Readings in time that follow each other: the rows of a group are not independent."""
    measure, group, when = _name(rng, "value", "group", "when")
    n = int(rng.integers(120, 500))
    values = np.cumsum(rng.normal(size=n))
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(n), unit="D")
    rows = {measure: values, group: np.where(np.arange(n) < n // 2, *_labels(rng, 2)), when: days}
    asked = {"kind": "compare_groups", "measure": measure, "group": group, "order": when}
    refused = frozenset({"refused: not independent"})
    return Situation("readings that drift", _table(rng, rows, missing=0.0), asked, refused)


def steady(rng: Rng) -> Situation:
    """Readings in time that do not follow each other."""
    measure, group, when = _name(rng, "value", "group", "when")
    n = int(rng.integers(60, 300))
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(n), unit="D")
    rows = {measure: rng.normal(10, 2, n), group: rng.choice(_labels(rng, 2), n), when: days}
    asked = {"kind": "compare_groups", "measure": measure, "group": group, "order": when}
    return Situation("readings in time", _table(rng, rows, missing=0.0), asked, frozenset({"welch_t"}))


def _relate(rng: Rng, columns: dict[str, Any], design: str, accepted: set[str]) -> Situation:
    left, right = columns
    asked = {"kind": "relate", "left": left, "right": right}
    return Situation(design, _table(rng, columns), asked, frozenset(accepted))


def linear(rng: Rng) -> Situation:
    left, right = _name(rng, "x", "y")
    x = rng.normal(50, 10, int(rng.integers(25, 400)))
    y = rng.choice([-1, 1]) * rng.uniform(0.5, 2) * x + rng.normal(0, rng.uniform(5, 25), len(x))
    return _relate(rng, {left: x, right: y}, "two numbers on a line", {"pearson"})


def monotone(rng: Rng) -> Situation:
    left, right = _name(rng, "x", "y")
    x = rng.uniform(0, 10, int(rng.integers(30, 400)))
    y = np.exp(x * rng.uniform(0.7, 1.2) + rng.normal(0, 0.3, len(x)))
    return _relate(rng, {left: x, right: y}, "two numbers on a curve", {"spearman", "kendall"})


def outlying(rng: Rng) -> Situation:
    left, right = _name(rng, "x", "y")
    x = rng.normal(50, 10, int(rng.integers(25, 120)))
    y = x + rng.normal(0, 10, len(x))
    y[: int(rng.integers(1, 4))] += rng.choice([-1, 1]) * rng.uniform(300, 900)
    return _relate(rng, {left: x, right: y}, "two numbers with far outliers", {"spearman", "kendall"})


def ordinal_pair(rng: Rng) -> Situation:
    left, right = _name(rng, "x", "y")
    x = rng.integers(1, 6, int(rng.integers(20, 200)))
    y = np.clip(x + rng.integers(-1, 2, len(x)), 1, 5)
    return _relate(rng, {left: x, right: y}, "two scales", {"spearman", "kendall"})


def _crossed(rng: Rng, rows: int, columns: int, n: int) -> tuple[np.ndarray, np.ndarray]:
    left = rng.choice(_labels(rng, rows), n)
    return left, rng.choice(_labels(rng, columns), n)


def _smallest(left: np.ndarray, right: np.ndarray) -> float:
    table = pd.crosstab(left, right).to_numpy()
    return float((table.sum(1, keepdims=True) * table.sum(0, keepdims=True) / table.sum()).min())


def crossed(rng: Rng) -> Situation:
    first, second = _name(rng, "a", "b")
    left, right = _crossed(rng, int(rng.integers(2, 5)), int(rng.integers(2, 5)), int(rng.integers(300, 1_500)))
    return _relate(rng, {first: left, second: right}, "two categories", {"chi_square"})


def crossed_few(rng: Rng) -> Situation:
    first, second = _name(rng, "a", "b")
    while True:
        left, right = _crossed(rng, 2, 2, int(rng.integers(9, 15)))
        if len(set(left)) == len(set(right)) == 2 and _smallest(left, right) < 3.5:
            break
    return _relate(rng, {first: left, second: right}, "two by two, few rows", {"fisher"})


def crossed_sparse(rng: Rng) -> Situation:
    first, second = _name(rng, "a", "b")
    rows, columns = int(rng.integers(4, 7)), int(rng.integers(4, 7))
    left, right = _crossed(rng, rows, columns, int(rng.integers(22, 45)))
    accepted = {"chi_square_permuted", "fisher"}
    return _relate(rng, {first: left, second: right}, "many by many, few rows", accepted)


def number_by_category(rng: Rng) -> Situation:
    first, second = _name(rng, "a", "b")
    values, labels = _stacked(rng, _normal(rng, _sizes(rng, 3, 20, 80)))
    return _relate(rng, {first: values, second: labels}, "a number and a category", {"welch_anova"})


def _refused(rng: Rng, columns: dict[str, Any], design: str, reason: str, missing: float = 0.0) -> Situation:
    measure, group = columns
    asked = {"kind": "compare_groups", "measure": measure, "group": group}
    return Situation(design, _table(rng, columns, missing), asked, frozenset({f"refused: {reason}"}))


def one_group(rng: Rng) -> Situation:
    measure, group = _name(rng, "value", "group")
    n = int(rng.integers(10, 200))
    return _refused(rng, {measure: rng.normal(size=n), group: _labels(rng, 1) * n}, "one group", "one group")


def lone_rows(rng: Rng) -> Situation:
    """Two groups, one of them with a single row."""
    measure, group = _name(rng, "value", "group")
    n, (first, second) = int(rng.integers(10, 100)), _labels(rng, 2)
    columns = {measure: rng.normal(size=n + 1), group: [first] * n + [second]}
    return _refused(rng, columns, "a group of one row", "too few")


def constant(rng: Rng) -> Situation:
    measure, group = _name(rng, "value", "group")
    n = int(rng.integers(20, 200))
    columns = {measure: np.full(n, rng.normal()), group: rng.choice(_labels(rng, 2), n)}
    return _refused(rng, columns, "a measure that never varies", "constant")


def all_distinct(rng: Rng) -> Situation:
    measure, group = _name(rng, "value", "group")
    n = int(rng.integers(60, 300))
    columns = {measure: rng.normal(size=n), group: [f"key-{i}" for i in range(n)]}
    return _refused(rng, columns, "every row a group", "too many groups")


def words(rng: Rng) -> Situation:
    measure, group = _name(rng, "value", "group")
    n = int(rng.integers(60, 300))
    columns = {measure: [f"note {i % 50}" for i in range(n)], group: rng.choice(_labels(rng, 2), n)}
    return _refused(rng, columns, "words where numbers are needed", "wrong kind")


def empty(rng: Rng) -> Situation:
    measure, group = _name(rng, "value", "group")
    n = int(rng.integers(20, 100))
    columns = {measure: np.full(n, np.nan), group: rng.choice(_labels(rng, 2), n)}
    return _refused(rng, columns, "nothing but missing cells", "too few")


def _shape(rng: Rng, values: np.ndarray, design: str, accepted: set[str]) -> Situation:
    (column,) = _name(rng, "value")
    asked = {"kind": "check_shape", "values": column}
    return Situation(design, _table(rng, {column: values}, missing=0.0), asked, frozenset(accepted))


def shape(rng: Rng) -> Situation:
    sample = rng.choice([rng.normal, rng.exponential])(size=int(rng.integers(20, 2_000)))
    return _shape(rng, sample, "is it normal", {"shapiro_wilk"})


def shape_large(rng: Rng) -> Situation:
    sample = rng.normal(size=int(rng.integers(6_000, 20_000)))
    return _shape(rng, sample, "normal, many rows", {"anderson_darling"})


def shape_few(rng: Rng) -> Situation:
    return _shape(rng, rng.normal(size=int(rng.integers(1, 7))), "normal, few rows", {"refused: too few"})


def spread(rng: Rng) -> Situation:
    found = _groups(rng, _normal(rng, _sizes(rng, 3, 15, 80)), "spread of groups", {"brown_forsythe"})
    return Situation(found.design, found.frame, found.analysis | {"kind": "compare_spread"}, found.accepted)


def conversions(rng: Rng) -> Situation:
    found = _groups(rng, _outcomes(rng, _sizes(rng, 2, 500, 3_000), 0.05, 0.2), "A/B, yes or no", {"two_proportions"})
    asked = {"kind": "ab_test", "outcome": found.analysis["measure"], "variant": found.analysis["group"]}
    return Situation(found.design, found.frame, asked, found.accepted)


def spending(rng: Rng) -> Situation:
    samples = [np.exp(rng.normal(3, 1, n)) * (rng.random(n) < 0.3) for n in _sizes(rng, 2, 800, 3_000)]
    found = _groups(rng, samples, "A/B, amounts", {"welch_t", "bootstrap"})
    asked = {"kind": "ab_test", "outcome": found.analysis["measure"], "variant": found.analysis["group"]}
    return Situation(found.design, found.frame, asked, found.accepted)


DESIGNS: tuple[Callable[[Rng], Situation], ...] = (
    two_normal, two_skewed, two_skewed_large, two_ordinal, several_normal, several_skewed, several_ordinal,
    yes_by_two, yes_by_two_few, yes_by_several, paired_normal, paired_skewed, paired_yes, paired_few, subjects_twice,
    subjects_many, drifting, steady, linear, monotone, outlying, ordinal_pair, crossed, crossed_few, crossed_sparse,
    number_by_category, one_group, lone_rows, constant, all_distinct, words, empty, shape, shape_large, shape_few,
    spread, conversions, spending,
)  # fmt: skip
"""Every design, each as likely as the next."""
