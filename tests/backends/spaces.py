"""A workspace on a real database, without a sandbox: for verbs that only read and write rows."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sandbox.messages import RunRequest, RunResult, RunStatus
from services.access import Role
from services.backends.connections import Bounds, Connections, Folders, Guard, Vault
from services.backends.database import Database
from services.backends.engine import Engine
from services.backends.job_rows import JobRows
from services.backends.leftovers import Leftovers
from services.backends.parts import Parts
from services.backends.readers.readers import Readers
from services.backends.runners import InlineRunner
from services.backends.storage import LocalStorage
from services.backends.typesetting import Press
from services.domain import Team, User
from services.protocols import JobRunner
from services.settings import Settings
from services.workspace import LOCAL_TEAM, LOCAL_USER, Backends, Workspace
from tests.doubles import CannedExecutor


def workspace(
    database: Database,
    runner: JobRunner | None = None,
    *,
    user: User = LOCAL_USER,
    team: Team = LOCAL_TEAM,
    role: Role = Role.OWNER,
) -> Workspace:
    """The workspace of this person; jobs run in `runner`."""
    home = Path(_home().name)
    backends = Backends(
        settings=Settings(home=home),
        database=database,
        storage=LocalStorage(home / "never-written"),
        parts=Parts(home / "never-written"),
        engine=Engine(),
        leftovers=Leftovers(home / "never-written"),
        readers=Readers(10),
        sandbox=CannedExecutor(_ok),
        analysts={},
        runner=runner or InlineRunner(JobRows(database)),
        connections=Connections(
            Readers(10), Folders(()), Guard(), Bounds(10**6, 10**4, 10, 5.0), home / "never-written", Vault(b"a key")
        ),
        signing_key=b"a key for tests",
        press=Press(),
    )
    return Workspace(user, team, role, backends)


@cache
def _home() -> TemporaryDirectory[str]:
    """A folder of this process, for what has to have a place; it goes when the process ends."""
    return TemporaryDirectory(prefix="red-pandas-spaces-")


def _ok(request: RunRequest) -> RunResult:
    return RunResult(id=request.id, status=RunStatus.OK)
