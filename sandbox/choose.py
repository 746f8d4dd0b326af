"""Which layers hold here: found out by putting them on in a child that then attacks them. Runs in the zygote."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from sandbox import child, kernel, landlock, lockdown, selftest
from sandbox.lockdown import Layers, Places
from sandbox.messages import Grant, Level, Limits

Told = list[tuple[str, bool, str]]
"""Name, whether it holds, and a note, for each layer."""
UNCHECKED: Final = "checked by the test at start"


@dataclass(frozen=True)
class Choice:
    """The layers every child puts on, and what to tell of them."""

    layers: Layers
    told: Told


def layers(empty: str, own_spaces: bool, without: Collection[str]) -> Choice:
    """The best level whose test at start finds nothing open. With `without`, what is left, untested."""
    if without:
        return _left(own_spaces, frozenset(without))
    problems: list[str] = []
    for found in _candidates(own_spaces):
        problem = _impossible(found.level) or _tried(found, empty)
        if not problem:
            return Choice(found, _told(found, _tried_before(problems)))
        problems.append(f"{_named(found)}: {problem}")
    nothing = Layers(spaces=own_spaces)
    return Choice(nothing, _told(nothing, f"none was kept out: {'; '.join(problems)}"))


def _candidates(own_spaces: bool) -> Iterator[Layers]:
    yield _at(Level.FILES, own_spaces)
    if sys.platform == "linux" and os.geteuid() == 0:
        yield replace(_at(Level.FILES, own_spaces), search=True)
    yield _at(Level.CLOSED, own_spaces)


def _named(found: Layers) -> str:
    """What a person may call this way of locking."""
    if found.level is Level.CLOSED:
        return "no file at all"
    return "file rules, folders searched with the server's right" if found.search else "file rules"


def _at(level: Level, own_spaces: bool) -> Layers:
    return Layers(level=level, landlock=level is Level.FILES, seccomp=True, spaces=own_spaces)


def _left(own_spaces: bool, without: frozenset[str]) -> Choice:
    level = Level.CLOSED if "files" in without else Level.FILES
    found = _at(level, own_spaces)
    found = replace(
        found,
        limits="limits" not in without,
        landlock=found.landlock and "landlock" not in without,
        seccomp="seccomp" not in without,
        user="user" not in without,
        search=level is Level.FILES and not _is_shared(os.__file__),
    )
    return Choice(found, _told(found, f"switched off: {', '.join(sorted(without))}"))


def _is_shared(path: str) -> bool:
    """Whether every user may reach the file."""
    return all(folder.stat().st_mode & 0o005 == 0o005 for folder in Path(path).resolve().parents)


def _impossible(level: Level) -> str:
    """Why the level cannot hold here, or nothing."""
    if kernel.machine() == "other":
        return "no call filter for this processor"
    if level is Level.FILES and landlock.version() < 1:
        return "the kernel has no file rules (Landlock)"
    return ""


def _tried(found: Layers, empty: str) -> str:
    """What a locked child could still do, or why it could not be locked; empty when all is well."""
    with tempfile.NamedTemporaryFile(prefix="red-pandas-canary-") as canary:
        canary.write(b"canary-canary-canary")
        canary.flush()
        Path(canary.name).chmod(0o644)
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            _attack(found, empty, canary.name, writing)
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            said = pipe.read()
        os.waitpid(pid, 0)
    return _verdict(found, said)


def _verdict(found: Layers, said: bytes) -> str:
    if not said:
        return "the child could not be locked"
    told = json.loads(said)
    if told["worked"]:
        return f"a locked child could {', '.join(told['worked'])}"
    if found.level is Level.FILES and not told["reads_library"]:
        return "installed packages cannot be read by the user of the child"
    return ""


def _attack(found: Layers, empty: str, canary: str, report: int) -> None:
    """In a child of its own: locks itself and says what still works. Does not return."""
    try:
        child.detach()
        caps = Limits(memory_mb=selftest.MEMORY_MB, cpu_seconds=10).model_dump()
        used = child.prepare(empty, found, Places())
        lockdown.finish(found, Grant.ANSWER, caps, Places(), used)
        worked = selftest.successes(canary, tempfile.gettempdir())
        said = {"worked": worked, "reads_library": _reads_library()}
        os.write(report, json.dumps(said).encode())
    finally:
        os._exit(0)


def _reads_library() -> bool:
    import pandas as pd

    return _reads(pd.__file__) and _reads(os.__file__)


def _reads(path: str) -> bool:
    try:
        return len(Path(path).read_bytes()) > 0
    except OSError:
        return False


def _tried_before(problems: list[str]) -> str:
    return f"none worked; another way to lock was no use here ({'; '.join(problems)})" if problems else "none worked"


def _told(found: Layers, note: str) -> Told:
    linux = sys.platform == "linux"
    has_own_user = found.user and linux and os.geteuid() == 0
    return [
        ("own process", True, "forked from a warm process, killed with it"),
        ("clean environment and descriptors", True, ""),
        ("resource limits", found.limits, "memory, processor, file size, open files, wall clock"),
        ("own user", has_own_user, "" if has_own_user else "only where the server runs as root"),
        ("no new privileges", found.landlock or found.seccomp, ""),
        ("kernel file rules (Landlock)", found.landlock, f"interface {landlock.version()}" if linux else ""),
        ("kernel call filter (seccomp)", found.seccomp, kernel.machine()),
        ("own namespaces", found.spaces, "network, processes, shared memory" if found.spaces else "not allowed here"),
        ("attacks tried at start", found.level is not Level.PROCESS, note),
    ]
