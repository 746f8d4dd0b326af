"""Whether the result holds anything: not empty, not all missing, not the same in every row."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sandbox.messages import Figure, Output, Table, Text, Value
from services.assistant.checks import shown
from services.assistant.checks.case import Case
from services.domain import Check, Outcome

NAME: Final = "result"
ADVICE: Final = "The result is empty or missing: look at how values are spelled and typed, and at rows lost on the way."
MANY: Final = 5
"""Rows that have to be the same before that is worth a word."""
_AXES: Final = (
    "x",
    "y",
    "z",
    "values",
    "labels",
    "r",
    "lat",
    "lon",
    "locations",
    "open",
    "ids",
    "node",
    "dimensions",
    "a",
)
Note = tuple[Outcome, str]


def weigh(case: Case) -> Check:
    """Failed for what is missing altogether, warned for what is empty or constant."""
    notes = [note for output in case.outputs for note in _noted(output)]
    worst = next((each for each in (Outcome.FAILED, Outcome.WARNED) if each in [o for o, _ in notes]), Outcome.PASSED)
    sentence = " ".join(dict.fromkeys(text for _, text in notes))
    return Check(name=NAME, outcome=worst, sentence=sentence or "The result is neither empty nor all the same.")


def _noted(output: Output) -> Iterator[Note]:
    match output:
        case Table():
            yield from _table(output)
        case Value():
            if _is_nothing(output.value):
                yield Outcome.FAILED, "The result is missing."
        case Figure():
            if not any(_has_points(trace) for trace in json.loads(output.json_text).get("data", [])):
                yield Outcome.FAILED, "The chart has no points."
        case Text():
            if not output.text.strip():
                yield Outcome.FAILED, "The text of the result is empty."


def _is_nothing(value: object) -> bool:
    if isinstance(value, dict):
        return bool(value) and all(_is_nothing(each) for each in value.values())
    return value is None or value == []


def _has_points(trace: dict[str, object]) -> bool:
    return any(trace.get(axis) not in (None, [], {}) for axis in _AXES) or "value" in trace


def _table(output: Table) -> Iterator[Note]:
    if not output.total_rows:
        yield Outcome.WARNED, "The result has no rows."
        return
    table = shown.opened(output)
    empty = sum(_is_empty(column) for column in table.columns)
    if empty and output.total_rows > 1:
        what = "Every column" if empty == table.num_columns else "A column" if empty == 1 else f"{empty} columns"
        yield Outcome.FAILED if empty == table.num_columns else Outcome.WARNED, f"{what} of the result holds no value."
    numbers = [shown.floats(column) for column in table.columns if shown.is_numeric(column.type)]
    if output.rows >= MANY and numbers and all(_is_constant(each) for each in numbers):
        yield Outcome.WARNED, "Every row of the result has the same numbers."


def _is_empty(column: pa.ChunkedArray) -> bool:
    if shown.is_numeric(column.type):
        return bool(np.isnan(shown.floats(column)).all())
    return bool(pc.all(pc.is_null(column)).as_py())


def _is_constant(numbers: shown.Numbers) -> bool:
    return bool(len(numbers) and np.all(numbers == numbers[0]))
