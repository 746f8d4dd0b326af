"""The analyst that asks a language model. It sees schema and aggregate facts only, nothing personal: see `context`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from sandbox.messages import Output, RunResult, Table, Text, Value
from services.assistant import context, veiling
from services.assistant.draft import CODE, Draft, Telling
from services.assistant.unveiled import Unveiled
from services.assistant.veil import Veil
from services.domain import Attempt, Plan, Verdict
from services.errors import BadInput
from services.protocols import Brief, Explanation, Progress

if TYPE_CHECKING:
    from services.backends.chat_models import ChatModel

ANSWER: Final = "answer"
"""Name of the Text output that is the answer's sentence."""
SHOWN: Final = ("reading", "message")
"""Fields of a reply that a person sees as they come in."""
LONGEST_ANSWER: Final = 2_000


class ModelAnalyst:
    """One call plans and drafts the code, one more corrects it after an error; reviewing takes none."""

    name = context.MODEL

    def __init__(self, chat: ChatModel) -> None:
        self._chat = chat

    def plan(self, brief: Brief, progress: Progress) -> Plan:
        """The reading with the drafted code in `intent`, or what to ask back, or why not.

        Raises: ProviderError, Stopped.
        """
        veil = veiling.drawn(brief)
        draft = self._ask(context.messages(brief, veil), veil, progress, SHOWN)
        return draft.plan()

    def mend(self, brief: Brief, plan: Plan, attempts: Sequence[Attempt], progress: Progress) -> Plan:
        """Another plan after steps or an analysis that could not be run. Raises: ProviderError, Stopped."""
        progress.stage("Repairing the plan")
        veil = veiling.drawn(brief)
        return self._ask(context.repair(brief, plan, attempts, veil), veil, progress).plan()

    def write(self, brief: Brief, plan: Plan, attempts: Sequence[Attempt], progress: Progress) -> str:
        """The drafted code; after a failed attempt, the corrected code.

        Raises: ProviderError, Stopped; BadInput, when the model finds that it cannot be answered.
        """
        if not attempts:
            return str(plan.intent.get(CODE, ""))
        veil = veiling.drawn(brief)
        draft = self._ask(context.repair(brief, plan, attempts, veil), veil, progress)
        if draft.kind != "analyse":
            why = draft.message or "it would do something else instead"
            raise BadInput(f"The language model gave up: {why}", "Ask in other words.")
        return draft.code

    def review(
        self,
        brief: Brief,
        plan: Plan,
        code: str,
        result: RunResult,
        progress: Progress,  # noqa: ARG002
    ) -> Verdict:
        """The code's own sentence, or one made from the reading and the shape of the result."""
        sentence = _spoken(result.outputs)
        if (gap := _placeholder(sentence)) and gap in code and gap not in brief.question:
            return Verdict(problem=f"The answer shows the placeholder {gap} in place of a value.")
        return Verdict(text=sentence or in_words(plan.reading or brief.question, result.outputs))

    def explain(self, brief: Brief, wish: str, told: Sequence[str], progress: Progress) -> Explanation:
        """The facts in the model's words. Raises: ProviderError, Stopped."""
        veil = veiling.drawn(brief)
        unveiled = Unveiled(progress, veil)
        messages = context.explanation(brief, wish, told, veil)
        said = self._chat.ask(messages, Telling, unveiled, context.correction_of_words, ("text",))
        unveiled.flush()
        questions = tuple(veil.restore(each) for each in said.questions)
        return Explanation(text=veil.restore(said.text), questions=questions)

    def _ask(
        self, messages: Sequence[context.Message], veil: Veil, progress: Progress, shown: Sequence[str] = ()
    ) -> Draft:
        """The model's reply with the real values; what the person sees of it while it comes in has them, too."""
        unveiled = Unveiled(progress, veil)
        draft = self._chat.ask(messages, Draft, unveiled, context.correction, shown)
        unveiled.flush()
        return draft.restored(veil)


def _spoken(outputs: Sequence[Output]) -> str:
    """What the code says itself, or nothing."""
    said = (o.text for o in outputs if isinstance(o, Text) and (o.name == ANSWER or len(outputs) == 1))
    return next(said, "").strip()[:LONGEST_ANSWER]


def _placeholder(sentence: str) -> str:
    """The first `{name}` that an f-string would have filled, or nothing."""
    found = re.search(r"\{[A-Za-z_][^{}]*\}", sentence)
    return found[0] if found else ""


def in_words(reading: str, outputs: Sequence[Output]) -> str:
    """The reading as a sentence, with the value or the number of rows."""
    start = reading.strip().rstrip(".:?!")
    start = start[:1].upper() + start[1:]
    value = next((o.value for o in outputs if isinstance(o, Value)), None)
    if isinstance(value, bool | int | float | str):
        return f"{start}: {_said(value)}."
    table = next((o for o in outputs if isinstance(o, Table)), None)
    if table is not None:
        return f"{start}: {table.total_rows:,} {'row' if table.total_rows == 1 else 'rows'}."
    return f"{start}."


def _said(value: bool | int | float | str) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.2f}" if abs(value) >= 1 else f"{value:.4g}"
    return f"{value:,}" if isinstance(value, int) else value
