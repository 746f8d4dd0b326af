"""The warm process: everything imported, single-threaded, no data and no secrets; forks a child for each run.

It is started by exec with a clean environment and talks over the socket that is its standard input. Each message is
one JSON object: `{"run": token, "wall_seconds": …, "memory_mb": …}` with the descriptors of report, job, result,
output and tables; or `{"kill": token, "reason": …}`. The end of a run goes to its report pipe as one JSON object.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sandbox import child, choose, control, kernel, spaces
from sandbox.lockdown import Layers
from sandbox.messages import Level

POLL_SECONDS: Final = 0.05
"""Pause between two looks at the memory of the running children."""
STACK_BYTES: Final = 2 * 1024 * 1024
SCRATCH_FILES: Final = 10_000
PAGE: Final = os.sysconf("SC_PAGE_SIZE")
_MODULES: Final = (
    "pandas numpy pyarrow pyarrow.parquet pyarrow.csv pyarrow.compute plotly.express plotly.graph_objects "
    "plotly.subplots plotly.figure_factory matplotlib.pyplot scipy.stats scipy.optimize sklearn sklearn.cluster "
    "sklearn.linear_model sklearn.preprocessing sklearn.model_selection sklearn.metrics sklearn.ensemble "
    "sklearn.decomposition sklearn.pipeline statsmodels.api statsmodels.formula.api statsmodels.tsa.api duckdb "
    "zoneinfo json re math datetime statistics collections itertools io random calendar decimal fractions textwrap "
    "difflib string functools operator dataclasses typing enum uuid base64 hashlib csv sqlite3 heapq bisect"
)
MODULES: Final = tuple(_MODULES.split())


@dataclass
class Child:
    """A running child. `reason` is why it was killed, if it was."""

    token: int
    pid: int
    report: int
    name: int
    """A pipe with the child's number as `/proc` knows it, which may be another than this process knows."""
    deadline: float
    memory_pages: int
    scratch: str = ""
    scratch_mb: int = 0
    reason: str = ""
    folder: str = ""


class Zygote:
    """Forks, watches and reaps; nothing of a user's code or data passes through it."""

    def __init__(self, link: socket.socket, empty: str, layers: Layers) -> None:
        self._link, self._empty, self._layers = link, empty, layers
        self._children: dict[int, Child] = {}
        self._wake, self._woken = os.pipe()
        os.set_blocking(self._wake, False)
        os.set_blocking(self._woken, False)
        self._base = _private_pages("/proc/self")
        self._base_peak = _idle_kb()

    def serve(self) -> None:
        """Works until the parent closes the socket."""
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._woken, warn_on_full_buffer=False)
        waiting = select.poll()
        waiting.register(self._link, select.POLLIN)
        waiting.register(self._wake, select.POLLIN)
        while True:
            waiting.poll(POLL_SECONDS * 1000 if self._children else None)
            if not self._receive():
                return
            self._reap()
            self._watch()

    def _receive(self) -> bool:
        """Handles what the parent sent; False once it is gone."""
        while select.select([self._link], [], [], 0)[0]:
            message, descriptors = control.receive(self._link)
            if message is None:
                return False
            if "run" in message:
                self._fork(message, descriptors)
            else:
                self._kill(message["kill"], message["reason"])
        return True

    def _fork(self, message: dict[str, Any], descriptors: Sequence[int]) -> None:
        report, *rest = descriptors
        reading, writing = os.pipe()
        try:
            pid = os.fork()
        except OSError as error:
            _report(report, {"exit": 1, "reason": f"fork failed: {error}"})
            pid = -1
        if pid == 0:
            os.write(writing, os.readlink("/proc/self").encode())  # noqa: PTH115
            child.live(rest, self._empty, self._layers)
        for descriptor in [*rest, writing]:
            os.close(descriptor)
        if pid > 0:
            pages = self._base + int(message["memory_mb"]) * 1024 * 1024 // PAGE
            deadline = time.monotonic() + message["wall_seconds"]
            scratch = message["scratch"], message["scratch_mb"]
            self._children[pid] = Child(message["run"], pid, report, reading, deadline, pages, *scratch)
        else:
            os.close(reading)

    def _kill(self, token: int, reason: str) -> None:
        for each in self._children.values():
            if each.token == token:
                _end(each, reason)

    def _watch(self) -> None:
        now = time.monotonic()
        for each in self._children.values():
            if now >= each.deadline:
                _end(each, "timeout")
            elif _private_pages(_folder(each)) > each.memory_pages:
                _end(each, "memory")
            elif each.scratch and _is_full(each.scratch, each.scratch_mb):
                _end(each, "too_big")

    def _reap(self) -> None:
        _drain(self._wake)
        while self._children:
            pid, status, usage = os.wait4(-1, os.WNOHANG)
            if pid == 0:
                return
            if (each := self._children.pop(pid, None)) is None:
                continue
            end = os.waitstatus_to_exitcode(status)
            peak = max(0, usage.ru_maxrss - self._base_peak) / 1024
            os.close(each.name)
            if each.scratch:
                # Programs that the run has started stay in its group.
                with contextlib.suppress(OSError):
                    os.killpg(pid, signal.SIGKILL)
            _report(each.report, {"exit": end, "reason": each.reason, "peak_mb": round(peak, 1)})


