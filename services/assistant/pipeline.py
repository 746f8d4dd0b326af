"""The loop from a question to a stored answer: plan, write, run, review, repair, answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from sandbox.messages import RunResult
from services import changes, datasets, privacy
from services.access import Action, requires
from services.assistant import (
    beside,
    builtin,
    by_hand,
    cached,
    checks,
    chosen,
    definitions_used,
    explaining,
    planned,
    proposals,
    turns,
    warnings,
)
from services.assistant.cell_values import CellValues
from services.assistant.turns import TurnRecord
from services.domain import (
    TABLE_NAME,
    Answer,
    Attempt,
    Mode,
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
from services.errors import AppError, LimitReached, NotFound, ProviderError
from services.protocols import Analyst, Brief, Disclosure, Progress
from services.workspace import Workspace

JOB_KIND = turns.QUESTION_KIND
REMEMBERED_TURNS = 6


@requires(Action.ASK)
def ask(
    ws: Workspace,
    conversation_id: str,
    question: str,
    own: ModelChoice | None = None,
    mode: Mode = Mode.ANSWER,
    *,
    base_id: str = "",
    others: Sequence[str] = (),
) -> Turn:
    """Stores the question as a queued turn with its job, and starts the job. The first one names the conversation.

    `own` is a model that the person brings; it is handed to the job in memory. `base_id` is the turn to go on from,
    where that is not the last one; `others` are datasets that it is about too, besides those whose names it says.
    Raises: BadInput for an empty or too long question, or a model that may not be asked; NotFound.
    """
    conversation = ws.rows.conversation(conversation_id)
    asked = turns.checked(ws, question)
    if own:
        chosen.check(ws, own)
    if base_id and ws.rows.turn(base_id).conversation_id != conversation.id:
        raise NotFound("This question is not in the conversation.", "Go back and choose again.")
    tables = beside.held(ws, conversation.dataset_id, others)
    return turns.start(ws, conversation, asked, JOB_KIND, own, mode=mode, base_id=base_id, tables=tables)


@requires(Action.ASK)
def retry(ws: Workspace, turn_id: str, own: ModelChoice | None = None) -> Turn:
    """Asks the question of an earlier turn anew, as a new turn: nothing that was kept of it is taken.

    Raises: NotFound; BadInput.
    """
    earlier = ws.rows.turn(turn_id)
    others = [ws.rows.version(each).dataset_id for each in earlier.tables.values()]
    return ask(ws, earlier.conversation_id, earlier.question, own, Mode.FRESH, others=others)


@requires(Action.DATASET_READ)
def starters(ws: Workspace, version_id: str) -> list[str]:
    """Three good first questions about this version, each of which the built-in analyst answers."""
    return list(builtin.starters(ws.rows.profile(version_id)))


def answer(ws: Workspace, turn_id: str, progress: Progress) -> None:
    """The job behind a question: everything it finds is kept with the turn after every stage.

    Raises: Stopped, once the turn is stored as stopped.
    """
    turns.carry_out(ws, turn_id, progress, _answer)


def _answer(record: TurnRecord) -> None:
    ws, turn = record.ws, record.turn
    record.stage("Reading the profile")
    version = ws.rows.version(turn.version_id)
    record.notes.extend(left_out(record, version))
    with ExitStack() as opened:
        path = opened.enter_context(changes.local(ws, version.id))
        if turn.plan is not None and turn.analyst == builtin.BuiltinAnalyst.name:
            ready = ws.backends.analysts[turn.analyst]
            brief = definitions_used.spelled(brief_of(record, version, path, ready.name))
            _follow(ready, brief, turn.plan, path, record)
            return
        own = ws.backends.keyring.of(turn.job_id)
        analyst = chosen.metered(_analyst(record, own), record)
        _open_others(record, version, analyst.name, opened)
        brief = brief_of(record, version, path, analyst.name)
        if analyst.name == chosen.MODEL:
            record.notes.extend(warnings.of(brief))
        if turn.mode is Mode.EXPLAIN:
            explaining.carry_out(record, analyst, brief)
            return
        record.notes.extend(definitions_used.caveats(brief))
        if cached.answer(record, brief, analyst.name, own.model if own else ws.backends.settings.model_name):
            return
        try:
            _answer_by(analyst, brief, path, record)
        except ProviderError as error:
            _answer_without_model(error, brief, path, record)


def _analyst(record: TurnRecord, own: ModelChoice | None) -> Analyst:
    """Who answers: whoever wrote the code by hand, or who is chosen."""
    return by_hand.Person() if record.turn.mode is Mode.HAND else chosen.choose(record.ws, own)


def _open_others(record: TurnRecord, version: Version, analyst: str, opened: ExitStack) -> None:
    """Opens the other tables of the question; for a language model also those whose names it says."""
    ws, turn = record.ws, record.turn
    if analyst == chosen.MODEL and not turn.tables:
        asked = turn.chosen or turn.question
        tables = beside.held(ws, version.dataset_id, beside.named(ws, version.dataset_id, asked))
        if tables:
            record.save(tables=tables)
    for name, version_id in record.turn.tables.items():
        record.beside[name] = opened.enter_context(changes.local(ws, version_id))


def left_out(record: TurnRecord, version: Version) -> list[str]:
    """What every number of this version must be read with."""
    rejected = datasets.read_report(record.ws, version.id).rejected_rows
    if not rejected:
        return []
    were = "row of the file could not be read and is" if rejected == 1 else "rows of the file could not be read and are"
    return [f"{rejected:,} {were} not counted."]


def _answer_without_model(error: ProviderError, brief: Brief, path: Path, record: TurnRecord) -> None:
    """The built-in analyst stands in, and says so; where it has no answer either, the provider's error stands."""
    if record.turn.mode is Mode.HAND:
        raise error
    stand_in = record.ws.backends.analysts["builtin"]
    brief = definitions_used.spelled(brief)
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
    others = {name: ws.rows.profile(each) for name, each in turn.tables.items()}
    finders = [CellValues(profile, partial(ws.backends.engine.find_values, path))]
    finders += [
        CellValues(others[name], partial(ws.backends.engine.find_values, there))
        for name, there in record.beside.items()
        if analyst == chosen.MODEL
    ]
    return Brief(
        question=turn.chosen or turn.question,
        profiles={TABLE_NAME: profile, **others},
        history=_history(record),
        find_values=lambda phrases: [hit for find in finders for hit in find(phrases)],
        title=ws.rows.dataset(version.dataset_id).name,
        read_rows=partial(_rows, ws, path, profile),
        others=partial(datasets.others, ws, version.dataset_id),
        disclosure=_disclosure(ws, [version.id, *turn.tables.values()], analyst),
        definitions=ws.definitions.all(),
    )


