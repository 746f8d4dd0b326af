"""Every noun of the product, frozen. Read this first."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict, JsonValue

from sandbox.messages import Output, RunError, RunStatus
from services.boards import Kept as Kept  # passed on
from services.boards import Pin as Pin
from services.checklist import Check, Outcome
from services.circles import Activity, ObjectKind, Visibility
from services.code.personal import PersonalKind
from services.code.personal.kinds import WORDS as KIND_WORDS
from services.code.steps import Step
from services.effects import (
    CellsChanged,
    ColumnMatch,
    Difference,
    Example,
    JoinKey,
    Misfit,
    Place,
    Recipe,
    RecipeColumn,
    Retyped,
    Suggestion,
)
from services.facts import (
    Alert,
    AlertKind,
    ColumnProfile,
    Comparison,
    Condition,
    Correlation,
    Count,
    Coverage,
    Drift,
    Fact,
    Gap,
    Histogram,
    Kind,
    Meaning,
    MissingPattern,
    Profile,
    Remedy,
    Semantic,
    Severity,
    TableDrift,
    View,
)
from services.people import Bound, Membership, Session, Team, User, Way
from services.sources import (
    Address,
    Allowance,
    Choice,
    ColumnOptions,
    Connection,
    ConnectionKind,
    DateOrder,
    DecimalMark,
    Detected,
    Reading,
    ReadOptions,
    ReadReport,
    Rejected,
    TableInFile,
    TableThere,
    Upload,
)

TABLE_NAME: Final = "df"
"""The variable that holds the open table in every snippet."""


class Noun(BaseModel):
    """A frozen record; changes are made with `model_copy(update=...)`."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_bytes="base64", val_json_bytes="base64")


class Finding(Noun):
    """Personal data found in a column. Nothing in it tells a whole value."""

    column: str
    kind: PersonalKind
    confidence: float
    """Between 0 and 1."""
    share: float
    """Share, between 0 and 1, of the looked-at values that hold it."""
    in_text: bool = False
    """Whether longer texts mention it, rather than each value being it."""
    examples: tuple[str, ...] = ()
    """A few values, masked."""


class Dataset(Noun):
    """A named table; `head_id` is the version it shows to everyone."""

    id: str
    team_id: str
    name: str
    description: str = ""
    head_id: str
    tags: tuple[str, ...] = ()
    meanings: dict[str, Meaning] = {}
    """What a person said columns are for, by the column's name."""
    visibility: Visibility = Visibility.TEAM
    deleted_at: datetime | None = None
    """When it was deleted; it can be restored until the cleaner removes it."""
    created_by: str
    created_at: datetime


class Version(Noun):
    """One immutable state of a dataset. The root has no parent and no step. `bytes` is the size in storage."""

    id: str
    dataset_id: str
    parent_id: str | None = None
    step: Step | None = None
    """The change that made it out of its parent."""
    turn_id: str = ""
    """The turn that made it; empty when a person did."""
    name: str = ""
    """What a person called this point of the history; empty for most."""
    stored: bool = True
    """Whether its file is there. A version that was dropped is made again from its parent when it is opened."""
    note: str = ""
    rows: int
    columns: tuple[str, ...]
    bytes: int
    content_hash: str
    storage_key: str
    created_by: str
    created_at: datetime


class LinkKind(StrEnum):
    """How a version was made from one of another dataset."""

    JOIN = "join"
    APPEND = "append"
    DERIVED = "derived"


class Link(Noun):
    """A version was made from a version of another dataset, which may be deleted since."""

    version_id: str
    source_id: str
    kind: LinkKind


class LineageLink(Noun):
    """A link between two datasets; an id is empty when that dataset is deleted."""

    dataset_id: str
    source_id: str
    link: Link


class SourceFile(Noun):
    """A file, and a dataset that was read from it."""

    upload_id: str
    filename: str
    dataset_id: str


class Lineage(Noun):
    """The datasets that hang together, what links them, and the files they were read from."""

    datasets: tuple[Dataset, ...]
    links: tuple[LineageLink, ...]
    files: tuple[SourceFile, ...] = ()


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
    analysis: dict[str, JsonValue] = {}
    """The analysis as data, of the kind of that name: what `services.code.analyses.parse` reads."""
    move: Move | None = None
    """Where to, of a move in history."""
    moves: int = 1
    """How many steps back or forward."""
    intent: dict[str, JsonValue] = {}
    """The analyst's own logical form; only that analyst reads it."""


class Effect(Noun):
    """What a step does to a version, found out by running it on the whole table."""

    sentence: str
    code: str
    difference: Difference
    printed: str = ""
    """What the code printed, such as how many values could not be read."""


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


class Exchange(Noun):
    """One call to a language model: the exact text that left the machine, and the reply."""

    model: str
    sent: str
    received: str
    hidden: dict[str, str] = {}
    """The real values, which did not leave the machine, by the tokens that stood for them in `sent`."""
    prompt_tokens: int = 0
    reply_tokens: int = 0
    seconds: float = 0.0


class TurnStatus(StrEnum):
    """Where a turn stands. The first two are not final."""

    QUEUED = "queued"
    RUNNING = "running"
    ANSWERED = "answered"
    CLARIFY = "clarify"
    PROPOSED = "proposed"
    REJECTED = "rejected"
    """A change was proposed, and the person did not want it."""
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


class JobStatus(StrEnum):
    """Where a job stands. The first two are not final."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"

    @property
    def is_final(self) -> bool:
        return self not in (JobStatus.QUEUED, JobStatus.RUNNING)


class Job(Noun):
    """A background task. A job whose `lease_until` has passed belongs to nobody and is marked interrupted."""

    id: str
    team_id: str
    kind: str
    subject_id: str
    status: JobStatus = JobStatus.QUEUED
    stage: str = ""
    """What it is doing now: "Writing code"."""
    text: str = ""
    """Streamed text so far."""
    share: float | None = None
    """How much is done, between 0 and 1, where that is known."""
    message: str = ""
    """What went wrong, as user text, when the status is failed."""
    hint: str = ""
    body: dict[str, JsonValue] = {}
    """What is to be done, where the subject alone does not say it, and what was found out; only that kind of job reads
    it."""
    outcome: tuple[str, ...] = ()
    """Ids of what was made: the datasets of a reading."""
    stop_requested: bool = False
    owner: str = ""
    """The process that runs it."""
    share_id: str = ""
    """The share by which a guest started it; empty for members of the team."""
    lease_until: datetime | None = None
    created_by: str
    created_at: datetime


class Applied(Noun):
    """A step was applied. Where the head did not follow, the version is a branch that can be made the head."""

    version: Version
    is_head: bool
