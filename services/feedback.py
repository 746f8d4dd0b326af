"""What people say of answers: right, wrong and why, and which of them others may rely on."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from services.access import Action, allows, requires
from services.domain import Feedback, Turn, TurnStatus
from services.errors import BadInput
from services.workspace import Workspace

REASON_CHARS: Final = 500


@requires(Action.CONVERSATION_READ)
def may_give(ws: Workspace) -> bool:
    """Whether this person may say something of the answers here."""
    return allows(ws, Action.ASK)


@requires(Action.ASK)
def give(ws: Workspace, turn_id: str, *, is_right: bool, reason: str = "") -> Turn:
    """The turn, its answer called right, or wrong for a reason. An answer called wrong is verified no more.

    Raises: NotFound; BadInput, when there is no answer.
    """
    return _said(ws, turn_id, right=is_right, reason=" ".join(reason.split())[:REASON_CHARS], verified=False)


@requires(Action.ASK)
def verify(ws: Workspace, turn_id: str) -> Turn:
    """The turn, its answer kept as one that others may rely on. Raises: NotFound; BadInput."""
    return _said(ws, turn_id, right=True, reason="", verified=True)


@requires(Action.ASK)
def withdraw(ws: Workspace, turn_id: str) -> Turn:
    """The turn, with nothing said of its answer. Raises: NotFound; BadInput."""
    turn = _answered(ws, turn_id).model_copy(update={"feedback": None})
    ws.rows.save_turn(turn)
    return turn


@requires(Action.CONVERSATION_READ)
def verified(ws: Workspace, dataset_id: str) -> list[Turn]:
    """The verified answers about a dataset, newest first. Raises: NotFound."""
    ws.rows.dataset(dataset_id)
    return ws.rows.verified(dataset_id)


def _said(ws: Workspace, turn_id: str, *, right: bool, reason: str, verified: bool) -> Turn:
    said = Feedback(right=right, reason=reason, verified=verified, by=ws.user.id, at=datetime.now(UTC))
    turn = _answered(ws, turn_id).model_copy(update={"feedback": said})
    ws.rows.save_turn(turn)
    return turn


def _answered(ws: Workspace, turn_id: str) -> Turn:
    turn = ws.rows.turn(turn_id)
    if turn.status is not TurnStatus.ANSWERED or turn.answer is None:
        raise BadInput("There is no answer to say something of.", "Wait until the question is answered.")
    return turn
