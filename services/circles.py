"""The nouns of teams, of sharing, and of use and its limits. `services.domain` passes them on."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Final

from services.access import Role as Role  # passed on
from services.conditions import Fact


class Visibility(StrEnum):
    """Who in its own team sees a thing."""

    PRIVATE = "private"
    TEAM = "team"


class ObjectKind(StrEnum):
    """What can be shared. Each kind has a row in `services.backends.sight.SHARED`."""

    DATASET = "dataset"
    CONVERSATION = "conversation"
    DASHBOARD = "dashboard"
    REPORT = "report"


class Right(StrEnum):
    """What somebody may do with a thing that was shared with them."""

    VIEW = "view"
    EDIT = "edit"


class Audience(StrEnum):
    """Whom a thing is shared with."""

    PERSON = "person"
    TEAM = "team"
    EVERYONE = "everyone"
    """All who are signed in on this server."""
    LINK = "link"
    """Whoever has the link, signed in or not."""


class Share(Fact):
    """A thing of one team, shared with somebody outside it, or with one person in it."""

    id: str
    team_id: str
    kind: ObjectKind
    object_id: str
    audience: Audience
    audience_id: str = ""
    """Of the person or the team; empty for everyone and for a link."""
    right: Right = Right.VIEW
    expires_at: datetime | None = None
    """From when on it is worth nothing; None: it lasts until it is taken back."""
    created_by: str
    created_at: datetime


class Shared(Fact):
    """A share as the person it is shared with sees it."""

    share: Share
    name: str
    """What the thing is called."""
    team: str
    by: str
    """Names of the team it belongs to, and of who shared it."""


class SharedVersion(Fact):
    """Which state of a table a shared thing shows."""

    dataset: str
    rows: int
    columns: int
    note: str
    created_at: datetime


class Invitation(Fact):
    """A link that lets one person into a team, once. The link itself is known only to whoever it was given to."""

    id: str
    team_id: str
    role: Role
    expires_at: datetime
    used_by: str = ""
    """Who came in by it; empty while it is open."""
    created_by: str
    created_at: datetime


class Member(Fact):
    """Somebody in a team, with the name to show."""

    user_id: str
    name: str
    email: str = ""
    role: Role
    active: bool = True
    joined_at: datetime


class Measure(StrEnum):
    """What is limited."""

    STORAGE = "storage"
    QUESTIONS = "questions"
    TOKENS = "tokens"
    RUNS = "runs"


class Limits(Fact):
    """Most that one person, or a team as a whole, may use; None is no limit."""

    storage_mb: int | None = None
    questions_a_day: int | None = None
    tokens_a_month: int | None = None
    runs_at_once: int | None = None

    def over(self, other: Limits) -> Limits:
        """These, and where they say nothing, the others."""
        mine = self.model_dump()
        return Limits(**{name: other.model_dump()[name] if value is None else value for name, value in mine.items()})


WHOLE_TEAM: Final = ""
EACH: Final = "*"
"""In place of a person's id, where limits are kept: the team as a whole, and everybody in it."""


class Usage(Fact):
    """What somebody has used: questions and tokens and seconds of work in a time, and storage in bytes now."""

    user_id: str = ""
    """Empty for the team as a whole."""
    questions: int = 0
    tokens: int = 0
    seconds: float = 0.0
    bytes: int = 0


class Group(Fact):
    """A team as whoever runs the server sees it."""

    id: str
    name: str
    owner: str
    """The name of who owns it."""
    members: int
    created_at: datetime
    active: bool = True
    """Whether anybody may open it."""
    bytes: int = 0
    """What it keeps."""
    limits: Limits = Limits()
    """What it may use as a whole."""


class WishStatus(StrEnum):
    OPEN = "open"
    GRANTED = "granted"
    DECLINED = "declined"


class Wish(Fact):
    """Somebody at a limit asks for more."""

    id: str
    team_id: str
    user_id: str
    measure: Measure
    reason: str = ""
    status: WishStatus = WishStatus.OPEN
    decided_by: str = ""
    created_at: datetime


class Activity(Fact):
    """One audit record: who did what to which object."""

    id: str
    team_id: str
    user_id: str
    action: str
    subject_id: str
    label: str = ""
    """What the object was called then; empty where it has no name."""
    created_at: datetime
