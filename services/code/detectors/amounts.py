"""Numbers that cannot be, and numbers far from the others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import numpy as np

from services.code.detectors.idea import EXAMPLES, Cell, Column, Example, Idea, Table, number_of, quoted
from services.code.steps.values import LimitRange, Outliers

LIMITS: Final[tuple[tuple[re.Pattern[str], float, float], ...]] = (
    (re.compile(r"\b(age|alter)\b(?!.*group)"), 0, 120),
    (re.compile(r"\b(percent|percentage|pct|share of)\b"), 0, 100),
    (re.compile(r"\b(latitude|lat)\b"), -90, 90),
    (re.compile(r"\b(longitude|lon|lng)\b"), -180, 180),
    (re.compile(r"\bmonth\b"), 1, 12),
    (re.compile(r"\bhour\b"), 0, 24),
    (re.compile(r"\b(price|quantity|qty|units|weight|height|length|count)\b"), 0, float("inf")),
)
"""What a column of that name can hold."""
LEAST: Final = 30
FENCES: Final = 3.0
"""Interquartile ranges beyond which Tukey calls a value “far out”."""
MOST: Final = 0.05
FEW: Final = 0.02
"""Share of values beyond a limit from which the limit is wrong, not the values."""


def find(table: Table) -> tuple[list[Idea], Table]:
    ideas: list[Idea] = []
    for column in table.columns:
        if column.kind == "number" and column.filled >= LEAST:
            values = np.array([_number(text) for text in column.texts])
            ideas += [*_impossible(column, values), *_outliers(column, values)]
    return ideas, table


def _number(text: str | None) -> float:
    try:
        return float(text) if text is not None else np.nan
    except ValueError:
        return np.nan


def _impossible(column: Column, values: np.ndarray) -> Iterator[Idea]:
    name = re.sub(r"(?<=[a-z])(?=[A-Z])|[\W_]+", " ", column.name).lower()
    for form, low, high in LIMITS:
        wrong = (values < low) | (values > high)
        if not form.search(name) or not 0 < wrong.sum() <= max(1, FEW * column.filled):
            continue
        step = LimitRange(column=column.name, low=low, high=None if high == float("inf") else high)
        cells, examples = _cells(column, wrong, None)
        yield Idea(
            kind="impossible values",
            columns=(column.name,),
            title=f"Empty {number_of(len(cells), 'impossible value')} of {quoted(column.name)}",
            reason=f"By its name the column lies {'from' if high < float('inf') else 'at'} {low:g}"
            + (f" to {high:g}." if high < float("inf") else " or above."),
            confidence=0.6,
            step=step,
            options=(
                ("Empty the cells", step),
                ("Pull them in", step.model_copy(update={"action": "pull in"})),
                ("Drop the rows", step.model_copy(update={"action": "drop the row"})),
            ),
            cells=cells,
            examples=examples,
            rows=len(cells),
        )
        return


def _outliers(column: Column, values: np.ndarray) -> Iterator[Idea]:
    present = values[np.isfinite(values)]
    low, high = np.quantile(present, [0.25, 0.75]) if len(present) else (0.0, 0.0)
    width = high - low
    if width <= 0:
        return
    skewed = len(present) > 2 and present.min() >= 0 and (present.mean() - np.median(present)) > 0.5 * width
    far = (values < low - FENCES * width) | (values > high + FENCES * width)
    if not 0 < far.sum() <= MOST * column.filled:
        return
    cells, examples = _cells(column, far, None)
    step = Outliers(column=column.name, method="quartiles", strength=FENCES, action="mark")
    why = (
        "The values are skewed: many of these may be right, so mark or pull in rather than drop."
        if skewed
        else ("Quartiles are not moved by the outliers themselves, as a mean and a deviation would be.")
    )
    yield Idea(
        kind="outliers",
        columns=(column.name,),
        title=f"Look at {number_of(len(cells), 'outlier')} of {quoted(column.name)}",
        reason=f"They lie more than {FENCES:g} interquartile ranges outside the middle half. {why}",
        confidence=0.4,
        options=(
            ("Mark them", step),
            ("Pull them in", step.model_copy(update={"action": "pull in"})),
            ("Empty the cells", step.model_copy(update={"action": "empty"})),
            ("Drop the rows", step.model_copy(update={"action": "drop the row"})),
        ),
        effect="look",
        cells=cells,
        examples=examples,
        rows=len(cells),
    )


def _cells(column: Column, wrong: np.ndarray, after: str | None) -> tuple[tuple[Cell, ...], tuple[Example, ...]]:
    rows = np.flatnonzero(wrong).tolist()
    examples = tuple((row, column.texts[row] or "", after) for row in rows[:EXAMPLES])
    return tuple((row, column.name) for row in rows), examples
