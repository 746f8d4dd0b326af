"""Connections: folders, buckets and databases that data is read from where it lies."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import uuid4

from services import labels
from services.access import Action, requires
from services.domain import Address, Connection, Job, ReadReport, TableThere
from services.making import Maker
from services.protocols import Progress
from services.workspace import Workspace

JOB_KIND: Final = "connection"
SPEAK_SECONDS: Final = 0.5
"""Time between two notes of how much has come."""


@requires(Action.CONNECTION_ADD)
def add(ws: Workspace, name: str, address: Address, *, check: bool = True) -> Connection:
    """The new connection; what opens it is kept encrypted and never shown again.

    Without `check` it is kept although nobody has looked yet what is there. Raises: BadInput, when the address is none
    or not allowed; NotFound; Unavailable, when what it names does not let us in.
    """
    kind, location = ws.backends.connections.describe(address)
    if check:
        ws.backends.connections.tables(address)
    connection = Connection(
        id=uuid4().hex,
        team_id=ws.team.id,
        name=labels.name(name),
        kind=kind,
        location=location,
        created_by=ws.user.id,
        created_at=datetime.now(UTC),
    )
    ws.connections.add(connection, ws.backends.connections.vault.seal(address))
    return connection


@requires(Action.CONNECTION_READ)
def list_all(ws: Workspace) -> list[Connection]:
    """The connections of the team, newest first."""
    return ws.connections.all()


@requires(Action.CONNECTION_READ)
def get(ws: Workspace, connection_id: str) -> Connection:
    """Raises: NotFound."""
    return ws.connections.get(connection_id)


@requires(Action.CONNECTION_USE)
def test(ws: Workspace, address: Address) -> int:
    """The number of files, objects or tables at an address that is not kept yet.

    Raises: AppError, when it cannot be looked at.
    """
    ws.backends.connections.describe(address)
    return len(ws.backends.connections.tables(address))


@requires(Action.CONNECTION_USE)
def tables(ws: Workspace, connection_id: str) -> list[TableThere]:
    """The files, objects or tables there now. Raises: NotFound; BadInput; Unavailable."""
    return ws.backends.connections.tables(_address(ws, connection_id))


@requires(Action.CONNECTION_USE)
def read(ws: Workspace, connection_id: str, table: str = "", statement: str = "", name: str = "") -> Job:
    """A job that makes a dataset of a table that is there, or of what one SELECT gives.

    The job goes on when the person leaves; once it is done, `datasets.created(ws, job.id)` has the dataset.
    Raises: NotFound.
    """
    connection = ws.connections.get(connection_id)
    called = labels.name(name) if name.strip() else labels.title(table or connection.name)
    return ws.begin(
        JOB_KIND, body={"connection_id": connection.id, "table": table, "statement": statement, "name": called}
    )


def fetch(ws: Workspace, job_id: str, progress: Progress) -> None:
    """The work of a job that `read` has made: the dataset is there whole, or nothing is. Raises: AppError."""
    body = {key: str(value) for key, value in ws.rows.job(job_id).body.items()}
    connection = ws.connections.get(body["connection_id"])
    address = _address(ws, connection.id)
    told = Told(progress, body["name"])

    def write(target: Path) -> ReadReport:
        return ws.backends.connections.read(address, body["table"], body["statement"], target, told.bytes)

    progress.stage(f"Reading {body['name']}")
    origin = f"From {connection.name}: {connection.location}"[: labels.DESCRIPTION_CHARS]
    dataset = Maker(ws).add(body["name"], origin, write)
    ws.rows.note_outcome(job_id, [dataset.id])


@requires(Action.CONNECTION_REMOVE)
def remove(ws: Workspace, connection_id: str) -> None:
    """Forgets the connection and what opens it; datasets read from it stay. Raises: NotFound."""
    ws.connections.remove(connection_id)


class Told:
    """Tells the person how much has come, not too often."""

    def __init__(self, progress: Progress, name: str) -> None:
        self._progress, self._name, self._last = progress, name, 0.0

    def bytes(self, count: int) -> None:
        """Raises: Stopped."""
        self._progress.check()
        if time.monotonic() - self._last >= SPEAK_SECONDS:
            self._last = time.monotonic()
            self._progress.stage(f"Reading {self._name}: {count / 1e6:,.0f} MB so far")


def _address(ws: Workspace, connection_id: str) -> Address:
    return ws.backends.connections.vault.open(ws.connections.sealed(connection_id))
