"""Columns that settle others: where nearly all rows with the same value agree, the few that do not are mistakes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from services.code.detectors.idea import EXAMPLES, Cell, Column, Example, Idea, Table, number_of, quoted
from services.code.steps.values import RepairByKey

LEAST_ROWS: Final = 3
"""Rows that a group must have to say anything."""
AGREE: Final = 0.7
MOST: Final = 0.51
"""Share of a group that must agree before the rest is repaired: of what is settled, and of reports."""
STRONG: Final = 0.9
LIFT: Final = 0.8
"""Rows that agree with their group, and how far that is beyond chance, where one column settles another."""
REPORTED: Final = 0.6
REPORTS: Final = 8.0
"""The same for several reports of one fact, and the mean number of reports."""
MOST_ROWS: Final = 20_000
MOST_COLUMNS: Final = 60
ROUNDS: Final = 2


@dataclass(frozen=True)
class Pair:
    """How far column `by` settles column `of`."""

    by: int
    of: int
    agree: float
    lift: float
    covered: float
    size: float

    @property
    def chance(self) -> float:
        """Share that would agree if the values were shuffled."""
        return (self.agree - self.lift) / (1 - self.lift) if self.lift < 1 else 0.0

    @property
    def holds(self) -> bool:
        strong = self.agree >= STRONG and self.lift >= LIFT
        reported = self.agree >= REPORTED and self.lift >= REPORTED and self.size >= REPORTS
        return (strong or reported) and self.covered >= 0.3

    @property
    def least(self) -> float:
        """Share of a group that must agree before the rest is repaired."""
        return AGREE if self.agree >= STRONG else MOST

    @property
    def confidence(self) -> float:
        return round(min(0.95, self.agree * self.lift + 0.05), 2)


def find(table: Table) -> tuple[list[Idea], Table]:
    """Repairs by majority, for each column from the one that settles it best, and then from the next best."""
    ideas: list[Idea] = []
    for turn in range(ROUNDS):
        codes = [coded(column.texts) for column in table.columns[:MOST_COLUMNS]]
        best = _best(codes, turn)
        # Of two columns that settle each other the numbers are left alone: words are more often mistyped than codes.
        for pair in sorted(best, key=lambda pair: (table.columns[pair.of].kind == "number", -pair.agree)):
            idea, changed = _repair(table, codes, pair)
            if idea:
                ideas.append(idea)
                table = table.with_column(changed)
                codes[pair.of] = coded(changed.texts)
    return ideas, table


def coded(texts: Sequence[str | None]) -> np.ndarray:
    """The texts numbered from 0; -1 for None."""
    numbers: dict[str, int] = {}
    return np.array([-1 if text is None else numbers.setdefault(text, len(numbers)) for text in texts], dtype=np.int64)


def _best(codes: Sequence[np.ndarray], turn: int) -> list[Pair]:
    """For each column the pair in this turn's place among those that hold."""
    found = []
    for of in range(len(codes)):
        pairs = [pair for by in range(len(codes)) if by != of for pair in _pair(codes, by, of) if pair.holds]
        pairs.sort(key=lambda pair: (-round(pair.agree * pair.covered, 3), pair.by))
        found += pairs[turn : turn + 1]
    return found


def _pair(codes: Sequence[np.ndarray], by: int, of: int) -> Iterator[Pair]:
    keys, values = codes[by][:MOST_ROWS], codes[of][:MOST_ROWS]
    there = (keys >= 0) & (values >= 0)
    keys, values = keys[there], values[there]
    if len(keys) < 20:
        return
    sizes = np.bincount(keys)
    large = sizes[keys] >= LEAST_ROWS
    keys, values = keys[large], values[large]
    if len(keys) < 20 or len(np.unique(keys)) < 2 or len(np.unique(values)) < 2:
        return
    agree = _agreement(keys, values)
    if agree < REPORTED:
        return
    chance = _agreement(keys, np.random.default_rng(1).permutation(values))
    lift = (agree - chance) / (1 - chance) if chance < 1 else 0.0
    yield Pair(by, of, agree, lift, float(len(keys) / max(1, there.sum())), float(len(keys) / len(np.unique(keys))))


def _agreement(keys: np.ndarray, values: np.ndarray) -> float:
    """Share of rows whose value is the most frequent one of their group."""
    width = int(values.max()) + 1
    pairs, counts = np.unique(keys * width + values, return_counts=True)
    most = np.zeros(int(keys.max()) + 1, dtype=np.int64)
    np.maximum.at(most, pairs // width, counts)
    return float(most.sum() / len(keys))


def _repair(table: Table, codes: Sequence[np.ndarray], pair: Pair) -> tuple[Idea | None, Column]:
    by, of = table.columns[pair.by], table.columns[pair.of]
    right = majority(codes[pair.by], of.texts, pair.least)
    cells: list[Cell] = []
    examples: list[Example] = []
    texts = list(of.texts)
    for row, key in enumerate(codes[pair.by]):
        good = right.get(int(key))
        if good is None or texts[row] == good:
            continue
        if len(examples) < EXAMPLES:
            examples.append((row, texts[row] or "", good))
        cells.append((row, of.name))
        texts[row] = good
    changed = Column(of.name, tuple(texts), of.kind)
    if not cells:
        return None, of
    idea = Idea(
        kind="dependency",
        columns=(of.name, by.name),
        title=f"Repair {number_of(len(cells), 'cell')} of {quoted(of.name)} by rows with the same {quoted(by.name)}",
        reason=f"{pair.agree:.1%} of the rows with the same {quoted(by.name)} agree on {quoted(of.name)}; "
        f"by chance it would be {pair.chance:.0%}.",
        confidence=pair.confidence,
        step=RepairByKey(column=of.name, by=(by.name,), least=pair.least, rows=LEAST_ROWS),
        cells=tuple(cells),
        examples=tuple(examples),
        rows=len(cells),
    )
    return idea, changed


def majority(keys: np.ndarray, texts: Sequence[str | None], least: float) -> dict[int, str]:
    """The value that a clear majority of each group has."""
    counts: dict[int, dict[str, int]] = {}
    for key, text in zip(keys.tolist(), texts, strict=True):
        if key >= 0 and text is not None:
            group = counts.setdefault(key, {})
            group[text] = group.get(text, 0) + 1
    right = {}
    for key, group in counts.items():
        total, (text, most) = sum(group.values()), max(group.items(), key=lambda each: each[1])
        if total >= LEAST_ROWS and most >= least * total:
            right[key] = text
    return right
