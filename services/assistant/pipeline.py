"""The loop from a question to a stored answer: plan, write, run, review, repair, answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from uuid import uuid4

from sandbox.messages import Limits, Output, RunRequest, RunResult, Text
from services import changes, datasets
from services.access import Action, requires
from services.assistant import builtin, checks
from services.assistant.cell_values import CellValues
from services.conversations import NEW_TITLE, TITLE_CHARS
from services.domain import (
    TABLE_NAME,
    Answer,
    Attempt,
    Conversation,
    Exchange,
    Job,
    Plan,
    PlanKind,
    Turn,
    TurnStatus,
    Verdict,
    Version,
)
from services.errors import AppError, BadInput, ProviderError, Stopped
from services.protocols import Analyst, Brief, Progress
from services.workspace import Workspace

JOB_KIND = "answer"
REMEMBERED_TURNS = 6
STOP_POLL_SECONDS = 0.1
ANSWER_TEXT = "answer"
"""A Text output of this name is the answer's sentence."""
WORKING = "_"
"""Outputs whose names start so serve the review and are not shown."""


@requires(Action.ASK)
def ask(ws: Workspace, conversation_id: str, question: str) -> Turn:
    """Stores the question as a queued turn with its job, and starts the job. The first one names the conversation.

    Raises: BadInput for an empty or too long question; NotFound.
    """
    conversation = ws.rows.conversation(conversation_id)
    return _start(ws, conversation, _checked(question, ws.backends.settings.question_chars))


@requires(Action.ASK)
def retry(ws: Workspace, turn_id: str) -> Turn:
    """Asks the question of an earlier turn again, as a new turn. Raises: NotFound."""
    earlier = ws.rows.turn(turn_id)
    return _start(ws, ws.rows.conversation(earlier.conversation_id), earlier.question)


@requires(Action.DATASET_READ)
def starters(ws: Workspace, version_id: str) -> list[str]:
    """Three good first questions about this version, each of which the built-in analyst answers."""
    return list(builtin.starters(ws.rows.profile(version_id)))


def answer(ws: Workspace, turn_id: str, progress: Progress) -> None:
    """The job behind a turn: everything it finds is kept with the turn after every stage.

    Raises: Stopped, once the turn is stored as stopped.
    """
    record = TurnRecord(ws, ws.rows.turn(turn_id), progress)
    record.save(status=TurnStatus.RUNNING)
    try:
        _answer(record)
    except Stopped:
        record.save(status=TurnStatus.STOPPED, message="You stopped this question.")
        raise
    except AppError as error:
        record.save(status=TurnStatus.FAILED, message=error.message, hint=error.hint)


class TurnRecord:
    """A turn on its way to its answer. It is the analysts' `Progress`, so what left the machine stays with the turn."""

    def __init__(self, ws: Workspace, turn: Turn, progress: Progress) -> None:
        self.ws, self.turn, self._progress = ws, turn, progress
        self._started = time.monotonic()
        self.notes: list[str] = []
        """Caveats that do not come from one attempt."""

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


def _checked(question: str, longest: int) -> str:
    question = question.strip()
    if not question:
        raise BadInput("The question is empty.", "Type what you want to know about the table.")
    if len(question) > longest:
        raise BadInput(
            f"The question has {len(question):,} characters; at most {longest:,} are read.",
            "Ask for one thing at a time.",
        )
    return question


def _start(ws: Workspace, conversation: Conversation, question: str) -> Turn:
    job_id, now = uuid4().hex, datetime.now(UTC)
    turn = Turn(
        id=uuid4().hex,
        conversation_id=conversation.id,
        version_id=conversation.version_id,
        question=question,
        job_id=job_id,
        created_by=ws.user.id,
        created_at=now,
    )
    job = Job(id=job_id, team_id=ws.team.id, kind=JOB_KIND, subject_id=turn.id, created_by=ws.user.id, created_at=now)
    if conversation.title == NEW_TITLE:
        ws.rows.save_conversation(conversation.model_copy(update={"title": question[:TITLE_CHARS]}))
    ws.rows.add_turn(turn, job)
    ws.backends.runner.submit(job_id)
    return turn


def _answer(record: TurnRecord) -> None:
    ws, turn = record.ws, record.turn
    record.stage("Reading the profile")
    version = ws.rows.version(turn.version_id)
    record.notes.extend(_left_out(ws, version))
    with changes.local(ws, version.id) as path:
        brief = _brief(ws, turn, version, path)
        chosen = choose(ws)
        try:
            _answer_by(chosen, brief, path, record)
        except ProviderError as error:
            _answer_without_model(error, brief, path, record)


def _left_out(ws: Workspace, version: Version) -> list[str]:
    """What every number of this version must be read with."""
    rejected = datasets.read_report(ws, version.id).rejected_rows
    if not rejected:
        return []
    were = "row of the file could not be read and is" if rejected == 1 else "rows of the file could not be read and are"
    return [f"{rejected:,} {were} not counted."]


@requires(Action.SYSTEM_READ)
def choose(ws: Workspace) -> Analyst:
    """The analyst the settings name. Raises: BadInput, when they name the model and none is set up."""
    wanted, analysts = ws.backends.settings.analyst, ws.backends.analysts
    if wanted == "model" and "model" not in analysts:
        raise BadInput("No language model is set up.", "Set OPENAI_API_KEY, or use the built-in analyst.")
    return analysts["builtin"] if wanted == "builtin" else analysts.get("model", analysts["builtin"])


