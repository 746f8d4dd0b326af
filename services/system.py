"""How this installation runs: what contains the code, who answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.messages import Status
from services.access import Action, requires
from services.errors import AppError
from services.workspace import Workspace


@dataclass(frozen=True)
class Part:
    """Something outside that this installation keeps its data in. `error` is empty while it answers."""

    name: str
    place: str
    error: str = ""


@requires(Action.SYSTEM_READ)
def containment(ws: Workspace) -> Status:
    """What holds generated code on this machine. Takes seconds before the first run of the process."""
    return ws.backends.sandbox.status()


@requires(Action.SYSTEM_READ)
def parts(ws: Workspace) -> list[Part]:
    """The database and the storage, where they are without anything secret, and whether they answer. Takes seconds."""
    database, storage = ws.backends.database, ws.backends.storage
    checks = (("Database", database.place, database.check), ("Files", storage.place, storage.check))
    return [Part(name, place, _trouble(check)) for name, place, check in checks]


def _trouble(check: Callable[[], None]) -> str:
    try:
        check()
    except AppError as error:
        return str(error)
    return ""
