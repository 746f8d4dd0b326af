"""The child locks itself down, one independent layer after the other; it ends where one does not hold."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sandbox import kernel, landlock, limits, seccomp
from sandbox.messages import Grant, Level

FIRST_USER: Final = 1_900_000_000
USERS: Final = 1_000_000
BASE: Final = secrets.randbelow(USERS)
"""Warm processes count their children from 1, each for itself: from different bases they give different users."""
NOBODY: Final = 65_534


@dataclass(frozen=True)
class Layers:
    """Which layers a child puts on. Tests switch single ones off."""

    level: Level = Level.PROCESS
    limits: bool = True
    landlock: bool = False
    seccomp: bool = False
    user: bool = True
    search: bool = False
    """Keep the right to read past file modes: where the libraries lie in a folder of root's. File rules still hold."""
    spaces: bool = False


@dataclass(frozen=True)
class Places:
    """Paths of this run that the rules must name."""

    files: tuple[str, ...] = ()
    scratch: str = ""
    programs: tuple[str, ...] = ()
    scratch_mb: int = 0
    modules: tuple[str, ...] = ()

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Places:
        """The places as the parent names them."""
        files, programs = tuple(told.get("files", ())), tuple(told.get("programs", ()))
        modules = tuple(told.get("modules", {}).values())
        return cls(files, told.get("scratch", ""), programs, told.get("scratch_mb", 0), modules)


def allowances(grant: Grant, level: Level) -> seccomp.Allowances:
    """What the filter lets a grant do. Without file rules nothing can be opened, so nothing may be."""
    if level is not Level.FILES:
        return seccomp.Allowances(opens=False)
    writes = grant in (Grant.QUERY, Grant.FIT, Grant.READ)
    fits = grant is Grant.FIT
    return seccomp.Allowances(writes=writes, arranges=grant in (Grant.FIT, Grant.READ), programs=fits, jit=fits)


def drop_user(scratch: str = "", search: bool = False) -> None:
    """Where this process is root, it becomes a user that nobody else is, and the owner of its scratch folder."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return
    os.setgroups([])
    if search:
        kernel.prctl(kernel.PR_SET_KEEPCAPS, 1)
    for user in (FIRST_USER + (BASE + os.getpid()) % USERS, NOBODY):
        try:
            if scratch:
                os.chown(scratch, user, user)
            os.setresgid(user, user, user)
            os.setresuid(user, user, user)
            kernel.drop_capabilities(search)
            return
        except OSError:
            continue
    raise OSError("the user of the child cannot be changed")


def prepare(layers: Layers, places: Places) -> None:
    """Puts on the layers that do not depend on the run, but for its places. Raises: OSError."""
    if not _holds(layers):
        return
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
    if layers.landlock:
        landlock.restrict(_rules(places))
    kernel.drop_capabilities(layers.search)


def finish(layers: Layers, grant: Grant, caps: Mapping[str, Any], places: Places, used: limits.Used) -> None:
    """Puts on the rest: the limits, on top of the memory `used`, and the call filter. Raises: OSError."""
    if layers.limits:
        threads = limits.THREADS if os.geteuid() >= FIRST_USER else None
        limits.confine(caps, places.scratch_mb * limits.MB if places.scratch else 0, used, threads)
    if _holds(layers) and layers.seccomp:
        level = layers.level if layers.landlock or layers.level is not Level.FILES else Level.FILES
        seccomp.install(allowances(grant, level))


def _holds(layers: Layers) -> bool:
    return layers.level is not Level.PROCESS or layers.landlock or layers.seccomp


def _rules(places: Places) -> dict[str, int]:
    scratch = (places.scratch,) if places.scratch else ()
    rules = landlock.rules(scratch, places.files, places.programs)
    rules.update(dict.fromkeys(places.modules, landlock.READ))
    if places.programs:
        rules["/dev/null"] = landlock.READ_FILE | landlock.WRITE_FILE
    return rules