def _history(record: TurnRecord) -> list[Turn]:
    """The turns before, oldest first; the one that is gone on from comes last."""
    turn = record.turn
    earlier = record.ws.rows.turns(turn.conversation_id, last=REMEMBERED_TURNS + 1)
    known = [t for t in earlier if t.id != turn.id and t.status.is_final and t.created_at <= turn.created_at]
    base = [record.ws.rows.turn(turn.base_id)] if turn.base_id else []
    return [*(t for t in known if t.id != turn.base_id and t.mode is not Mode.EXPLAIN), *base]


def _rows(ws: Workspace, path: Path, profile: Profile, most: int) -> Mapping[str, Sequence[Any]]:
    """The cells of a table of at most `most` rows, by column; of a larger one nothing is read."""
    return ws.backends.engine.page(path, 0, most).to_pydict() if profile.rows <= most else {}


def _disclosure(ws: Workspace, version_ids: Sequence[str], analyst: str) -> Disclosure:
    """What a language model may be told, as the settings have it. Without one, nothing is looked for; where looking
    fails, no number of the table is told."""
    mask, sight = ws.backends.settings.mask_personal_data, chosen.sight(ws)
    try:
        asked = version_ids if analyst == chosen.MODEL else ()
        findings = tuple(found for each in asked for found in privacy.findings(ws, each))
    except NotFound:
        raise
    except AppError:
        return Disclosure(mask=mask, schema_only=True)
    schema_only, samples = sight is Sight.SCHEMA, sight is Sight.SAMPLES
    return Disclosure(mask=mask, schema_only=schema_only, samples=samples, findings=findings)


def _answer_by(analyst: Analyst, brief: Brief, path: Path, record: TurnRecord) -> None:
    brief = definitions_used.spelled(brief) if analyst.name == builtin.BuiltinAnalyst.name else brief
    plan = record.turn.plan
    if plan is None:
        record.stage("Planning")
        plan = analyst.plan(brief, record)
        record.save(plan=plan, analyst=analyst.name)
        if planned.is_shown_first(record, plan, brief):
            planned.show(record, plan)
            return
    record.save(analyst=analyst.name)
    if record.turn.mode is Mode.CODE and planned.can_be_written(plan):
        record.stage("Writing code")
        planned.write(record, plan, analyst.write(brief, plan, (), record) if plan.intent else "")
        return
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
    asked = replace(brief, question=record.turn.chosen or record.turn.question)
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
        may_query = ours or analyst.name == by_hand.NAME
        result = turns.run(record, code, path, trusted=ours, queries=may_query and checks.uses_any(code, {"sql"}))
        is_kept = record.is_kept
        record.stage("Checking")
        verdict = review(analyst, brief, plan, code, result, record, path)
        attempt = _attempt(code, result, verdict).model_copy(update={"is_kept": is_kept})
        record.save(attempts=(*attempts, attempt))
        if not verdict.problem:
            standing.append((len(attempt.unmet), turns.final(code, result, verdict, record.notes)))
            if not attempt.unmet:
                break
    if standing:
        fewest = min(unmet for unmet, _ in standing)
        answer = next(each for unmet, each in reversed(standing) if unmet == fewest)
        answer = answer.model_copy(update={"defined": definitions_used.sentences(asked)})
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
    is_model = analyst.name == chosen.MODEL
    rerun, again = _rerun(record, path, trusted=ours), definitions_used.spelled(brief) if is_model else None
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
