"""The forked child: cuts every tie to the zygote, locks itself down, does one job and ends."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from typing import Any, Final, NoReturn

from sandbox import deep, kernel, loading, lockdown, worker
from sandbox.lockdown import Layers, Places
from sandbox.messages import Grant, Level

OUTPUT: Final = 1
RESULT: Final = 3
FIRST_TABLE: Final = 4
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
        job, tables = _arrange(descriptors)
        contents = _contents(job["tables"], tables)
        close(empty, layers, Grant(job["grant"]), job["limits"], Places.of(job["places"]))
        worker.work(job, contents, OUTPUT, RESULT)
        status = 0
    finally:
        os._exit(status)


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


def close(empty: str, layers: Layers, grant: Grant, caps: Mapping[str, Any], places: Places) -> None:
    """Forgets environment and folder, and locks this process down. Raises: OSError."""
    scratch = places.scratch
    os.environ.clear()
    os.environ.update(ENVIRONMENT | ({"TMPDIR": scratch, "HOME": scratch} if scratch else {}))
    os.chdir(scratch or empty)
    os.umask(0o077)
    if layers.level is Level.CLOSED:
        deep.open_fonts()
    if layers.user:
        lockdown.drop_user(scratch, layers.search)
        _die_with_parent()
    lockdown.close(layers, grant, caps, places)


def _die_with_parent() -> None:
    if sys.platform == "linux":
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)


def _arrange(descriptors: Sequence[int]) -> tuple[dict[str, Any], list[int]]:
    """The job, and the descriptors of its tables; nothing but these and the three pipes stays open."""
    with os.fdopen(descriptors[0], "rb") as file:
        job = json.load(file)
    null = os.open(os.devnull, os.O_RDONLY)
    wanted = [null, descriptors[2], descriptors[2], *descriptors[1:2], *descriptors[3:]]
    parked = [fcntl.fcntl(each, fcntl.F_DUPFD, _PARK) for each in wanted]
    for place, each in enumerate(parked):
        os.dup2(each, place, inheritable=False)
    os.closerange(len(parked), os.sysconf("SC_OPEN_MAX"))
    return job, list(range(FIRST_TABLE, len(parked)))
