"""Which layers hold a run, in words."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from typing import Any, Final

from sandbox.messages import Layer, Level, Status

SUMMARIES: Final = {
    Level.FILES: "the kernel lets code read the libraries and nothing else, and do nothing outside its process",
    Level.CLOSED: "the kernel lets code open no file at all, and do nothing outside its process",
    Level.PROCESS: "a process of its own with limits, and nothing more: no place for code that nobody has read",
}


def status(level: str, layers: Sequence[Sequence[Any]]) -> Status:
    """The status as the warm process told it."""
    found = Level(level)
    told = tuple(Layer(name=name, active=active, note=note) for name, active, note in layers)
    return Status(level=found, summary=SUMMARIES[found], layers=told, system=platform.platform())


def process_only(why: str) -> Status:
    """The status where nothing but a process of its own holds a run."""
    layers = [
        ("own process", True, "an interpreter of its own for each run"),
        ("clean environment and descriptors", True, ""),
        ("resource limits", True, "as far as the system knows them"),
        ("kernel file rules (Landlock)", False, why),
        ("kernel call filter (seccomp)", False, why),
    ]
    return status(Level.PROCESS, layers)
