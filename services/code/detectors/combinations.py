"""Rows whose numbers are usual one by one and unusual together, by an isolation forest."""

from __future__ import annotations

from typing import Final

import numpy as np

from services.code.detectors.idea import EXAMPLES, Column, Idea, Table, number_of, quoted
from services.code.steps.models import UnusualRows

LEAST_ROWS: Final = 200
MOST_ROWS: Final = 200_000
LEAST_COLUMNS: Final = 3
MOST_COLUMNS: Final = 30
FILLED: Final = 0.8
"""Share of values that a column must have."""
SCORE: Final = 0.65
"""Liu, Ting and Zhou (2008): scores near 1 are anomalies, and where all are near 0.5 there are none."""
GAP: Final = 0.08
"""Between the scores of unusual rows and the next: the ends of a plain normal cloud reach 0.79, without a gap."""
MOST: Final = 0.01
"""Share of the rows; more are a group of their own."""


def find(table: Table) -> tuple[list[Idea], Table]:
    columns = [column for column in table.columns if column.kind == "number" and _is_measure(column, table.rows)]
    columns = columns[:MOST_COLUMNS]
    if not LEAST_ROWS <= table.rows <= MOST_ROWS or len(columns) < LEAST_COLUMNS:
        return [], table
    numbers = np.column_stack(
        [np.array([np.nan if text is None else float(text) for text in c.texts]) for c in columns]
    )
    numbers[~np.isfinite(numbers)] = np.nan
    numbers = np.where(np.isnan(numbers), np.nanmedian(numbers, axis=0), numbers)
    scores = _scores(numbers)
    order = np.argsort(-scores, kind="stable")[: max(1, int(MOST * table.rows)) + 1]
    gaps = scores[order[:-1]] - scores[order[1:]]
    clear = np.flatnonzero((gaps >= GAP) & (scores[order[:-1]] >= SCORE))
    if not len(clear):
        return [], table
    rows = order[: clear[-1] + 1].tolist()
    return [_idea(columns, numbers, rows, table.rows)], table


def _is_measure(column: Column, rows: int) -> bool:
    """Whether the numbers measure something: they are there, they differ, and they do not just count the rows."""
    if column.filled < FILLED * rows or len(column.counts) < 5:
        return False
    is_key = len(column.counts) == column.filled and all(text.lstrip("-").isdigit() for text in column.counts)
    return not is_key


def _scores(numbers: np.ndarray) -> np.ndarray:
    """The anomaly score of each row, between 0 and 1."""
    from sklearn.ensemble import IsolationForest

    forest = IsolationForest(n_estimators=100, random_state=0).fit(numbers)
    return np.asarray(-forest.score_samples(numbers))


def _idea(columns: list[Column], numbers: np.ndarray, rows: list[int], of: int) -> Idea:
    names = tuple(column.name for column in columns)
    spread = np.nanpercentile(numbers, 75, axis=0) - np.nanpercentile(numbers, 25, axis=0)
    away = np.abs(numbers - np.median(numbers, axis=0)) / np.where(spread > 0, spread, 1)
    told = [[columns[place] for place in np.argsort(-away[row], kind="stable")[:3]] for row in rows[:EXAMPLES]]
    examples = tuple(
        (row, ", ".join(f"{column.name} {column.texts[row] or 'missing'}" for column in which), None)
        for row, which in zip(rows[:EXAMPLES], told, strict=True)
    )
    step = UnusualRows(columns=names, share=min(0.2, (len(rows) + 0.5) / of))
    return Idea(
        kind="unusual rows",
        columns=names,
        title=f"Look at {number_of(len(rows), 'row')} unlike the others in {number_of(len(names), 'column')} together",
        reason="An isolation forest parts them from the rest with few cuts, and clearly fewer than any other row. It "
        f"sees combinations, such as a high {quoted(names[0])} where {quoted(names[1])} is low.",
        confidence=0.35,
        options=(("Mark them", step), ("Drop the rows", step.model_copy(update={"action": "drop the row"}))),
        effect="look",
        cells=tuple((row, names[0]) for row in rows),
        examples=examples,
        rows=len(rows),
    )
