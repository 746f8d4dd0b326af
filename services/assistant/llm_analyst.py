"""The analyst that asks a language model. It sees schema and aggregate facts only, nothing personal: see `context`."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, Literal

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator, model_validator

from sandbox.messages import Output, RunResult, Table, Text, Value
from services.assistant import context, veiling
from services.assistant.unveiled import Unveiled
from services.assistant.veil import Veil
from services.domain import Attempt, Plan, PlanKind, Verdict
from services.errors import BadInput
from services.protocols import Brief, Progress

if TYPE_CHECKING:
    from services.backends.chat_models import ChatModel

CODE: Final = "code"
"""Key of `Plan.intent` under which the drafted code stands."""
ANSWER: Final = "answer"
"""Name of the Text output that is the answer's sentence."""
RESULT: Final = "result"
SHOWN: Final = ("reading", "message")
"""Fields of a reply that a person sees as they come in."""
LONGEST_CODE: Final = 20_000
LONGEST: Final = {"reading": 300, "message": 600, "options": 200}
MOST_OPTIONS: Final = 3
LONGEST_ANSWER: Final = 2_000


class Draft(BaseModel):
    """A model's reply. The order of the fields is the order in which they are streamed."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    reading: str = ""
    kind: Literal["analyse", "clarify", "decline"] = "analyse"
    message: str = ""
    options: list[str] = []
    code: str = ""

    @field_validator("reading", "message", "code", mode="before")
    @classmethod
    def _text(cls, value: object, info: ValidationInfo) -> str:
        text = "" if value is None else str(value)
        return _unfenced(text) if info.field_name == CODE else _line(text, LONGEST[str(info.field_name)])

    @field_validator("kind", mode="before")
    @classmethod
    def _kind(cls, value: object) -> str:
        kind = str(value or "analyse").strip().lower()
        return "analyse" if kind == "analyze" else kind

    @field_validator("options", mode="before")
    @classmethod
    def _options(cls, value: object) -> list[str]:
        found = value if isinstance(value, list) else []
        return [_line(str(option), LONGEST["options"]) for option in found if option][:MOST_OPTIONS]

    def restored(self, veil: Veil) -> Draft:
        """The reply with the real values in place of the tokens."""
        texts = {name: veil.restore(getattr(self, name)) for name in SHOWN}
        options = [veil.restore(option) for option in self.options]
        return self.model_copy(update={**texts, "options": options, "code": veil.restore_code(self.code)})

    @model_validator(mode="after")
    def _whole(self) -> Draft:
        if self.kind == "analyse":
            check_code(self.code)
        elif not self.message:
            raise ValueError(f'the message is missing, which "{self.kind}" needs')
        return self


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
        return Plan(
            kind=PlanKind(draft.kind),
            reading=draft.reading,
            message=draft.message,
            options=tuple(draft.options),
            intent={CODE: draft.code} if draft.code else {},
        )

    def write(self, brief: Brief, plan: Plan, attempts: Sequence[Attempt], progress: Progress) -> str:
        """The drafted code; after a failed attempt, the corrected code.

        Raises: ProviderError, Stopped; BadInput, when the model finds that it cannot be answered.
        """
        if not attempts:
            return str(plan.intent.get(CODE, ""))
        veil = veiling.drawn(brief)
        draft = self._ask(context.repair(brief, plan, attempts, veil), veil, progress)
        if draft.kind != "analyse":
            raise BadInput(f"The language model gave up: {draft.message}", "Ask in other words.")
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
        return Verdict(text=sentence or _sentence(plan.reading or brief.question, result.outputs))

    def _ask(
        self, messages: Sequence[context.Message], veil: Veil, progress: Progress, shown: Sequence[str] = ()
    ) -> Draft:
        """The model's reply with the real values; what the person sees of it while it comes in has them, too."""
        unveiled = Unveiled(progress, veil)
        draft = self._chat.ask(messages, Draft, unveiled, context.correction, shown)
        unveiled.flush()
        return draft.restored(veil)


def check_code(code: str) -> None:
    """Raises: ValueError, with the reason, for what is not a Python snippet that assigns `result`."""
    if not code.strip():
        raise ValueError('the code is missing, which "analyse" needs')
    if len(code) > LONGEST_CODE:
        raise ValueError(f"the code has {len(code):,} characters, more than {LONGEST_CODE:,}")
    try:
        tree = ast.parse(code)
    except SyntaxError as error:
        raise ValueError(f"the code is not valid Python (line {error.lineno or 1}: {error.msg})") from None
    except (ValueError, RecursionError, MemoryError):
        raise ValueError("the code is not valid Python") from None
    names = (node for node in ast.walk(tree) if isinstance(node, ast.Name))
    if not any(node.id == RESULT and isinstance(node.ctx, ast.Store) for node in names):
        raise ValueError(f"the code does not assign `{RESULT}`")


def _unfenced(code: str) -> str:
    """The code without a Markdown fence around it."""
    fenced = re.fullmatch(r"\s*```[a-zA-Z]*[ \t]*\n(.*?)\n?[ \t]*```\s*", code, re.DOTALL)
    return (fenced[1] if fenced else code).strip("\r\n")


def _line(text: str, longest: int) -> str:
    """The text on one line, printable, cut."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def _spoken(outputs: Sequence[Output]) -> str:
    """What the code says itself, or nothing."""
    said = (o.text for o in outputs if isinstance(o, Text) and (o.name == ANSWER or len(outputs) == 1))
    return next(said, "").strip()[:LONGEST_ANSWER]


def _placeholder(sentence: str) -> str:
    """The first `{name}` that an f-string would have filled, or nothing."""
    found = re.search(r"\{[A-Za-z_][^{}]*\}", sentence)
    return found[0] if found else ""


def _sentence(reading: str, outputs: Sequence[Output]) -> str:
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
