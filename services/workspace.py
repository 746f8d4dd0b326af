"""The one door to data: a signed-in member acting in a team."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final
from uuid import uuid4

from pydantic import JsonValue

from services.access import Role
from services.backends.circle_rows import CircleRows
from services.backends.connection_rows import ConnectionRows
from services.backends.connections import Connections
from services.backends.dashboard_rows import DashboardRows
from services.backends.database import Database
from services.backends.definition_rows import DefinitionRows
from services.backends.engine import Engine
from services.backends.keyring import Keyring
from services.backends.leftovers import Leftovers
from services.backends.mail import Mail
from services.backends.parts import Parts
from services.backends.passwords import Passwords
from services.backends.people_rows import PeopleRows
from services.backends.pin_rows import PinRows
from services.backends.readers.readers import Readers
from services.backends.report_rows import ReportRows
from services.backends.rows import Rows
from services.backends.run_cache import RunCache
from services.backends.session_rows import SessionRows
from services.backends.sight import EVERYWHERE, Reach, Sight
from services.backends.tabs import Tabs
from services.backends.team_rows import TeamRows
from services.backends.throttle_rows import ThrottleRows
from services.backends.token_rows import TokenRows
from services.backends.typesetting import Press
from services.backends.upload_rows import UploadRows
from services.backends.usage_rows import UsageRows
from services.circles import Audience, Right, Share
from services.domain import Job, ModelChoice, Team, User
from services.errors import BadInput, Forbidden, NotFound
from services.protocols import Analyst, Executor, JobRunner, Storage
from services.settings import Settings

LOCAL_USER = User(id="local", name="You")
NOBODY: Final = User(id="", name="Somebody with the link")
LOCAL_TEAM = Team(id="local", name="This computer")
VISITOR_SECONDS = 20.0
STANDING_SECONDS: Final = 1.0
"""How old the answer may be to whether somebody may still do what they could when the page was drawn."""


def _none(choice: ModelChoice) -> Analyst:
    raise BadInput(f"Models of {choice.provider} cannot be asked here.", "Use the built-in analyst.")


@dataclass(frozen=True)
class Backends:
    """What reaches the outside world, made once for the process by `wiring.connect`."""

    settings: Settings
    database: Database
    storage: Storage
    parts: Parts
    engine: Engine
    leftovers: Leftovers
    readers: Readers
    press: Press
    sandbox: Executor
    analysts: Mapping[str, Analyst]
    """By name; "builtin" is always there."""
    runner: JobRunner
    connections: Connections
    signing_key: bytes = field(repr=False)
    """Signs tickets; the same for all processes on one home folder, and never shown."""

    keyring: Keyring = field(default_factory=Keyring, repr=False)
    """Models that people brought for their session, by the jobs that ask them."""
    analyst_of: Callable[[ModelChoice], Analyst] = field(default=_none, repr=False)
    """What asks such a model."""
    runs: RunCache = field(default_factory=lambda: RunCache(0), repr=False)
    """What code gave on versions before."""
    passwords: Passwords = field(default_factory=Passwords, repr=False)
    tabs: Tabs = field(default_factory=Tabs, repr=False)

    @property
    def mail(self) -> Mail:
        """What sends mail. Raises: BadInput, when its address is none."""
        return Mail(self.settings.smtp_url.get_secret_value(), self.settings.mail_from)

    @property
    def people(self) -> PeopleRows:
        """Who may sign in. Not bound to a team: only accounts and this module ask it."""
        return PeopleRows(self.database)

    @property
    def sessions(self) -> SessionRows:
        """Which browsers are signed in; likewise."""
        return SessionRows(self.database)

    @property
    def throttles(self) -> ThrottleRows:
        """How often something was tried; likewise."""
        return ThrottleRows(self.database)

    @property
    def one_time(self) -> TokenRows:
        """Tokens that are good once; likewise."""
        return TokenRows(self.database)

    @property
    def dashboards(self) -> DashboardRows:
        """The dashboards of every team: only what refreshes those that are due asks it."""
        return DashboardRows(self.database, "", "", EVERYWHERE)

    @property
    def circles(self) -> CircleRows:
        """Who is in which team, and what is shared with whom. Not bound to a team, either."""
        return CircleRows(self.database)


class Standing:
    """What somebody still is in a workspace that was opened a while ago: a page may stay open for days."""

    def __init__(self, again: Callable[[], Workspace]) -> None:
        self._again, self._role, self._seen = again, Role.VIEWER, 0.0

    def role(self, *, at_once: bool) -> Role:
        """The role they have, `at_once` or a moment ago. Raises: Forbidden; NotFound, when a share has ended."""
        if at_once or time.monotonic() - self._seen > STANDING_SECONDS:
            self._role, self._seen = self._again().role, time.monotonic()
        return self._role


@dataclass(frozen=True)
class Workspace:
    """First argument of every verb. Holds who acts, in which team, and the door to the backends."""

    user: User
    team: Team
    role: Role
    backends: Backends
    share: Share | None = None
    """By which a guest came in; None for members of the team."""
    sight: Sight | None = None
    """How far they see, where that is not what a member sees."""
    standing: Standing | None = field(default=None, repr=False, compare=False)

    @property
    def rows(self) -> Rows:
        """The database as far as this team and person may see it."""
        return Rows(self.backends.database, self.team.id, self.user.id, self.sight)

    def for_upkeep(self) -> Workspace:
        """The same with the whole team in sight, what is private to others too: for the cleaner and the quota."""
        return replace(self, sight=self._whole)

    @property
    def members(self) -> TeamRows:
        """The team itself, and what it shares."""
        return TeamRows(self.backends.database, self.team.id, self.user.id, self.sight)

    @property
    def usage(self) -> UsageRows:
        """What the team uses, and may use. Counted over everybody."""
        return UsageRows(self.backends.database, self.team.id, self.user.id, self._whole)

    @property
    def via(self) -> str:
        """Id of the share a guest came in by, or ""."""
        return self.share.id if self.share else ""

    def begin(self, kind: str, subject_id: str = "", body: Mapping[str, JsonValue] | None = None) -> Job:
        """A new job of this person, who may do what they may do here; it is its own subject where none is named."""
        job_id = uuid4().hex
        job = Job(
            id=job_id,
            team_id=self.team.id,
            kind=kind,
            subject_id=subject_id or job_id,
            body=dict(body or {}),
            share_id=self.via,
            created_by=self.user.id,
            created_at=datetime.now(UTC),
        )
        self.rows.add_job(job)
        self.backends.runner.submit(job.id)
        return job

    @property
    def is_alone(self) -> bool:
        """Whether this is the person's own workspace, in which there are no others."""
        return self.team.id == self.user.id

    @property
    def _whole(self) -> Sight:
        return Sight(self.team.id, self.user.id, Reach.WHOLE)

    @property
    def uploads(self) -> UploadRows:
        """The uploads in it, seen likewise."""
        return UploadRows(self.backends.database, self.team.id, self.user.id, self.sight)

    @property
    def reports(self) -> ReportRows:
        """The reports that are kept, seen likewise."""
        return ReportRows(self.backends.database, self.team.id, self.user.id, self.sight)

    @property
    def pins(self) -> PinRows:
        """What was pinned, seen likewise."""
        return PinRows(self.backends.database, self.team.id, self.user.id, self.sight)

    @property
    def dashboards(self) -> DashboardRows:
        """The dashboards, seen likewise."""
        return DashboardRows(self.backends.database, self.team.id, self.user.id, self.sight)

    @property
    def definitions(self) -> DefinitionRows:
        """The words of the team. Guests see none."""
        return DefinitionRows(self.backends.database, self.team.id, self.user.id, self.sight)

    @property
    def connections(self) -> ConnectionRows:
        """The connections of the team."""
        return ConnectionRows(self.backends.database, self.team.id, self.user.id, self.sight)