def _answer_without_model(error: ProviderError, brief: Brief, path: Path, record: TurnRecord) -> None:
    """The built-in analyst stands in, and says so; where it has no answer either, the provider's error stands."""
    stand_in = record.ws.backends.analysts["builtin"]
    plan = stand_in.plan(brief, record)
    if plan.kind is not PlanKind.ANALYSE:
        raise error
    record.notes.append(f"{error.message} The built-in analyst answered instead.")
    record.save(plan=plan, analyst=stand_in.name, attempts=())
    _try(stand_in, brief, plan, path, record)


def _brief(ws: Workspace, turn: Turn, version: Version, path: Path) -> Brief:
    profile = ws.rows.profile(version.id)
    earlier = [t for t in ws.rows.turns(turn.conversation_id, last=REMEMBERED_TURNS + 1) if t.id != turn.id]
    return Brief(
        question=turn.question,
        profiles={TABLE_NAME: profile},
        history=[t for t in earlier if t.status.is_final and t.created_at <= turn.created_at],
        find_values=CellValues(profile, partial(ws.backends.engine.find_values, path)),
        title=ws.rows.dataset(version.dataset_id).name,
    )


def _answer_by(analyst: Analyst, brief: Brief, path: Path, record: TurnRecord) -> None:
    record.stage("Planning")
    plan = analyst.plan(brief, record)
    record.save(plan=plan, analyst=analyst.name)
    if plan.kind is PlanKind.ANALYSE:
        _try(analyst, brief, plan, path, record)
    else:
        status = TurnStatus.CLARIFY if plan.kind is PlanKind.CLARIFY else TurnStatus.DECLINED
        record.save(status=status, answer=Answer(text=plan.message, suggestions=plan.options))


def _try(analyst: Analyst, brief: Brief, plan: Plan, path: Path, record: TurnRecord) -> None:
    """Writes, runs and reviews until an attempt stands or the attempts are used up."""
    for _ in range(record.ws.backends.settings.attempts):
        attempts = record.turn.attempts
        record.stage("Writing code" if not attempts else "Repairing the code")
        code = analyst.write(brief, plan, attempts, record)
        if attempts and code == attempts[-1].code:
            break
        record.stage("Running")
        result = _run(record, analyst, code, path)
        record.stage("Checking")
        verdict = _review(analyst, brief, plan, code, result, record)
        attempt = _attempt(code, result, verdict)
        record.save(attempts=(*attempts, attempt))
        if not verdict.problem:
            record.save(status=TurnStatus.ANSWERED, answer=_final(code, result, verdict, record.notes))
            return
    last = record.turn.attempts[-1]
    record.save(
        status=TurnStatus.FAILED,
        message=f"The code for this question did not give a result. {last.problem}".strip(),
        hint=(last.error.hint if last.error else "") or "Try again, or ask in other words.",
    )


def _review(analyst: Analyst, brief: Brief, plan: Plan, code: str, result: RunResult, record: TurnRecord) -> Verdict:
    if problem := checks.problem(code, result, brief.profiles.keys()):
        return Verdict(problem=problem)
    verdict = analyst.review(brief, plan, code, result, record)
    return verdict.model_copy(update={"caveats": (*verdict.caveats, *checks.caveats(result))})


def _attempt(code: str, result: RunResult, verdict: Verdict) -> Attempt:
    return Attempt(
        code=code,
        status=result.status,
        error=result.error,
        stdout=result.stdout,
        seconds=result.seconds,
        peak_mb=result.peak_mb,
        problem=verdict.problem,
    )


def _final(code: str, result: RunResult, verdict: Verdict, notes: Sequence[str]) -> Answer:
    said = [o for o in result.outputs if isinstance(o, Text) and o.name == ANSWER_TEXT]
    outputs: tuple[Output, ...] = tuple(o for o in result.outputs if o not in said and not o.name.startswith(WORKING))
    return Answer(
        text=verdict.text or " ".join(o.text for o in said),
        outputs=outputs,
        code=code,
        caveats=tuple(dict.fromkeys((*notes, *verdict.caveats))),
        suggestions=verdict.suggestions,
    )


def _run(record: TurnRecord, analyst: Analyst, code: str, path: Path) -> RunResult:
    """Only our own analyst's code is trusted where the kernel contains nothing."""
    settings = record.ws.backends.settings
    request = RunRequest(
        id=uuid4().hex,
        code=code,
        tables={TABLE_NAME: path},
        owner=record.ws.team.id,
        trusted=analyst.name == builtin.BuiltinAnalyst.name,
        limits=Limits(
            wall_seconds=settings.run_seconds,
            cpu_seconds=max(1, round(settings.run_seconds)),
            memory_mb=settings.run_memory_mb,
            rows=settings.answer_rows,
        ),
    )
    with _stopping(record, request.id):
        result = record.ws.backends.sandbox.run(request)
    record.check()
    return result


@contextmanager
def _stopping(record: TurnRecord, run_id: str) -> Iterator[None]:
    """Kills the run as soon as a person asks to stop: the run itself blocks this thread."""
    done = threading.Event()

    def watch() -> None:
        while not done.wait(STOP_POLL_SECONDS):
            try:
                record.check()
            except Stopped:
                record.ws.backends.sandbox.stop(run_id)
                return

    watcher = threading.Thread(target=watch, name=f"stop-{run_id[:8]}", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()
