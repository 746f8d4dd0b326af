"""The one door to data: a signed-in member acting in a team."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.access import Role
from services.backends.connection_rows import ConnectionRows
from services.backends.connections import Connections
from services.backends.database import Database
from services.backends.engine import Engine
from services.backends.leftovers import Leftovers
from services.backends.parts import Parts
from services.backends.readers import Readers
from services.backends.rows import Rows
from services.backends.upload_rows import UploadRows
from services.domain import Team, User
from services.errors import Forbidden
from services.protocols import Analyst, Executor, JobRunner, Storage
from services.settings import Settings

LOCAL_USER = User(id="local", name="You")
LOCAL_TEAM = Team(id="local", name="This computer")


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
    sandbox: Executor
    analysts: Mapping[str, Analyst]
    """By name; "builtin" is always there."""
    runner: JobRunner
    connections: Connections
    signing_key: bytes = field(repr=False)
    """Signs tickets; the same for all processes on one home folder, and never shown."""


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


def open_workspace(backends: Backends, user_id: str | None) -> Workspace:
    """The workspace of a signed-in person.

    Raises: Forbidden, when nobody is signed in or the person is unknown.
    """
    if user_id is None:
        raise Forbidden("You are not signed in.", "Sign in and try again.")
    if user_id != LOCAL_USER.id:
        raise Forbidden("This person is not known here.", "Ask the owner of this server for an account.")
    return Workspace(LOCAL_USER, LOCAL_TEAM, Role.OWNER, backends)
