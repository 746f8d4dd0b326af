"""The charts of an answer as data, so that their marks can be followed to the rows behind them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from pydantic import ValidationError

from sandbox.messages import Figure
from services import exploration
from services.assistant.builtin.intent import Condition, Grain, Intent, Op, Shape
from services.code.steps import Condition as RowTest
from services.domain import Turn

BUILTIN: Final = "builtin"
PERIODS: Final = frozenset({Grain.DAY, Grain.WEEK, Grain.MONTH, Grain.QUARTER, Grain.YEAR})
"""Parts of dates that are a time of their own; a weekday is no range of days."""
TESTS: Final[Mapping[Op, str]] = {
    Op.EQ: "=",
    Op.NE: "≠",
    Op.GT: ">",
    Op.GE: "≥",
    Op.LT: "<",
    Op.LE: "≤",
    Op.CONTAINS: "contains",
    Op.STARTS: "starts with",
    Op.MISSING: "missing",
    Op.PRESENT: "not missing",
}


def charts(turn: Turn) -> list[tuple[Figure, dict[str, Any]]]:
    """The figures of an answer, each with the chart it draws, where that is known."""
    figures = [output for output in turn.answer.outputs if isinstance(output, Figure)] if turn.answer else []
    known = exploration.charts(turn)
    if known:
        return list(zip(figures, known, strict=False)) if len(known) == len(figures) else []
    told = _of_intent(turn, figures)
    return [(figures[0], told)] if told else []


def is_analysis(turn: Turn) -> bool:
    """Whether the charts can be drawn again with other rows: those of analyses can."""
    return bool(exploration.charts(turn))


def _of_intent(turn: Turn, figures: Sequence[Figure]) -> dict[str, Any] | None:
    """The one chart of groups that the built-in analyst drew; None for all that its marks could tell wrongly."""
    if turn.analyst != BUILTIN or turn.plan is None or len(figures) != 1:
        return None
    try:
        intent = Intent.model_validate(turn.plan.intent)
    except ValidationError:
        return None
    if intent.shape is not Shape.GROUPS or not 1 <= len(intent.keys) <= 2 or _is_odd(intent):
        return None
    where = [_test(alternatives) for alternatives in intent.where]
    kind = _kind(json.loads(figures[0].json_text))
    if kind is None or None in where:
        return None
    along, *others = intent.keys
    period = {"period": along.grain.value} if along.grain else {}
    color = {"color": others[0].column} if others else {}
    return {"type": kind, "x": along.column, **period, **color, "where": where}


def _is_odd(intent: Intent) -> bool:
    """Whether a mark stands for more than the rows of its group, or for a group that has no range."""
    grains = [key.grain for key in intent.keys]
    return (
        intent.change is not None
        or (grains[0] is not None and grains[0] not in PERIODS)
        or any(grain is not None for grain in grains[1:])
    )


def _test(alternatives: Sequence[Condition]) -> dict[str, Any] | None:
    """One condition of the question as a chart has it; None for what a chart has no word for."""
    if len(alternatives) != 1 or alternatives[0].part is not None or alternatives[0].op not in TESTS:
        return None
    [only] = alternatives
    value = {"value": only.values[0]} if only.values else {}
    try:
        test = RowTest.model_validate({"column": only.column, "test": TESTS[only.op], **value})
    except ValidationError:
        return None
    return test.model_dump(mode="json")


def _kind(figure: Mapping[str, Any]) -> str | None:
    """The type of chart, by its first marks."""
    first = (figure.get("data") or [{}])[0]
    if first.get("type") == "bar":
        return "lying bar" if first.get("orientation") == "h" else "bar"
    return "line" if first.get("type") in ("scatter", "scattergl") else None
