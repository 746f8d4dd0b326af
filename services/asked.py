"""The nouns of a question and all that follows. `services.domain` passes them on."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import Field, JsonValue

from sandbox.messages import Output, RunError, RunStatus
from services.checklist import Check
from services.circles import Visibility
from services.code.steps import Step
from services.effects import Consequence, Difference
from services.noun import Noun


class Conversation(Noun):
    """A thread of turns about one dataset, working on `version_id`."""

    id: str
    team_id: str
    dataset_id: str
    version_id: str
    tip_id: str = ""
    """The version at the end of its path: where redo leads. Empty when it never moved."""
    title: str
    visibility: Visibility = Visibility.TEAM
    created_by: str
    created_at: datetime


class PlanKind(StrEnum):
    """What a question asks for."""

    ANALYSE = "analyse"
    """Code that reads the table."""
    ANALYSIS = "analysis"
    """One of the analyses of the registry: a test, a model, a forecast, a chart of the gallery."""
    TRANSFORM = "transform"
    """A change of the data, which is tried and proposed."""
    HISTORY = "history"
    """A move of the conversation over the versions."""
    CLARIFY = "clarify"
    DECLINE = "decline"


class Move(StrEnum):
    """Where a conversation goes in the history of its table."""

    UNDO = "undo"
    REDO = "redo"
    START = "start"
    """The table as it was read."""


class Plan(Noun):
    """The strategist's record: how the question was understood."""

    kind: PlanKind
    reading: str = ""
    """The reading in words: "average price by region, highest first"."""
    message: str = ""
    """What to tell the person when it asks back or declines."""
    options: tuple[str, ...] = ()
    """Questions to offer instead, each one click away."""
    steps: tuple[Step, ...] = ()
    """The proposed change, of a transform, in the order in which it is done."""
    analysis: dict[str, JsonValue] = Field(default_factory=dict)
    """The analysis as data, of the kind of that name: what `services.code.analyses.parse` reads."""
    move: Move | None = None
    """Where to, of a move in history."""
    moves: int = 1
    """How many steps back or forward."""
    notes: tuple[str, ...] = ()
    """What was taken for granted in a change or an analysis, as sentences."""
    intent: dict[str, JsonValue] = Field(default_factory=dict)
    """The analyst's own logical form; only that analyst reads it."""


class Effect(Noun):
    """What a step does to a version, found out by running it on the whole table."""

    sentence: str
    code: str
    difference: Difference
    printed: str = ""
    """What the code printed, such as how many values could not be read."""
    consequences: tuple[Consequence, ...] = ()
    """What it does to pins and to the answers of the conversation."""


class Attempt(Noun):
    """The engineer's record: one piece of code and how it ended."""

    code: str
    status: RunStatus
    error: RunError | None = None
    stdout: str = ""
    seconds: float = 0.0
    peak_mb: float = 0.0
    problem: str = ""
    """What the tester found wrong; empty when the attempt stands."""
    unmet: tuple[str, ...] = ()
    """Names of the checks that it failed."""
    is_kept: bool = False
    """Whether the code had run on this version before, and what it gave then was taken."""


class Verdict(Noun):
    """The tester's record. `problem` is empty when the result is good."""

    problem: str = ""
    text: str = ""
    """One or two sentences that answer the question."""
    caveats: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    """How the result was made sure of."""
    suggestions: tuple[str, ...] = ()


class Answer(Noun):
    """What the person reads."""

    text: str
    outputs: tuple[Output, ...] = ()
    code: str = ""
    caveats: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    suggestions: tuple[str, ...] = ()
    effect: Effect | None = None
    """What a proposed change would do to every row."""
    defined: tuple[str, ...] = ()
    """The team's definitions that the question uses."""


class Exchange(Noun):
    """One call to a language model: the exact text that left the machine, and the reply."""

    model: str
    sent: str
    received: str
    hidden: dict[str, str] = Field(default_factory=dict)
    """The real values, which did not leave the machine, by the tokens that stood for them in `sent`."""
    prompt_tokens: int = 0
    reply_tokens: int = 0
    dollars: float | None = None
    """What it cost by the server's prices; None where they are not known."""
    seconds: float = 0.0


class Mode(StrEnum):
    """What is to be done with a question."""

    ANSWER = "answer"
    CODE = "code"
    """Write the code, and do not run it."""
    PLAN = "plan"
    """Show the plan first."""
    FRESH = "fresh"
    """Answer it anew, whatever was answered before."""
    HAND = "hand"
    """Run code that a person wrote or changed."""
    EXPLAIN = "explain"
    """Put in words what is known of the table; no code."""


class Feedback(Noun):
    """What a person said of an answer."""

    right: bool
    reason: str = ""
    verified: bool = False
    """Whether it was kept as an answer that others may rely on."""
    by: str
    at: datetime


class Definition(Noun):
    """A word of a team, and what it means: "revenue" is "price * units, without returns"."""

    id: str
    team_id: str
    term: str
    meaning: str
    created_by: str
    created_at: datetime

    @property
    def sentence(self) -> str:
        """ "revenue = price * units"."""
        return f"{self.term} = {self.meaning}"


class TurnStatus(StrEnum):
    """Where a turn stands. The first two are not final."""

    QUEUED = "queued"
    RUNNING = "running"
    ANSWERED = "answered"
    CLARIFY = "clarify"
    PLANNED = "planned"
    """The plan is shown, and waits to be approved."""
    PROPOSED = "proposed"
    REJECTED = "rejected"
    """A change or a plan was proposed, and the person did not want it."""
    DECLINED = "declined"
    FAILED = "failed"
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"

    @property
    def is_final(self) -> bool:
        return self not in (TurnStatus.QUEUED, TurnStatus.RUNNING)


class Turn(Noun):
    """One question and all that followed."""

    id: str
    conversation_id: str
    version_id: str
    question: str
    mode: Mode = Mode.ANSWER
    chosen: str = ""
    """The reading a person chose when asked back, or their words for a plan: asked in place of the question."""
    base_id: str = ""
    """The turn this one goes on from, where that is not the one before."""
    cached_id: str = ""
    """The turn whose answer this is, where the same was asked before."""
    tables: dict[str, str] = Field(default_factory=dict)
    """The versions of other datasets that were asked about too, by the variables that hold them."""
    feedback: Feedback | None = None
    status: TurnStatus = TurnStatus.QUEUED
    analyst: str = ""
    """Name of the analyst that answered: "builtin" or "model"."""
    plan: Plan | None = None
    attempts: tuple[Attempt, ...] = ()
    answer: Answer | None = None
    exchanges: tuple[Exchange, ...] = ()
    message: str = ""
    """What went wrong, as user text, when the status is failed."""
    hint: str = ""
    seconds: float = 0.0
    job_id: str = ""
    created_by: str = ""
    created_at: datetime
