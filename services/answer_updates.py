"""Bringing a conversation up to date: every answer that is behind is run again on what its dataset shows, and what
changed is told number by number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pydantic import JsonValue, TypeAdapter

from services import staleness
from services.access import Action, allows, requires
from services.domain import Job, JobStatus, Turn, TurnStatus
from services.errors import AppError, BadInput, Stopped
from services.facts import Fact
from services.freshness import Changes, Freshness
from services.protocols import Progress
from services.workspace import Workspace

JOB_KIND: Final = "answers-update"


class Renewal(Fact):
    """What became of one answer."""

    turn_id: str
    question: str
    reasons: tuple[str, ...] = ()
    changes: Changes = Changes()
    problem: str = ""
    """Why it could not be brought up to date; it then stays as it was."""


_FOUND: Final[TypeAdapter[tuple[Renewal, ...]]] = TypeAdapter(tuple[Renewal, ...])


@requires(Action.CONVERSATION_READ)
def behind(ws: Workspace, turns: Sequence[Turn]) -> dict[str, Freshness]:
    """How those of these answers stand, by their ids, that are out of date, and that running them again would mend."""
    answered = [turn for turn in turns if turn.status is TurnStatus.ANSWERED and turn.answer and turn.answer.code]
    stand = staleness.of(ws, {turn.version_id for turn in answered})
    found = {turn.id: stand[turn.version_id] for turn in answered}
    return {turn_id: each for turn_id, each in found.items() if each.can_update}


@requires(Action.CONVERSATION_READ)
def may_update(ws: Workspace) -> bool:
    """Whether this person may bring answers up to date."""
    return allows(ws, Action.ANALYSE)


@requires(Action.ANALYSE)
def update_all(ws: Workspace, conversation_id: str) -> Job:
    """A job that brings every answer of a conversation up to date, and the conversation to what its dataset shows; once
    it is done, `found(ws, job.id)` tells what changed. Raises: NotFound."""
    return ws.begin(JOB_KIND, ws.rows.conversation(conversation_id).id, {"conversation_id": conversation_id})


@requires(Action.CONVERSATION_READ)
def found(ws: Workspace, job_id: str) -> Sequence[Renewal]:
    """What a job of `update_all` did. Raises: NotFound; BadInput, when it has not ended well."""
    job = ws.rows.job(job_id)
    if job.kind != JOB_KIND or job.status is not JobStatus.DONE:
        raise BadInput("This has not come to its end.", "Try it again.")
    return _FOUND.validate_python(job.body["found"])


def updated(ws: Workspace, job_id: str, progress: Progress) -> None:
    """The work of that job: each answer is kept as soon as it is up to date. Raises: AppError."""
    conversation = ws.rows.conversation(ws.rows.job(job_id).subject_id)
    turns = ws.rows.turns(conversation.id)
    stale = behind(ws, turns)
    todo = [turn for turn in turns if turn.id in stale]
    done: list[JsonValue] = []
    for place, turn in enumerate(todo, 1):
        progress.stage(f"Answer {place} of {len(todo)}")
        done.append(_renewed(ws, turn, stale[turn.id], progress).model_dump(mode="json"))
        progress.share(place / len(todo))
    head = ws.rows.dataset(conversation.dataset_id).head_id
    if todo and conversation.version_id != head:
        ws.rows.move_conversation(conversation, head, head)  # who moved it meanwhile wants it where it is
    ws.rows.note_found(job_id, {"found": done})


def _renewed(ws: Workspace, turn: Turn, was: Freshness, progress: Progress) -> Renewal:
    told = Renewal(turn_id=turn.id, question=turn.question, reasons=was.reasons)
    try:
        new = staleness.renew(ws, turn, progress)
    except Stopped:
        raise
    except AppError as error:
        return told.model_copy(update={"problem": str(error)})
    now = {"version_id": new.turn.version_id, "plan": new.turn.plan, "answer": new.turn.answer, "cached_id": ""}
    ws.rows.save_turn(ws.rows.turn(turn.id).model_copy(update=now))
    return told.model_copy(update={"changes": new.changes})
