"""The nouns of what is kept of answers: pins, and the dashboards they stand on. `services.domain` passes them on."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field, JsonValue

from sandbox.messages import Output
from services.facts import Fact


class Kept(Fact):
    """What an answer gave, or one output of it, with all it takes to make it again."""

    question: str
    """What was asked, or the analysis in words."""
    text: str = ""
    outputs: tuple[Output, ...] = ()
    code: str = ""
    caveats: tuple[str, ...] = ()
    analyst: str = ""
    """Who wrote the code: "builtin", "model", or "analysis"."""
    analysis: dict[str, JsonValue] = Field(default_factory=dict)
    """The analysis as data, without what it learned; empty where somebody asked in words."""
    only: int | None = None
    """Which of the outputs of the answer was kept, from 0; None: the whole answer."""


class Pin(Fact):
    """An answer, or one chart, table or value of it, that was kept with the version it was read from."""

    id: str
    team_id: str
    name: str
    dataset_id: str
    version_id: str
    conversation_id: str
    turn_id: str
    """Where it came from."""
    kept: Kept
    created_by: str
    created_at: datetime

    @property
    def kind(self) -> str:
        """ "answer", or what the one output is: "figure", "table", "value", "text", "image"."""
        return "answer" if self.kept.only is None or not self.kept.outputs else self.kept.outputs[0].kind
