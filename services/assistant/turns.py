"""A turn on its way to its answer: started as a job, stored after every stage, its code run, stopped when asked."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final
from uuid import uuid4

from sandbox.messages import Grant, Level, Limits, Output, RunRequest, RunResult, Text
from services import usage
from services.conversations import NEW_TITLE, TITLE_CHARS
from services.domain import (
    TABLE_NAME,
    Answer,
    Conversation,
    Exchange,
    Job,
    Mode,
    ModelChoice,
    Turn,
    TurnStatus,
    Verdict,
)
from services.errors import AppError, BadInput, Stopped
from services.progress import Stages, stoppable
from services.protocols import Progress
from services.workspace import Workspace

QUESTION_KIND = "answer"
"""The jobs behind questions."""
ANSWER_TEXT = "answer"
"""A Text output of this name is the answer's sentence."""
FITTED_ROWS = 100_000
"""Rows kept of each table of an analysis that fits models: forecasts of many series are long, and wanted whole."""
NO_TABLES: Final[Mapping[str, Path]] = MappingProxyType({})
WORKING = "_"
"""Outputs whose names start so serve the review and are not shown."""


class TurnRecord:
    """A turn on its way to its answer. It is the analysts' `Progress`, so what left the machine stays with the turn."""

    def __init__(self, ws: Workspace, turn: Turn, progress: Progress) -> None:
        self.ws, self.turn, self._progress = ws, turn, progress
        self._started = time.monotonic()
        self.notes: list[str] = []
        """Caveats that do not come from one attempt."""
        self.beside: dict[str, Path] = {}
        """The other tables of the question, by the variables that hold them."""
        self.is_kept = False
        """Whether what the last run gave had been kept from an earlier one."""

    def save(self, **changes: object) -> None:
        """Stores the turn with these fields changed, and the seconds so far."""
        seconds = round(time.monotonic() - self._started, 3)
        self.turn = self.turn.model_copy(update={**changes, "seconds": seconds})
        self.ws.rows.save_turn(self.turn)

    def stage(self, name: str) -> None:
        self._progress.stage(name)

    def text(self, piece: str) -> None:
        self._progress.text(piece)

    def share(self, done: float) -> None:
        self._progress.share(done)

    def check(self) -> None:
        self._progress.check()

    def sent(self, exchange: Exchange) -> None:
        self.save(exchanges=(*self.turn.exchanges, exchange))
        self._progress.sent(exchange)


def start(
    ws: Workspace, conversation: Conversation, question: str, kind: str, own: ModelChoice | None = None, **known: Any
) -> Turn:
    """The queued turn, stored with its job of this kind, which is started; `known` are fields that stand already. The
    job asks the `own` model, where there is one.

    The first turn names the conversation. Raises: LimitReached.
    """
    job_id, now = uuid4().hex, datetime.now(UTC)
    turn = Turn(
        id=uuid4().hex,
        conversation_id=conversation.id,
        version_id=conversation.version_id,
        question=question,
        job_id=job_id,
        created_by=ws.user.id,
        created_at=now,
        **known,
    )
    job = Job(
        id=job_id,
        team_id=ws.team.id,
        kind=kind,
        subject_id=turn.id,
        share_id=ws.via,
        created_by=ws.user.id,
        created_at=now,
    )
    usage.count_question(ws)
    if conversation.title == NEW_TITLE:
        ws.rows.save_conversation(conversation.model_copy(update={"title": question[:TITLE_CHARS]}))
    ws.rows.add_turn(turn, job)
    if own:
        ws.backends.keyring.lend(job_id, own)
    ws.backends.runner.submit(job_id)
    return turn


def restart(ws: Workspace, turn: Turn, was: TurnStatus, own: ModelChoice | None = None) -> Turn | None:
    """The turn with a new job, which is started; None when it stands at `was` no more."""
    job = Job(
        id=uuid4().hex,
        team_id=ws.team.id,
        kind=QUESTION_KIND,
        subject_id=turn.id,
        share_id=ws.via,
        created_by=ws.user.id,
        created_at=datetime.now(UTC),
    )
    going = turn.model_copy(update={"job_id": job.id})
    if not ws.rows.restart_turn(going, job, was):
        return None
    if own:
        ws.backends.keyring.lend(job.id, own)
    ws.backends.runner.submit(job.id)
    return going


