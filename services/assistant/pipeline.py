"""The loop from a question to a stored answer: plan, write, run, review, repair, answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from sandbox.messages import RunResult
from services import changes, datasets, privacy
from services.access import Action, requires
from services.assistant import builtin, checks, chosen, proposals, turns, warnings
from services.assistant.cell_values import CellValues
from services.assistant.turns import TurnRecord
from services.domain import (
    TABLE_NAME,
    Answer,
    Attempt,
    ModelChoice,
    Outcome,
    Plan,
    PlanKind,
    Profile,
    Sight,
    Turn,
    TurnStatus,
    Verdict,
    Version,
)
from services.errors import AppError, BadInput, LimitReached, NotFound, ProviderError
from services.protocols import Analyst, Brief, Disclosure, Progress
from services.workspace import Workspace

JOB_KIND = "answer"
REMEMBERED_TURNS = 6


@requires(Action.ASK)
def ask(ws: Workspace, conversation_id: str, question: str, own: ModelChoice | None = None) -> Turn:
    """Stores the question as a queued turn with its job, and starts the job. The first one names the conversation.

    `own` is a model that the person brings; it is handed to the job in memory. Raises: BadInput for an empty or too
    long question, or a model that may not be asked; NotFound.
    """
    conversation = ws.rows.conversation(conversation_id)
    checked = _checked(question, ws.backends.settings.question_chars)
    if own:
        chosen.check(ws, own)
    return turns.start(ws, conversation, checked, JOB_KIND, own)


@requires(Action.ASK)
def retry(ws: Workspace, turn_id: str, own: ModelChoice | None = None) -> Turn:
    """Asks the question of an earlier turn again, as a new turn. Raises: NotFound; BadInput."""
    earlier = ws.rows.turn(turn_id)
    return ask(ws, earlier.conversation_id, earlier.question, own)


@requires(Action.DATASET_READ)
def starters(ws: Workspace, version_id: str) -> list[str]:
    """Three good first questions about this version, each of which the built-in analyst answers."""
    return list(builtin.starters(ws.rows.profile(version_id)))


def answer(ws: Workspace, turn_id: str, progress: Progress) -> None:
    """The job behind a question: everything it finds is kept with the turn after every stage.

    Raises: Stopped, once the turn is stored as stopped.
    """
    turns.carry_out(ws, turn_id, progress, _answer)


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


def _answer(record: TurnRecord) -> None:
    ws, turn = record.ws, record.turn
    record.stage("Reading the profile")
    version = ws.rows.version(turn.version_id)
    record.notes.extend(left_out(record, version))
    with changes.local(ws, version.id) as path:
        if turn.plan is not None and turn.analyst == builtin.BuiltinAnalyst.name:
            ready = ws.backends.analysts[turn.analyst]
            _follow(ready, brief_of(record, version, path, ready.name), turn.plan, path, record)
            return
        analyst = chosen.metered(chosen.choose(ws, ws.backends.keyring.of(turn.job_id)), record)
        brief = brief_of(record, version, path, analyst.name)
        if analyst.name == chosen.MODEL:
            record.notes.extend(warnings.of(brief))
        try:
            _answer_by(analyst, brief, path, record)
        except ProviderError as error:
            _answer_without_model(error, brief, path, record)


def left_out(record: TurnRecord, version: Version) -> list[str]:
    """What every number of this version must be read with."""
    rejected = datasets.read_report(record.ws, version.id).rejected_rows
    if not rejected:
        return []
    were = "row of the file could not be read and is" if rejected == 1 else "rows of the file could not be read and are"
    return [f"{rejected:,} {were} not counted."]


def _answer_without_model(error: ProviderError, brief: Brief, path: Path, record: TurnRecord) -> None:
    """The built-in analyst stands in, and says so; where it has no answer either, the provider's error stands."""
    stand_in = record.ws.backends.analysts["builtin"]
    plan = stand_in.plan(brief, record)
    if plan.kind in (PlanKind.CLARIFY, PlanKind.DECLINE):
        raise error
    record.notes.append(f"{error.message} The built-in analyst answered instead.")
    record.save(plan=plan, analyst=stand_in.name, attempts=())
    _follow(stand_in, brief, plan, path, record)


def brief_of(record: TurnRecord, version: Version, path: Path, analyst: str = chosen.MODEL) -> Brief:
    """What the analyst of this name is given about the turn."""
    ws, turn = record.ws, record.turn
    profile = ws.rows.profile(version.id)
    earlier = [t for t in ws.rows.turns(turn.conversation_id, last=REMEMBERED_TURNS + 1) if t.id != turn.id]
    return Brief(
        question=turn.question,
        profiles={TABLE_NAME: profile},
        history=[t for t in earlier if t.status.is_final and t.created_at <= turn.created_at],
        find_values=CellValues(profile, partial(ws.backends.engine.find_values, path)),
        title=ws.rows.dataset(version.dataset_id).name,
        read_rows=partial(_rows, ws, path, profile),
        others=partial(datasets.others, ws, version.dataset_id),
        disclosure=_disclosure(ws, version, analyst),
    )


