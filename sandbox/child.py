"""The forked child: cuts every tie to the zygote, locks itself down, does one job and ends.

A child that is forked ahead of its run does the first half of it before it knows the run, and waits.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NoReturn

from sandbox import control, deep, exercise, kernel, limits, loading, lockdown, worker
from sandbox.lockdown import Layers, Places
from sandbox.messages import Grant, Level

OUTPUT: Final = 1
RESULT: Final = 3
FIRST_TABLE: Final = 4
RUN: Final = "sandbox-run"
SPARE: Final = "sandbox-spare"
"""Names of the process, for whoever looks at the list of them."""
LINGER_SECONDS: Final = 2.0
"""How long a child waits to be ended after its result is out."""
_PARK: Final = 200
"""Descriptors are first moved up here, so that moving them into place overwrites none that is still needed."""

ENVIRONMENT: Final = {
    "PATH": "/usr/bin:/bin",
    "HOME": "/nonexistent",
    "LANG": "C.UTF-8",
    "MPLBACKEND": "Agg",
    "LOKY_MAX_CPU_COUNT": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}
"""All that submitted code sees of the environment."""


def live(descriptors: Sequence[int], empty: str, layers: Layers) -> NoReturn:
    """Does the job in the first descriptor; the others are result, output and the tables. Never returns."""
    status = 1
    try:
        detach()
        kernel.set_name(RUN)
        job, tables = _arrange(descriptors, os.open(os.devnull, os.O_RDONLY))
        _do(job, tables, layers, prepare(empty, layers, Places.of(job["places"])))
        status = 0
    finally:
        os._exit(status)


def wait(link: socket.socket, empty: str, layers: Layers) -> NoReturn:
    """Gets as ready as it can, then waits for the descriptors of a run that names no places. Never returns."""
    status = 1
    try:
        detach()
        kernel.set_name(SPARE)
        null = os.open(os.devnull, os.O_RDONLY)
        link = _keep(null, link)
        # Fonts are opened while files can be, and lie above the descriptors of a run.
        used = None if layers.level is Level.CLOSED else prepare(empty, layers, Places())
        exercise.rehearse()
        told, descriptors = control.receive(link)
        link.detach()
        if told is not None:
            kernel.set_name(RUN)
            job, tables = _arrange(descriptors, 0)
            _do(job, tables, layers, used or prepare(empty, layers, Places()))
        status = 0
    finally:
        os._exit(status)


def _keep(null: int, link: socket.socket) -> socket.socket:
    """The socket, which alone stays open, after three times nothing."""
    parked = [fcntl.fcntl(each, fcntl.F_DUPFD, _PARK) for each in (null, null, null, link.detach())]
    for place, each in enumerate(parked):
        os.dup2(each, place, inheritable=False)
    os.closerange(len(parked), os.sysconf("SC_OPEN_MAX"))
    return socket.socket(fileno=len(parked) - 1)


def _do(job: Mapping[str, Any], tables: Sequence[int], layers: Layers, used: limits.Used) -> None:
    """Maps the tables, puts on the last layers and does the job; then stays until it is ended."""
    contents = _contents(job["tables"], tables)
    mapped = sum(len(each) for each in contents.values() if hasattr(each, "__len__"))
    places = Places.of(job["places"])
    lockdown.finish(layers, Grant(job["grant"]), job["limits"], places, (used[0] + mapped, used[1] + mapped))
    worker.work(job, contents, OUTPUT, RESULT)
    # The parent sees the end of the result and has this process killed, which is quicker than to wait for its end.
    os.close(RESULT)
    time.sleep(LINGER_SECONDS)


def _contents(tables: Sequence[Mapping[str, str]], descriptors: Sequence[int]) -> dict[str, Any]:
    """The mapped bytes of each table, and the open file of what is to be read raw; no other descriptor stays open."""
    pairs = [(table, place) for table, place in zip(tables, descriptors, strict=True)]
    if any(table["form"] == "file" for table in tables):
        return {table["name"]: os.fdopen(place, "rb") for table, place in pairs}
    found = {table["name"]: loading.mapped(place) for table, place in pairs}
    # A mapping keeps a descriptor of its own, through which its file could be read.
    os.closerange(FIRST_TABLE, os.sysconf("SC_OPEN_MAX"))
    return found


def detach() -> None:
    """A session of its own that dies with the zygote, with every signal at its default."""
    os.setsid()
    _die_with_parent()
    signal.set_wakeup_fd(-1)
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        if signal.getsignal(number) not in (signal.SIG_DFL, None):
            signal.signal(number, signal.SIG_DFL)
    # A write that is refused shall raise an error, not kill.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)


def prepare(empty: str, layers: Layers, places: Places) -> limits.Used:
    """Forgets environment and folder, and puts on all layers but the last; gives the memory used. Raises: OSError."""
    scratch = places.scratch
    _go_first()
    os.environ.clear()
    os.environ.update(ENVIRONMENT | ({"TMPDIR": scratch, "HOME": scratch} if scratch else {}))
    os.chdir(scratch or empty)
    os.umask(0o077)
    if layers.level is Level.CLOSED:
        deep.open_fonts()
    if layers.user:
        lockdown.drop_user(scratch, layers.search)
        _die_with_parent()
    used = limits.in_use()
    lockdown.prepare(layers, places)
    return used


def _die_with_parent() -> None:
    if sys.platform == "linux":
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)


def _go_first() -> None:
    """Where the machine runs out of memory, this process ends and not the server."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def _arrange(descriptors: Sequence[int], null: int) -> tuple[dict[str, Any], list[int]]:
    """The job, and the descriptors of its tables; nothing but these and the three pipes stays open."""
    with os.fdopen(descriptors[0], "rb") as file:
        job = json.load(file)
    wanted = [null, descriptors[2], descriptors[2], *descriptors[1:2], *descriptors[3:]]
    parked = [fcntl.fcntl(each, fcntl.F_DUPFD, _PARK) for each in wanted]
    for place, each in enumerate(parked):
        os.dup2(each, place, inheritable=False)
    os.closerange(len(parked), os.sysconf("SC_OPEN_MAX"))
    return job, list(range(FIRST_TABLE, len(parked)))
