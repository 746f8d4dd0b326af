"""Which layers hold a run, in words."""

from __future__ import annotations

import platform

from sandbox.messages import Layer, Level, Status


def process_only(why: str) -> Status:
    """The status where nothing but a process of its own holds a run."""
    layers = (
        Layer(name="own process", active=True),
        Layer(name="clean environment and descriptors", active=True),
        Layer(name="resource limits", active=True),
        Layer(name="kernel file rules (Landlock)", active=False, note=why),
        Layer(name="kernel call filter (seccomp)", active=False, note=why),
    )
    summary = "a process of its own with limits, and nothing more"
    return Status(level=Level.PROCESS, summary=summary, layers=layers, system=platform.platform())
