"""A turn that waits for a person goes on: a reading is chosen, a plan is approved, put in other words, or rejected."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from services import conversations
from services.access import Action, requires
from services.assistant import chosen, turns
from services.domain import ModelChoice, PlanKind, Turn, TurnStatus
from services.errors import BadInput
from services.workspace import Workspace

WAITING: Final = (TurnStatus.CLARIFY, TurnStatus.PLANNED, TurnStatus.PROPOSED)
GONE: Final = "This question does not wait for you any more."


@requires(Action.ASK)
def choose(ws: Workspace, turn_id: str, reading: str, own: ModelChoice | None = None) -> Turn:
    """The turn, on its way again with one of the readings it asked about. Raises: NotFound; BadInput."""
    turn = _waiting(ws, turn_id, TurnStatus.CLARIFY)
    offered = turn.answer.suggestions if turn.answer else ()
    if reading not in offered:
        raise BadInput("This reading was not offered.", "Choose one of those below the question.")
    return _again(ws, turn, own, chosen=reading, plan=None)


@requires(Action.ASK)
def approve(ws: Workspace, turn_id: str, keep: Sequence[int] | None = None, own: ModelChoice | None = None) -> Turn:
    """The turn, its plan carried out; of a change only the steps at the places `keep`. Raises: NotFound; BadInput."""
    turn = _waiting(ws, turn_id, TurnStatus.PLANNED)
    assert turn.plan is not None
    plan = turn.plan
    if keep is not None and plan.kind is PlanKind.TRANSFORM:
        plan = plan.model_copy(update={"steps": tuple(step for at, step in enumerate(plan.steps) if at in keep)})
        if not plan.steps:
            raise BadInput("No step is left of the plan.", "Choose at least one, or reject the plan.")
    return _again(ws, turn, own, plan=plan)


@requires(Action.ASK)
def amend(ws: Workspace, turn_id: str, words: str, own: ModelChoice | None = None) -> Turn:
    """The turn, planned anew from these words. Raises: NotFound; BadInput."""
    turn = _waiting(ws, turn_id, TurnStatus.PLANNED, TurnStatus.PROPOSED)
    if any(version.turn_id == turn.id for version in ws.rows.versions(ws.rows.version(turn.version_id).dataset_id)):
        raise BadInput("This change was applied already.", "Undo it first.")
    return _again(ws, turn, own, chosen=turns.checked(ws, words), plan=None)


@requires(Action.ASK)
def reject(ws: Workspace, turn_id: str) -> Turn:
    """The turn, its plan not carried out. Raises: NotFound; BadInput."""
    turn = _waiting(ws, turn_id, TurnStatus.PLANNED)
    ws.rows.save_turn(turn.model_copy(update={"status": TurnStatus.REJECTED}))
    return ws.rows.turn(turn_id)


@requires(Action.ASK)
def instead(ws: Workspace, turn_id: str, question: str, own: ModelChoice | None = None) -> Turn:
    """The question asked in place of an earlier one, in a conversation that begins as that one's did.

    Raises: NotFound; BadInput, with no conversation made.
    """
    earlier, asked = ws.rows.turn(turn_id), turns.checked(ws, question)
    if own:
        chosen.check(ws, own)
    branch = conversations.branch(ws, turn_id, before=True)
    return turns.start(ws, branch, asked, turns.QUESTION_KIND, own, tables=earlier.tables)


def _waiting(ws: Workspace, turn_id: str, *standing: TurnStatus) -> Turn:
    turn = ws.rows.turn(turn_id)
    if turn.status not in standing:
        raise BadInput(GONE, "Ask again.")
    if ws.rows.conversation(turn.conversation_id).version_id != turn.version_id:
        raise BadInput("The table is another by now.", "Ask again to go on with it as it is.")
    return turn


def _again(ws: Workspace, turn: Turn, own: ModelChoice | None, **changes: object) -> Turn:
    if own:
        chosen.check(ws, own)
    fresh = {"status": TurnStatus.QUEUED, "answer": None, "attempts": (), "message": "", "hint": ""}
    going = turns.restart(ws, turn.model_copy(update={**fresh, **changes}), turn.status, own)
    if going is None:
        raise BadInput(GONE, "Ask again.")
    return going
