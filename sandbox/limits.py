"""Resource limits of the kernel, set by the child on itself. Runs in the worker, before any submitted code."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

if sys.platform != "win32":
    import resource

MB: Final = 1024 * 1024
ROOM: Final = 256 * MB
"""Address space for thread stacks and the like, on top of the memory allowed."""
OPEN_FILES: Final = 32
SCRATCH_FILES: Final = 256
"""Open files of a run that has a scratch folder."""
THREADS: Final = 256
"""The most threads of one run, and of the programs it may start."""
THREADS_HINT: Final = "Work on whole columns; more threads do not make a run quicker."
Used = tuple[int, int]
"""Bytes of address space, and of private data."""


def confine(
    limits: Mapping[str, Any], scratch_bytes: int = 0, used: Used | None = None, threads: int | None = None
) -> None:
    """Caps memory, processor seconds, file size and open files of this process; there is no way back.

    The memory allowed comes on top of what is `used`. `threads` counts all of the user's, so that it is for users of
    their own.
    """
    if sys.platform == "win32":
        return
    cpu = max(1, int(limits["cpu_seconds"]))
    budget = int(limits["memory_mb"]) * MB
    size, data = used or in_use()
    caps = {
        resource.RLIMIT_CORE: (0, 0),
        resource.RLIMIT_FSIZE: (scratch_bytes, scratch_bytes),
        resource.RLIMIT_NOFILE: (OPEN_FILES if scratch_bytes == 0 else SCRATCH_FILES,) * 2,
        resource.RLIMIT_CPU: (cpu, cpu + 1),
        resource.RLIMIT_AS: (size + budget + ROOM,) * 2,
    }
    if sys.platform == "linux":
        caps |= {resource.RLIMIT_DATA: (data + budget,) * 2, resource.RLIMIT_MEMLOCK: (0, 0)}
    if threads is not None:
        caps[resource.RLIMIT_NPROC] = (threads, threads)
    for which, (soft, hard) in caps.items():
        _set(which, soft, hard)


def _set(which: int, soft: int, hard: int) -> None:
    _, ceiling = resource.getrlimit(which)
    if ceiling != resource.RLIM_INFINITY:
        soft, hard = min(soft, ceiling), min(hard, ceiling)
    try:
        resource.setrlimit(which, (soft, hard))
    except (OSError, ValueError):
        # Darwin refuses RLIMIT_AS, gVisor RLIMIT_MEMLOCK; the limits that matter on Linux must hold.
        if sys.platform == "linux" and which != resource.RLIMIT_MEMLOCK:
            raise


def in_use() -> Used:
    """Address space and private data of this process, in bytes."""
    try:
        pages = Path("/proc/self/statm").read_text().split()
    except OSError:
        return 1024 * MB, 512 * MB
    page = resource.getpagesize()
    return int(pages[0]) * page, int(pages[5]) * page