def _end(each: Child, reason: str) -> None:
    each.reason = each.reason or reason
    os.kill(each.pid, signal.SIGKILL)


def _report(descriptor: int, end: dict[str, Any]) -> None:
    with contextlib.suppress(BrokenPipeError):
        os.write(descriptor, json.dumps(end).encode())
    os.close(descriptor)


def _drain(descriptor: int) -> None:
    with contextlib.suppress(BlockingIOError):
        while os.read(descriptor, 4096):
            continue


def _is_full(folder: str, megabytes: int) -> bool:
    """Whether the folder holds more than so many megabytes, or more files than make sense."""
    size = count = 0
    for root, _, files in os.walk(folder):
        for name in files:
            count += 1
            with contextlib.suppress(OSError):
                size += os.lstat(os.path.join(root, name)).st_blocks * 512  # noqa: PTH118
            if count > SCRATCH_FILES:
                return True
    return size > megabytes * 1024 * 1024


def _folder(each: Child) -> str:
    """Where the kernel tells about the child; empty when it died before it could say."""
    if not each.folder:
        each.folder = f"/proc/{os.read(each.name, 32).decode() or 'none'}"
    return each.folder


def _private_pages(folder: str) -> int:
    """Resident pages that belong to the process alone; mapped files do not count."""
    try:
        fields = Path(folder, "statm").read_text().split()
    except OSError:
        return 0
    return int(fields[1]) - int(fields[2])


def _idle_kb() -> int:
    """Resident kilobytes of a child that does nothing: what each run starts with."""
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    _, _, usage = os.wait4(pid, 0)
    return usage.ru_maxrss


def _threads() -> int:
    tasks = Path("/proc/self/task")
    return len(list(tasks.iterdir())) if tasks.exists() else 1


def warm() -> None:
    """Imports everything, and uses it once, so that children need not."""
    for name in MODULES:
        importlib.import_module(name)
    exercise = importlib.import_module("sandbox.exercise")
    exercise.run()


def warm_deeply() -> None:
    """Imports what is otherwise imported on first use: nothing can be opened later."""
    deep = importlib.import_module("sandbox.deep")
    deep.load()


def main() -> None:
    """Runs until the parent goes away. The first argument is a JSON object: which layers to leave out, for tests."""
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    without = frozenset(json.loads(sys.argv[1])) if len(sys.argv) > 1 else frozenset()
    own_spaces = "spaces" not in without and spaces.enter()
    kernel.shrink_stacks(STACK_BYTES)
    link = socket.socket(fileno=os.dup(0))
    warm()
    with tempfile.TemporaryDirectory(prefix="red-pandas-empty-") as empty:
        choice = choose.layers(empty, own_spaces, without)
        if choice.layers.level is Level.CLOSED:
            warm_deeply()
        gc.collect()
        gc.freeze()
        zygote = Zygote(link, empty, choice.layers)
        told = {"ready": True, "threads": _threads(), "level": choice.layers.level, "layers": choice.told}
        control.send(link, told)
        zygote.serve()
    os._exit(0)
