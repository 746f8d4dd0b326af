"""How the installation runs, as the settings page asks for it."""

from __future__ import annotations

from sandbox.messages import Level
from services import system
from services.workspace import Workspace


def test_containment_names_every_layer(ws: Workspace) -> None:
    status = system.containment(ws)
    assert status.level in set(Level)
    assert status.summary
    assert len(status.layers) >= 5
    assert any(layer.active for layer in status.layers)
