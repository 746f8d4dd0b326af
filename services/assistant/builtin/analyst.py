"""The analyst that needs no language model: reads a question, writes the code, words the answer."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from typing import Final

from sandbox.messages import RunResult, RunStatus
from services.assistant.builtin.follow_ups import changed, earlier, may_follow
from services.assistant.builtin.grammar.reader import read
from services.assistant.builtin.grammar.traps import Trapped
from services.assistant.builtin.intent import Intent
from services.assistant.builtin.language.question import Unreadable
from services.assistant.builtin.nearest import about, nearest
from services.assistant.builtin.records import reader as records
from services.assistant.builtin.records.choose import CERTAIN
from services.assistant.builtin.requests.reader import is_certain, requested
from services.assistant.builtin.requests.request import Change, Leap, Study
from services.assistant.builtin.suggestions import next_questions
from services.assistant.builtin.writing.compose import compose
from services.assistant.builtin.writing.drawn import missed
from services.assistant.builtin.writing.phrasing import reading
from services.assistant.builtin.writing.sentences import answer, caveats
from services.assistant.builtin.writing.twice import agree
from services.domain import Attempt, Check, Outcome, Plan, PlanKind, Verdict
from services.protocols import Analyst, Brief, Progress, ValueFinder, ValueHit

LONGEST = 600
"""Characters of the longest question that is read; longer ones are no single question."""


TWICE = "Computed two ways, by pandas and by SQL, with the same result."
DISAGREED = "It was computed two ways, by pandas and by SQL, and the results differ, so neither is shown."
log = logging.getLogger(__name__)
MOST_TWICE = 5_000_000
"""Rows of the largest table that is read a second time by SQL."""


class BuiltinAnalyst(Analyst):
    """Understands the common shapes of questions; says plainly what it cannot do."""

    name = "builtin"

    def plan(self, brief: Brief, progress: Progress) -> Plan:
        progress.check()
        if len(brief.question) > LONGEST:
            return self._declined(
                brief, Unreadable("This question is too long for the built-in analyst: ask one thing at a time.")
            )
        if not brief.profile.rows:
            return self._declined(brief, Unreadable("This table has no rows."))
        memory = Memory(brief.find_values)
        try:
            return _requested(brief, memory) or plan_of(_understood(brief, memory))
        except Unreadable as problem:
            return self._declined(brief, problem, memory)

    def _declined(self, brief: Brief, problem: Unreadable, memory: Memory | None = None) -> Plan:
        kind = PlanKind.CLARIFY if problem.readings else PlanKind.DECLINE
        recall = memory.recall if memory else nothing
        options = nearest(brief.question[:LONGEST], problem, brief.profile, recall, brief.title)
        return Plan(kind=kind, message=about(problem, brief.profile), options=options)

    def write(self, brief: Brief, plan: Plan, attempts: Sequence[Attempt], progress: Progress) -> str:
        progress.check()
        failed = bool(attempts) and attempts[-1].status is not RunStatus.OK
        twice = not failed and brief.profile.rows <= MOST_TWICE
        return compose(Intent.model_validate(plan.intent), brief.profile, twice=twice)

    def review(self, brief: Brief, plan: Plan, code: str, result: RunResult, progress: Progress) -> Verdict:  # noqa: ARG002
        progress.check()
        if result.status is not RunStatus.OK:
            return Verdict(problem=result.error.message if result.error else f"The run ended as {result.status.value}.")
        intent = Intent.model_validate(plan.intent)
        agreed = agree(intent, brief.profile, result)
        if agreed is False:
            log.warning("pandas and SQL disagree on %s", plan.intent.get("shape", "groups"))
            return Verdict(problem=DISAGREED)
        return Verdict(
            checks=(Check(name="two ways", outcome=Outcome.PASSED, sentence=TWICE),) if agreed else (),
            text=answer(intent, brief.profile, result),
            caveats=(*caveats(intent, brief.profile, result), *missed(brief.question, intent, result)),
            suggestions=next_questions(brief.question, intent, brief.profile, brief.title),
        )


class Memory:
    """A value finder that remembers what it found, so that the options of a refusal cost no further look-up."""

    def __init__(self, find_values: ValueFinder) -> None:
        self._find_values = find_values
        self._hits: list[ValueHit] = []

    def __call__(self, phrases: Sequence[str], /) -> Sequence[ValueHit]:
        found = self._find_values(phrases)
        self._hits.extend(found)
        return found

    def recall(self, phrases: Sequence[str], /) -> Sequence[ValueHit]:
        """The values found before that equal one of the phrases."""
        wanted = {phrase.casefold() for phrase in phrases}
        return [hit for hit in dict.fromkeys(self._hits) if hit.value.casefold() in wanted]


def _is_beyond_rows(problem: Unreadable, question: str) -> bool:
    """Whether single rows cannot answer it: readings differ, or nobody knows what “most profitable” grades."""
    graded = rf"(?i)\b(?:most|least|more|less) {re.escape(problem.missing)}\b"
    unknown = bool(problem.missing) and problem.missing not in _ON_END and re.search(graded, question)
    return bool(isinstance(problem, Trapped) or _NOT_ROWS.search(question) or unknown)


def nothing(_: Sequence[str], /) -> Sequence[ValueHit]:
    """Finds no value."""
    return ()


_ON_END: Final = ("consecutive", "consecutively", "straight")
_NOT_ROWS: Final = re.compile(
    r"(?i)\b(?:above|below|over|under)[- ](?:the )?average\b"
    r"|\b(?:last|past|previous|this|current|next) (?:\w+ )?(?:day|week|month|quarter|year)s?\b"
    r"|\bto date\b|\bpivot\b|\boutliers?\b| [-/+] | (?:divided by|minus|plus) "
)
"""What the reading of single rows knows nothing of."""


def plan_of(intent: Intent) -> Plan:
    """The plan that answers a question."""
    asked = intent.model_dump(mode="json", exclude_defaults=True)
    return Plan(kind=PlanKind.ANALYSE, reading=reading(intent), intent=asked)


def _requested(brief: Brief, find_values: ValueFinder) -> Plan | None:
    """The plan of a sentence that asks for a move, a method, a chart of the gallery or a change; None for a question.

    Raises: Unreadable, when it asks for one and is not understood.
    """
    before = earlier(brief.history, brief.profile)
    leans = before is not None and not is_certain(brief.question)
    if leans and may_follow(brief.question, brief.profile, find_values):
        return None
    found = requested(brief, find_values, before)
    if isinstance(found, Leap):
        return Plan(kind=PlanKind.HISTORY, move=found.move, moves=found.times, reading=found.move.value)
    if isinstance(found, Study):
        said = found.analysis.describe()
        analysis = found.analysis.model_dump(mode="json")
        return Plan(kind=PlanKind.ANALYSIS, analysis=analysis, reading=said, notes=found.assumed)
    if isinstance(found, Change):
        said = "; ".join(step.describe() for step in found.steps)
        return Plan(kind=PlanKind.TRANSFORM, steps=found.steps, reading=said, notes=found.assumed)
    return None


def _understood(brief: Brief, find_values: ValueFinder) -> Intent:
    """The intent of the question, as a change of the one before where its wording leans on that.

    Raises: Unreadable, when it cannot be tied down.
    """
    before = earlier(brief.history, brief.profile)
    if before is not None and may_follow(brief.question, brief.profile, find_values):
        return changed(before, brief.question, brief.profile, find_values)
    if (picked := records.read_beside_totals(brief)) is not None:
        return picked
    try:
        understood = read(brief.question, brief.profile, find_values, brief.title)
        return records.read_rather(brief, understood) or understood
    except Unreadable as problem:
        certain = records.SURE if problem.readings else CERTAIN
        picked = None if _is_beyond_rows(problem, brief.question) else records.read(brief, certain)
        if picked is None:
            raise
        return picked
