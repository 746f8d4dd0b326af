"""What every kind of analysis has: fields that a form can edit, the facts it wants, and the code it writes."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from services.errors import BadInput

SEED: Final = 20_240
"""Where chance is used, the same numbers come out each time; the seed stands in the code."""


class Evidence(BaseModel):
    """One assumption of a method, what the data say about it, and whether it holds."""

    model_config = ConfigDict(frozen=True)

    assumption: str
    found: str
    holds: bool


class MethodChoice(BaseModel):
    """The method for a question and why; or why none is right, and what to do instead."""

    model_config = ConfigDict(frozen=True)

    method: str = ""
    """Name of a method; empty when none is right."""
    refusal: str = ""
    """Why not, in two or three words that stay the same: "too few"."""
    reason: str
    """One sentence."""
    hint: str = ""
    assumptions: tuple[Evidence, ...] = ()


class AnalysisBase(BaseModel):
    """One reading of a table, as data. All it does is write code that assigns `result`."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    GROUP: ClassVar[str] = ""
    """Under which heading it is offered."""
    TITLE: ClassVar[str] = ""
    """What it is called there: "Compare groups"."""
    LONG: ClassVar[bool] = False
    """Whether it may take minutes: it gets the time of fitting models, and what it prints tells how far it is."""

    learned: dict[str, JsonValue] = {}
    """What `fit_code` found, so that the same method is written again."""

    def columns(self) -> tuple[str, ...]:
        """The columns it reads."""
        raise NotImplementedError

    def fit_code(self) -> str:
        """Code that assigns the facts a method is chosen by to `result`, a dict; "" when none are needed."""
        return ""

    def choose(self) -> MethodChoice:
        """The method that is right by what was learned."""
        return MethodChoice(method=str(self.model_dump()["kind"]), reason="")

    def to_code(self) -> str:
        """Code as an expert would write it. Raises: BadInput, when no method is right."""
        raise NotImplementedError

    def describe(self) -> str:
        """The question in one plain phrase: "Compare price between regions"."""
        raise NotImplementedError


def column(title: str, *kinds: str, description: str = "", default: Any = ...) -> Any:
    """A field that names a column; `kinds` are those a form offers: number, yes/no, category, date, any."""
    return Field(default, title=title, description=description, json_schema_extra={"columns": list(kinds)})


def right(choice: MethodChoice) -> str:
    """The method. Raises: BadInput, when none is right."""
    if not choice.method:
        raise BadInput(choice.reason, choice.hint)
    return choice.method


def quoted(name: str) -> str:
    """The name in quotation marks on one line, cut."""
    shown = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    return f"“{shown if len(shown) <= 60 else shown[:59] + '…'}”"
