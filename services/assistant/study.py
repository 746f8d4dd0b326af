"""A study: the questions that a goal leads to, asked one after the other, with a report draft at the end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import uuid4

from services import report_shelf, usage
from services.access import Action, requires
from services.assistant import chosen, explaining, pipeline, turns
from services.assistant.telling import Topic
from services.conversations import TITLE_CHARS
from services.domain import Conversation, Job, ModelChoice, Turn, TurnStatus
from services.errors import BadInput
from services.protocols import Progress
from services.workspace import Workspace

JOB_KIND: Final = "study"
MOST: Final = 20
CONVERSATION: Final = "conversation_id"


@requires(Action.REPORT)
def run(ws: Workspace, turn_id: str, questions: Sequence[str], own: ModelChoice | None = None) -> Job:
    """The job that asks these questions in a conversation of their own and makes a report draft of the answers.

    `turn_id` is the turn that drafted the study. Raises: NotFound; BadInput, for no study, none or too many questions;
    LimitReached.
    """
    drafted = ws.rows.turn(turn_id)
    if explaining.topic_of(drafted) is not Topic.STUDY:
        raise BadInput("This is no draft of a study.", "Write a goal first.")
    asked = [turns.checked(ws, each) for each in questions if each.strip()]
    if not 0 < len(asked) <= MOST:
        raise BadInput(f"A study has 1 to {MOST} questions; these are {len(asked)}.", "Write one on each line.")
    if own:
        chosen.check(ws, own)
    conversation = _conversation(ws, drafted)
    job = _job(ws, conversation)
    for _ in asked:
        usage.count_question(ws)
    ws.rows.add_job(job)
    ws.rows.add_branch(conversation, [_turn(ws, conversation, job, each, at) for at, each in enumerate(asked)])
    if own:
        ws.backends.keyring.lend(job.id, own)
    ws.backends.runner.submit(job.id)
    return job


@requires(Action.JOB_READ)
def latest(ws: Workspace, conversation_id: str) -> Job | None:
    """The newest study of this conversation, or of the draft with this id; None where there was none."""
    return ws.rows.last_job(JOB_KIND, conversation_id)


def work(ws: Workspace, job_id: str, progress: Progress) -> None:
    """Asks every question that still waits, then drafts the report. Raises: Stopped; BadInput, when none has an
    answer."""
    job = ws.rows.job(job_id)
    conversation_id = str(job.body[CONVERSATION])
    own = ws.backends.keyring.of(job_id)
    waiting = [turn for turn in ws.rows.turns(conversation_id) if not turn.status.is_final]
    for done, turn in enumerate(waiting):
        progress.share(done / len(waiting))
        progress.stage(f"Question {done + 1} of {len(waiting)}")
        if own:
            ws.backends.keyring.lend(job_id, own)
        pipeline.answer(ws, turn.id, progress)
    progress.stage("Drafting the report")
    report = report_shelf.from_conversation(ws, conversation_id)
    ws.rows.note_outcome(job_id, [report.id])


def _conversation(ws: Workspace, drafted: Turn) -> Conversation:
    old = ws.rows.conversation(drafted.conversation_id)
    changes = {"id": uuid4().hex, "title": f"Study: {drafted.question}"[:TITLE_CHARS], "tip_id": ""}
    made = {"version_id": drafted.version_id, "created_by": ws.user.id, "created_at": datetime.now(UTC)}
    return old.model_copy(update={**changes, **made})


def _job(ws: Workspace, conversation: Conversation) -> Job:
    return Job(
        id=uuid4().hex,
        team_id=ws.team.id,
        kind=JOB_KIND,
        subject_id=conversation.id,
        body={CONVERSATION: conversation.id},
        share_id=ws.via,
        created_by=ws.user.id,
        created_at=datetime.now(UTC),
    )


def _turn(ws: Workspace, conversation: Conversation, job: Job, question: str, place: int) -> Turn:
    return Turn(
        id=uuid4().hex,
        conversation_id=conversation.id,
        version_id=conversation.version_id,
        question=question,
        status=TurnStatus.QUEUED,
        job_id=job.id,
        created_by=ws.user.id,
        created_at=job.created_at + timedelta(milliseconds=place),
    )