def open_workspace(
    backends: Backends, user_id: str | None, team_id: str | None = None, share_id: str = "", *, closed: bool = False
) -> Workspace:
    """The workspace of a signed-in person in this team; without one, the person's own; with a share, a guest's.

    `closed` opens a team that was deactivated, too: for somebody who leaves for good and takes along what is theirs.
    Raises: Forbidden, when nobody is signed in, the person may not come in, or is not in the team, or it was
    deactivated; NotFound, when the share has ended or is not with them.
    """
    user = _known(backends, user_id)
    if share_id:
        return _as_guest(backends, user, backends.circles.share(share_id))
    again = Standing(lambda: open_workspace(backends, user_id, team_id, closed=closed))
    own = LOCAL_TEAM if user is LOCAL_USER else Team(id=user.id, name=user.name)
    if team_id in (None, own.id):
        return Workspace(user, own, Role.OWNER, _confined(backends) if user.is_visitor else backends, standing=again)
    role, team = backends.circles.role(user.id, team_id or ""), backends.circles.team(team_id or "")
    if role is None or team is None:
        raise Forbidden("You are not in this team.", "Ask an admin of the team to invite you.")
    if not team.active and not closed:
        raise Forbidden(f"The team “{team.name}” was deactivated.", "Ask whoever runs this server.")
    return Workspace(user, team, role, backends, standing=again)


