"""The one door to data: a signed-in member acting in a team."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from services.access import Role
from services.backends.connection_rows import ConnectionRows
from services.backends.connections import Connections
from services.backends.database import Database
from services.backends.engine import Engine
from services.backends.leftovers import Leftovers
from services.backends.mail import Mail
from services.backends.parts import Parts
from services.backends.passwords import Passwords
from services.backends.people_rows import PeopleRows
from services.backends.readers.readers import Readers
from services.backends.rows import Rows
from services.backends.session_rows import SessionRows
from services.backends.throttle_rows import ThrottleRows
from services.backends.token_rows import TokenRows
from services.backends.typesetting import Press
from services.backends.upload_rows import UploadRows
from services.domain import Team, User
from services.errors import Forbidden
from services.protocols import Analyst, Executor, JobRunner, Storage
from services.settings import Settings

LOCAL_USER = User(id="local", name="You")
LOCAL_TEAM = Team(id="local", name="This computer")
VISITOR_SECONDS = 20.0


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

    passwords: Passwords = field(default_factory=Passwords, repr=False)

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


@dataclass(frozen=True)
class Workspace:
    """First argument of every verb. Holds who acts, in which team, and the door to the backends."""

    user: User
    team: Team
    role: Role
    backends: Backends

    @property
    def rows(self) -> Rows:
        """The database as far as this team and person may see it."""
        return Rows(self.backends.database, self.team.id, self.user.id)

    @property
    def uploads(self) -> UploadRows:
        """The uploads in it, seen likewise."""
        return UploadRows(self.backends.database, self.team.id, self.user.id)

    @property
    def connections(self) -> ConnectionRows:
        """The connections of the team."""
        return ConnectionRows(self.backends.database, self.team.id, self.user.id)


def open_workspace(backends: Backends, user_id: str | None, team_id: str | None = None) -> Workspace:
    """The workspace of a signed-in person in this team; without one, the person's own.

    Raises: Forbidden, when nobody is signed in, the person may not come in, or is not in the team.
    """
    if user_id is None:
        raise Forbidden("You are not signed in.", "Sign in and try again.")
    user = _local(backends) if user_id == LOCAL_USER.id else backends.people.user(user_id)
    if user is None or not user.active:
        raise Forbidden("This person is not known here.", "Ask the owner of this server for an account.")
    team = LOCAL_TEAM if user is LOCAL_USER else Team(id=user.id, name=user.name)
    if team_id not in (None, team.id):
        raise Forbidden("You are not in this team.", "Ask an admin of the team to invite you.")
    return Workspace(user, team, Role.OWNER, _confined(backends) if user.is_visitor else backends)


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
