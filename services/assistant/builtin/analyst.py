"""The analyst that needs no language model: reads a question, writes the code, words the answer."""

from __future__ import annotations

from collections.abc import Sequence

from sandbox.messages import RunResult, RunStatus
from services.assistant.builtin.follow_ups import changed, earlier, may_follow
from services.assistant.builtin.grammar.reader import read
from services.assistant.builtin.intent import Intent
from services.assistant.builtin.language.question import Unreadable
from services.assistant.builtin.nearest import about, nearest
from services.assistant.builtin.writing.compose import compose
from services.assistant.builtin.writing.phrasing import reading
from services.assistant.builtin.writing.sentences import answer, caveats
from services.domain import Attempt, Plan, PlanKind, Verdict
from services.protocols import Analyst, Brief, Progress

LONGEST = 600
"""Characters of the longest question that is read; longer ones are no single question."""


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
        try:
            intent = _understood(brief)
        except Unreadable as problem:
            return self._declined(brief, problem)
        return Plan(
            kind=PlanKind.ANALYSE, reading=reading(intent), intent=intent.model_dump(mode="json", exclude_defaults=True)
        )

    def _declined(self, brief: Brief, problem: Unreadable) -> Plan:
        kind = PlanKind.CLARIFY if problem.readings else PlanKind.DECLINE
        options = nearest(brief.question[:LONGEST], problem, brief.profile, brief.find_values)
        return Plan(kind=kind, message=about(problem, brief.profile), options=options)

    def write(self, brief: Brief, plan: Plan, attempts: Sequence[Attempt], progress: Progress) -> str:  # noqa: ARG002
        progress.check()
        return compose(Intent.model_validate(plan.intent), brief.profile)

    def review(self, brief: Brief, plan: Plan, code: str, result: RunResult, progress: Progress) -> Verdict:  # noqa: ARG002
        progress.check()
        if result.status is not RunStatus.OK:
            return Verdict(problem=result.error.message if result.error else f"The run ended as {result.status.value}.")
        intent = Intent.model_validate(plan.intent)
        return Verdict(text=answer(intent, brief.profile, result), caveats=caveats(intent, brief.profile, result))


def _understood(brief: Brief) -> Intent:
    """The intent of the question, as a change of the one before where its wording leans on that.

    Raises: Unreadable, when it cannot be tied down.
    """
    before = earlier(brief.history, brief.profile)
    if before is not None and may_follow(brief.question, brief.profile, brief.find_values):
        return changed(before, brief.question, brief.profile, brief.find_values)
    return read(brief.question, brief.profile, brief.find_values, brief.title)
