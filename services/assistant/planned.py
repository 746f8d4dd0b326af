"""Plans that are shown before anything is done, and code that is written and not run."""

from __future__ import annotations

from typing import Final

from services import cleaning
from services.assistant import draft
from services.assistant.turns import TurnRecord
from services.code import analyses
from services.domain import Answer, Mode, Plan, PlanKind, Step, TurnStatus
from services.protocols import Brief

SHOWN: Final = (PlanKind.ANALYSE, PlanKind.ANALYSIS, PlanKind.TRANSFORM)
"""The plans that do something."""
NOT_RUN: Final = "The code was written and not run."
HELD: Final = "This is the plan. Nothing was done yet."
LARGE: Final = "The table has {rows:,} rows, so this is the plan first. Nothing was done yet."


def is_shown_first(record: TurnRecord, plan: Plan, brief: Brief) -> bool:
    """Whether a person is to approve the plan: they asked for that, or the table is large.

    A change is never made without approval: its effect is shown in place of its plan.
    """
    mode, most = record.turn.mode, record.ws.backends.settings.plan_rows
    is_large = 0 < most <= brief.profile.rows and mode in (Mode.ANSWER, Mode.FRESH)
    return plan.kind in SHOWN and (mode is Mode.PLAN or is_large)


def show(record: TurnRecord, plan: Plan) -> None:
    """Ends the work until the plan is approved."""
    rows = record.ws.rows.version(record.turn.version_id).rows
    text = HELD if record.turn.mode is Mode.PLAN else LARGE.format(rows=rows)
    record.save(status=TurnStatus.PLANNED, answer=Answer(text=text, caveats=(*record.notes, *plan.notes)))


def can_be_written(plan: Plan) -> bool:
    """Whether the plan is one that code carries out."""
    return plan.kind in SHOWN


def write(record: TurnRecord, plan: Plan, code: str) -> None:
    """Answers with the code alone."""
    if plan.kind is PlanKind.TRANSFORM:
        code = _changing(plan.steps)
    elif plan.kind is PlanKind.ANALYSIS:
        code = analyses.parse(plan.analysis).to_code()
    answer = Answer(text=NOT_RUN, code=code, caveats=(*record.notes, *plan.notes))
    record.save(status=TurnStatus.ANSWERED, answer=answer)


def sentences(plan: Plan) -> list[str]:
    """What the plan would do: each step of a change, else the one reading."""
    if plan.kind is PlanKind.TRANSFORM:
        return [step.describe() for step in plan.steps]
    if plan.kind is PlanKind.ANALYSIS:
        return [analyses.parse(plan.analysis).describe()]
    return [plan.reading[:1].upper() + plan.reading[1:] or "One reading of the table, by code."]


def drafted(plan: Plan) -> str:
    """The code that the plan came with, or ""."""
    return str(plan.intent.get(draft.CODE, "")) if plan.kind is PlanKind.ANALYSE else ""


def _changing(steps: tuple[Step, ...]) -> str:
    return cleaning.together(steps).to_code()
