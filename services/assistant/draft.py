"""A language model's reply: read tolerantly, checked against the registries of steps and analyses."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Sequence
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator, model_validator

from services.assistant import catalog
from services.assistant.veil import Veil
from services.code import analyses, steps
from services.domain import Move, Plan, PlanKind
from services.errors import BadInput

CODE: Final = "code"
"""Key of `Plan.intent` under which the drafted code stands."""
RESULT: Final = "result"
LONGEST_CODE: Final = 20_000
LONGEST: Final = {"reading": 300, "message": 600, "options": 200}
MOST_OPTIONS: Final = 3
LONGEST_TELLING: Final = 3_000
MOST_QUESTIONS: Final = 10
MOST_STEPS: Final = 30
MOST_MOVES: Final = 50
DROPPED: Final = ("learned",)
"""Fields that are found out here, never taken from a reply."""

Kind = Literal["analyse", "analysis", "transform", "history", "clarify", "decline"]


class Draft(BaseModel):
    """A model's reply. The order of the fields is the order in which they are streamed."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    reading: str = ""
    kind: Kind = "analyse"
    message: str = ""
    options: list[str] = []
    steps: list[str] = []
    """Each as the text of a JSON object: the strict form of a reply knows no free objects."""
    analysis: str = ""
    move: str = ""
    moves: int = 1
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

    @field_validator("steps", mode="before")
    @classmethod
    def _steps(cls, value: object) -> list[str]:
        found = value if isinstance(value, list) else [value] if value else []
        return [_written(each) for each in found if each][:MOST_STEPS]

    @field_validator("analysis", mode="before")
    @classmethod
    def _analysis(cls, value: object) -> str:
        return _written(value) if value else ""

    @field_validator("move", mode="before")
    @classmethod
    def _move(cls, value: object) -> str:
        return str(value or "").strip().lower()

    @field_validator("moves", mode="before")
    @classmethod
    def _moves(cls, value: object) -> int:
        return min(max(1, value), MOST_MOVES) if isinstance(value, int) else 1

    def restored(self, veil: Veil) -> Draft:
        """The reply with the real values in place of the tokens."""
        texts = {name: veil.restore(getattr(self, name)) for name in ("reading", "message")}
        data = {"steps": [_restored(each, veil) for each in self.steps], "analysis": _restored(self.analysis, veil)}
        options = [veil.restore(option) for option in self.options]
        return self.model_copy(update={**texts, **data, "options": options, "code": veil.restore_code(self.code)})

    def plan(self) -> Plan:
        """The reply as the strategist's record."""
        kind = PlanKind(self.kind)
        return Plan(
            kind=kind,
            reading=self.reading,
            message=self.message,
            options=tuple(self.options),
            steps=tuple(parsed_steps(self.steps)) if kind is PlanKind.TRANSFORM else (),
            analysis=json.loads(self.analysis) if kind is PlanKind.ANALYSIS else {},
            move=Move(self.move) if kind is PlanKind.HISTORY else None,
            moves=self.moves,
            intent={CODE: self.code} if kind is PlanKind.ANALYSE else {},
        )

    @model_validator(mode="after")
    def _whole(self) -> Draft:
        match self.kind:
            case "analyse":
                check_code(self.code)
            case "transform":
                parsed_steps(self.steps)
            case "analysis":
                _registered(self.analysis, "analysis", analyses.parse)
            case "history":
                if self.move not in list(Move):
                    raise ValueError(f"the move must be one of {', '.join(Move)}")
            case _ if not self.message:
                raise ValueError(f'the message is missing, which "{self.kind}" needs')
        return self


class Telling(BaseModel):
    """A model's words about a table, and what it would ask next."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    text: str = ""
    questions: list[str] = []

    @field_validator("text", mode="before")
    @classmethod
    def _text(cls, value: object) -> str:
        return _line("" if value is None else str(value), LONGEST_TELLING)

    @field_validator("questions", mode="before")
    @classmethod
    def _questions(cls, value: object) -> list[str]:
        found = value if isinstance(value, list) else []
        return [_line(str(each), LONGEST["options"]) for each in found if each][:MOST_QUESTIONS]

    @model_validator(mode="after")
    def _whole(self) -> Telling:
        if not self.text:
            raise ValueError("the text is missing")
        return self


def parsed_steps(texts: Sequence[str]) -> list[Any]:
    """The steps in a reply. Raises: ValueError, with the reason and how such a step is written."""
    if not texts:
        raise ValueError('the steps are missing, which "transform" needs')
    return [_registered(text, "step", steps.parse) for text in texts]


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


def _registered(text: str, what: str, parse: Any) -> Any:
    """What the registry makes of a JSON object. Raises: ValueError."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError(f"the {what} is no JSON object") from None
    kind = str(data.get("kind", "")) if isinstance(data, dict) else ""
    try:
        return parse(data)
    except BadInput as error:
        hint = catalog.schemas([kind])
        raise ValueError(
            f"{error.message} {'It is written so: ' + hint if hint else 'There is no such kind'}"
        ) from None


def _written(value: object) -> str:
    """A step or an analysis as JSON text, whether it came as an object or as text."""
    if isinstance(value, str):
        try:
            value = json.loads(_unfenced(value))
        except (ValueError, RecursionError):
            return str(value)
    if isinstance(value, dict):
        value = {name: each for name, each in value.items() if name not in DROPPED}
    return json.dumps(value, ensure_ascii=False)


def _restored(text: str, veil: Veil) -> str:
    """The JSON text with the real values in its texts; within code as code has them."""
    return json.dumps(_real(json.loads(text), veil), ensure_ascii=False) if text else ""


def _real(value: Any, veil: Veil, name: str = "") -> Any:
    if isinstance(value, dict):
        return {veil.restore(str(key)): _real(each, veil, str(key)) for key, each in value.items()}
    if isinstance(value, list):
        return [_real(each, veil) for each in value]
    if isinstance(value, str):
        return veil.restore_code(value) if name == CODE else veil.restore(value)
    return value


def _unfenced(code: str) -> str:
    """The code without a Markdown fence around it."""
    fenced = re.fullmatch(r"\s*```[a-zA-Z]*[ \t]*\n(.*?)\n?[ \t]*```\s*", code, re.DOTALL)
    return (fenced[1] if fenced else code).strip("\r\n")


def _line(text: str, longest: int) -> str:
    """The text on one line, printable, cut."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= longest else line[: longest - 1] + "…"