def _rows(ws: Workspace, path: Path, profile: Profile, most: int) -> Mapping[str, Sequence[Any]]:
    """The cells of a table of at most `most` rows, by column; of a larger one nothing is read."""
    return ws.backends.engine.page(path, 0, most).to_pydict() if profile.rows <= most else {}


def _disclosure(ws: Workspace, version: Version, analyst: str) -> Disclosure:
    """What a language model may be told, as the settings have it. Without one, nothing is looked for; where looking
    fails, no number of the table is told."""
    mask, sight = ws.backends.settings.mask_personal_data, chosen.sight(ws)
    try:
        findings = privacy.findings(ws, version.id) if analyst == chosen.MODEL else ()
    except NotFound:
        raise
    except AppError:
        return Disclosure(mask=mask, schema_only=True)
    schema_only, samples = sight is Sight.SCHEMA, sight is Sight.SAMPLES
    return Disclosure(mask=mask, schema_only=schema_only, samples=samples, findings=findings)


def _answer_by(analyst: Analyst, brief: Brief, path: Path, record: TurnRecord) -> None:
    record.stage("Planning")
    plan = analyst.plan(brief, record)
    record.save(plan=plan, analyst=analyst.name)
    _follow(analyst, brief, plan, path, record)


def _follow(analyst: Analyst, brief: Brief, plan: Plan, path: Path, record: TurnRecord) -> None:
    """Does what the plan says, to the end of the turn."""
    if plan.kind in proposals.KINDS:
        instead = proposals.carry_out(analyst, brief, plan, path, record)
        if instead is not None:
            _follow(analyst, brief, instead, path, record)
    elif plan.kind is PlanKind.ANALYSE:
        _try(analyst, brief, plan, path, record)
    else:
        status = TurnStatus.CLARIFY if plan.kind is PlanKind.CLARIFY else TurnStatus.DECLINED
        record.save(status=status, answer=Answer(text=plan.message, suggestions=plan.options))


def _try(analyst: Analyst, brief: Brief, plan: Plan, path: Path, record: TurnRecord) -> None:
    """Writes, runs and reviews until an attempt stands or the attempts are used up.

    One that only fails checks is the answer where no later one fails fewer: what it fails is said with it.
    """
    standing: list[tuple[int, Answer]] = []
    for _ in range(record.ws.backends.settings.attempts):
        attempts = record.turn.attempts
        record.stage("Writing code" if not attempts else "Repairing the code")
        try:
            code = analyst.write(brief, plan, attempts, record)
        except LimitReached:
            if not standing:
                raise
            break
        if attempts and code == attempts[-1].code:
            break
        record.stage("Running")
        ours = analyst.name == builtin.BuiltinAnalyst.name
        result = turns.run(record, code, path, trusted=ours, queries=ours and checks.uses_any(code, {"sql"}))
        record.stage("Checking")
        verdict = review(analyst, brief, plan, code, result, record, path)
        attempt = _attempt(code, result, verdict)
        record.save(attempts=(*attempts, attempt))
        if not verdict.problem:
            standing.append((len(attempt.unmet), turns.final(code, result, verdict, record.notes)))
            if not attempt.unmet:
                break
    if standing:
        fewest = min(unmet for unmet, _ in standing)
        answer = next(each for unmet, each in reversed(standing) if unmet == fewest)
        record.save(status=TurnStatus.ANSWERED, answer=answer)
        return
    last = record.turn.attempts[-1]
    record.save(
        status=TurnStatus.FAILED,
        message=f"The code for this question did not give a result. {last.problem}".strip(),
        hint=(last.error.hint if last.error else "") or "Try again, or ask in other words.",
    )


def review(
    analyst: Analyst, brief: Brief, plan: Plan, code: str, result: RunResult, record: TurnRecord, path: Path
) -> Verdict:
    """The analyst's verdict with what the checks found, and without what they did not bear out."""
    if problem := checks.problem(code, result, brief.profiles.keys()):
        return Verdict(problem=problem)
    verdict = analyst.review(brief, plan, code, result, record)
    if verdict.problem:
        return verdict
    text = verdict.text or turns.spoken(result)
    ours = analyst.name == builtin.BuiltinAnalyst.name
    rerun, again = _rerun(record, path, trusted=ours), None if ours else brief
    case = checks.Case(brief.question, plan, code, result, text, brief.profiles, rerun, again)
    review = checks.review(case, verdict.checks)
    doubts = (check.sentence for check in review.failed)
    caveats = (*verdict.caveats, *checks.caveats(result), *doubts)
    return verdict.model_copy(update={"text": review.text, "checks": review.checks, "caveats": caveats})


def _rerun(record: TurnRecord, path: Path, *, trusted: bool) -> checks.Rerun:
    """Runs code of the checks on the table: their own where it may query, else the answer's, changed."""

    def rerun(code: str, queries: bool) -> RunResult:
        return turns.run(record, code, path, trusted=trusted or queries, queries=queries)

    return rerun


def _attempt(code: str, result: RunResult, verdict: Verdict) -> Attempt:
    return Attempt(
        code=code,
        status=result.status,
        error=result.error,
        stdout=result.stdout,
        seconds=result.seconds,
        peak_mb=result.peak_mb,
        problem=verdict.problem,
        unmet=tuple(check.name for check in verdict.checks if check.outcome is Outcome.FAILED),
    )
