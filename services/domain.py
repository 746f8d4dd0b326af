"""Every noun of the product, frozen. Read this first."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Final

from pydantic import Field, JsonValue

from sandbox.messages import Output, RunError, RunStatus
from services.asked import (
    Answer,
    Attempt,
    Conversation,
    Definition,
    Effect,
    Exchange,
    Feedback,
    Mode,
    Move,
    Plan,
    PlanKind,
    Turn,
    TurnStatus,
    Verdict,
)
from services.boards import Kept as Kept  # passed on
from services.boards import Pin as Pin
from services.checklist import Check, Outcome
from services.circles import Activity, ObjectKind, Visibility
from services.code.personal import PersonalKind
from services.code.personal.kinds import WORDS as KIND_WORDS
from services.code.steps import Step
from services.conditions import Comparison, Condition, Fact, View
from services.effects import (
    CellsChanged,
    ColumnMatch,
    Consequence,
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
    Correlation,
    Count,
    Coverage,
    Dismissal,
    Drift,
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
)
from services.freshness import Change as Change
from services.freshness import Changes as Changes
from services.models import ModelChoice, Provider, Sight
from services.noun import Noun
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
    meanings: dict[str, Meaning] = Field(default_factory=dict)
    """What a person said columns are for, by the column's name."""
    dismissed: tuple[Dismissal, ...] = ()
    """The alerts that a person put aside."""
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
    body: dict[str, JsonValue] = Field(default_factory=dict)
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
