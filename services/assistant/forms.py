"""The logical form behind an answer of the built-in analyst, shown in words and edited by clicking."""

from __future__ import annotations

from services.access import Action, allows, requires
from services.assistant import builtin, pipeline, turns
from services.domain import Plan, PlanKind, Profile, Turn, TurnStatus
from services.errors import BadInput
from services.question_form import FormChoices, QuestionForm
from services.workspace import Workspace


@requires(Action.CONVERSATION_READ)
def is_offered(ws: Workspace, turn: Turn) -> bool:
    """Whether this person can edit the question of the turn by clicking."""
    return allows(ws, Action.ASK) and _has_form(turn)


def _has_form(turn: Turn) -> bool:
    return turn.status is TurnStatus.ANSWERED and turn.plan is not None and builtin.is_editable(turn.plan)


@requires(Action.CONVERSATION_READ)
def opened(ws: Workspace, turn_id: str) -> tuple[QuestionForm, FormChoices, Profile]:
    """The form of the turn, what may be chosen, and the table it is about. Raises: NotFound; BadInput."""
    turn = ws.rows.turn(turn_id)
    version_id = ws.rows.conversation(turn.conversation_id).version_id
    profile = ws.rows.profile(version_id)
    form, choices = builtin.form(_plan(turn), profile)
    return form, choices, profile


@requires(Action.ASK)
def ask(ws: Workspace, turn_id: str, form: QuestionForm) -> Turn:
    """Asks the question of the turn as the form has it, as a new turn.

    Raises: NotFound; BadInput, when its parts do not go together, or nothing was changed.
    """
    before = ws.rows.turn(turn_id)
    conversation = ws.rows.conversation(before.conversation_id)
    plan = builtin.edited(_plan(before), form, ws.rows.profile(conversation.version_id))
    question = plan.reading[:1].upper() + plan.reading[1:]
    return turns.start(
        ws,
        conversation,
        question[: ws.backends.settings.question_chars],
        pipeline.JOB_KIND,
        plan=plan,
        analyst=builtin.BuiltinAnalyst.name,
    )


def _plan(turn: Turn) -> Plan:
    """Raises: BadInput, when there is nothing to edit."""
    if turn.plan is None or turn.plan.kind is not PlanKind.ANALYSE or not _has_form(turn):
        raise BadInput("The question of this answer cannot be edited by clicking.", "Ask it again in other words.")
    return turn.plan
