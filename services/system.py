"""How this installation runs: what contains the code, who answers."""

from __future__ import annotations

from sandbox.messages import Status
from services.access import Action, requires
from services.workspace import Workspace


@requires(Action.SYSTEM_READ)
def containment(ws: Workspace) -> Status:
    """What holds generated code on this machine. Takes seconds before the first run of the process."""
    return ws.backends.sandbox.status()