def checked(ws: Workspace, question: str) -> str:
    """The question without space around it. Raises: BadInput, when it is empty or too long."""
    question, longest = question.strip(), ws.backends.settings.question_chars
    if not question:
        raise BadInput("The question is empty.", "Type what you want to know about the table.")
    if len(question) > longest:
        raise BadInput(
            f"The question has {len(question):,} characters; at most {longest:,} are read.",
            "Ask for one thing at a time.",
        )
    return question


def carry_out(ws: Workspace, turn_id: str, progress: Progress, work: Callable[[TurnRecord], None]) -> None:
    """Does the work of a turn; however it ends, the turn says so.

    Raises: Stopped, once the turn is stored as stopped.
    """
    record = TurnRecord(ws, ws.rows.turn(turn_id), progress)
    record.save(status=TurnStatus.RUNNING)
    try:
        work(record)
    except Stopped:
        record.save(status=TurnStatus.STOPPED, message="You stopped this question.")
        raise
    except AppError as error:
        record.save(status=TurnStatus.FAILED, message=error.message, hint=error.hint)
    finally:
        ws.backends.keyring.forget(record.turn.job_id)
        usage.count_work(ws, record.turn)


def final(code: str, result: RunResult, verdict: Verdict, notes: Sequence[str]) -> Answer:
    """What the person reads of a run that stands."""
    said = _said(result)
    outputs: tuple[Output, ...] = tuple(o for o in result.outputs if o not in said and not o.name.startswith(WORKING))
    return Answer(
        text=verdict.text or spoken(result),
        outputs=outputs,
        code=code,
        caveats=tuple(dict.fromkeys((*notes, *verdict.caveats))),
        checks=verdict.checks,
        suggestions=verdict.suggestions,
    )


def spoken(result: RunResult) -> str:
    """The sentences that the code gave itself."""
    return " ".join(output.text for output in _said(result))


def _said(result: RunResult) -> list[Text]:
    return [output for output in result.outputs if isinstance(output, Text) and output.name == ANSWER_TEXT]


def requested(
    ws: Workspace,
    code: str,
    path: Path,
    *,
    trusted: bool,
    queries: bool,
    seconds: float,
    rows: int,
    beside: Mapping[str, Path] = NO_TABLES,
    fits: bool = False,
) -> RunRequest:
    """What the sandbox is asked to run on the table at `path`, within so many seconds, to give up to so many rows.

    `fits`: it fits models, which gives code of our own the grant for it, where the kernel can hold a run to that.
    """
    return RunRequest(
        id=uuid4().hex,
        code=code,
        tables={**beside, TABLE_NAME: path},
        owner=ws.team.id,
        trusted=trusted,
        grant=Grant.QUERY if queries else Grant.FIT if fits and trusted and _holds_files(ws) else Grant.ANSWER,
        limits=Limits(
            wall_seconds=seconds,
            cpu_seconds=max(1, round(seconds)),
            memory_mb=ws.backends.settings.run_memory_mb,
            rows=rows,
        ),
    )


def _holds_files(ws: Workspace) -> bool:
    """Whether the kernel keeps a run to the files it was given: else no grant may write."""
    return ws.backends.sandbox.status().level is Level.FILES


def run(
    record: TurnRecord, code: str, path: Path, *, trusted: bool, fits: bool = False, queries: bool = False
) -> RunResult:
    """What the code gives on the table at `path`. Only code of our own is trusted where the kernel contains nothing.

    `queries`: it may call `sql`.
    `fits`: it fits models, which has its own time, whole tables, and printed lines that tell how far it is.

    Raises: Stopped.
    """
    settings = record.ws.backends.settings
    seconds = settings.fit_seconds if fits else settings.run_seconds
    rows = max(settings.answer_rows, FITTED_ROWS) if fits else settings.answer_rows
    versions = {**record.turn.tables, TABLE_NAME: record.turn.version_id}
    key = record.ws.backends.runs.key(code, versions, record.ws.team.id, trusted, queries, fits, rows)
    kept = record.ws.backends.runs.get(key) if record.turn.mode is not Mode.FRESH else None
    record.is_kept = kept is not None
    if kept:
        return kept
    request = requested(
        record.ws,
        code,
        path,
        trusted=trusted,
        queries=queries,
        seconds=seconds,
        rows=rows,
        beside=record.beside,
        fits=fits,
    )
    result = stoppable(record.ws.backends.sandbox, request, record, Stages(record) if fits else None)
    record.ws.backends.runs.put(key, result)
    return result
