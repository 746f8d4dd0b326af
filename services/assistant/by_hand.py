"""Code that a person wrote, or changed on an answer: run in the sandbox and checked like any other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sandbox.messages import RunResult
from services.access import Action, requires
from services.assistant import draft, turns
from services.assistant.llm_analyst import in_words
from services.domain import Attempt, Mode, Plan, PlanKind, Turn, Verdict
from services.errors import BadInput
from services.protocols import Analyst, Brief, Progress
from services.workspace import Workspace

NAME: Final = "person"
READING: Final = "code written by hand"


@requires(Action.ASK)
def run(ws: Workspace, turn_id: str, code: str) -> Turn:
    """A new turn that runs this code in place of that of an earlier one. Raises: NotFound; BadInput, for what is none.

    The turn stands on the version where the conversation stands, with the tables of the earlier one.
    """
    earlier = ws.rows.turn(turn_id)
    try:
        draft.check_code(code)
    except ValueError as error:
        raise BadInput(f"This cannot run: {error}.", "Change the code so that it assigns `result`.") from None
    plan = Plan(kind=PlanKind.ANALYSE, reading=READING, intent={draft.CODE: code})
    conversation = ws.rows.conversation(earlier.conversation_id)
    known = {"mode": Mode.HAND, "base_id": earlier.id, "tables": earlier.tables, "plan": plan}
    return turns.start(ws, conversation, earlier.question, turns.QUESTION_KIND, None, **known)


class Person(Analyst):
    """The analyst who hands out the code that a person wrote."""

    name = NAME

    def plan(self, brief: Brief, progress: Progress) -> Plan:  # noqa: ARG002
        return Plan(kind=PlanKind.DECLINE, message="There is no code to run.")

    def mend(self, brief: Brief, plan: Plan, attempts: Sequence[Attempt], progress: Progress) -> Plan:  # noqa: ARG002
        return plan

    def write(self, brief: Brief, plan: Plan, attempts: Sequence[Attempt], progress: Progress) -> str:  # noqa: ARG002
        return str(plan.intent.get(draft.CODE, ""))

    def review(self, brief: Brief, plan: Plan, code: str, result: RunResult, progress: Progress) -> Verdict:  # noqa: ARG002
        return Verdict(text=turns.spoken(result) or in_words(brief.question, result.outputs))