def open_others(ws: Workspace) -> list[Workspace]:
    """Every other space there is, for the cleaner on the command line: who runs that can read the files anyway.

    Raises: Forbidden, where people sign in.
    """
    if _local(ws.backends) is None:
        raise Forbidden("Nobody may open every space here.", "Use the command line.")
    others = (each for each in ws.backends.people.spaces() if each != ws.team.id)
    return [Workspace(ws.user, Team(id=each, name=each), Role.OWNER, ws.backends) for each in others]


def open_link(backends: Backends, token: str) -> Workspace:
    """What a published link shows, to whoever has it. Raises: NotFound, when it has ended."""
    return _as_guest(backends, NOBODY, backends.circles.link(hashlib.sha256(token.encode()).hexdigest()))


def _as_guest(backends: Backends, user: User, share: Share | None) -> Workspace:
    """Looking at one thing of another's, with no more rights than the share gives."""
    now = datetime.now(UTC)
    is_over = share is None or (share.expires_at is not None and share.expires_at <= now)
    place = None if share is None or is_over else backends.circles.place(share)
    if share is None or place is None or not _is_with(backends, share, user, now):
        raise NotFound("This is not shared with you, or not any more.", "Ask whoever shared it.")
    dataset_id, conversation_id = place
    other = "" if dataset_id else share.object_id
    sight = Sight(share.team_id, user.id, Reach.GUEST, dataset_id, conversation_id, other)
    team = backends.circles.team(share.team_id) or Team(id=share.team_id, name="")
    if not team.active:
        raise NotFound("This is not shared with you, or not any more.", "Ask whoever shared it.")
    role = Role.MEMBER if share.right is Right.EDIT and user.id else Role.VIEWER
    again = Standing(lambda: _as_guest(backends, _again(backends, user), backends.circles.share(share.id)))
    return Workspace(user, team, role, backends, share, sight, again)


def _is_with(backends: Backends, share: Share, user: User, now: datetime) -> bool:
    if share.audience is Audience.LINK:
        return user is NOBODY
    return bool(user.id) and backends.circles.reaches(share, user.id, now)


def _again(backends: Backends, user: User) -> User:
    return user if user is NOBODY else _known(backends, user.id)


def _known(backends: Backends, user_id: str | None) -> User:
    """Raises: Forbidden."""
    if user_id is None:
        raise Forbidden("You are not signed in.", "Sign in and try again.")
    user = _local(backends) if user_id == LOCAL_USER.id else backends.people.user(user_id)
    if user is None or not user.active:
        raise Forbidden("This person is not known here.", "Ask the owner of this server for an account.")
    return user


def _confined(backends: Backends) -> Backends:
    """The same with what a visitor may use: little room, short runs, and nobody's paid model."""
    given = backends.settings
    small = {
        "upload_mb": min(given.upload_mb, given.visitor_mb),
        "quota_mb": min(given.quota_mb, given.visitor_mb),
        "run_seconds": min(given.run_seconds, VISITOR_SECONDS),
        "analyst": "builtin",
    }
    return replace(backends, settings=given.model_copy(update=small))


def _local(backends: Backends) -> User | None:
    """The local user, where there are no accounts."""
    return LOCAL_USER if backends.settings.sign_in == "local" else None
