"""The warm process: everything imported, single-threaded, no data and no secrets; forks a child for each run.

It is started by exec with a clean environment and talks over the socket that is its standard input. Each message is
one JSON object: `{"run": token, "wall_seconds": …, "memory_mb": …}` with the descriptors of report, job, result,
output and tables; `{"kill": token, "reason": …}`; or `{"end": token}`, once the result is out. The end of a run goes
to its report pipe as one JSON object.
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

from sandbox import child, choose, control, kernel, limits, spaces
from sandbox.lockdown import Layers
from sandbox.messages import Level
from sandbox.scratch import is_full
from sandbox.spares import Born, Spares, fork

POLL_SECONDS: Final = 0.05
"""Pause between two looks at the memory of the running children."""
SETTLE_SECONDS: Final = 0.005
"""Quiet before another child is forked ahead, which takes as long again: a short run is over by then."""
PROCESSORS: Final = len(os.sched_getaffinity(0))
STACK_BYTES: Final = 2 * 1024 * 1024
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
    born: Born
    report: int
    """The descriptor of its report; -1 once that is written."""
    deadline: float
    memory_pages: int
    scratch: str = ""
    scratch_mb: int = 0
    reason: str = ""
    is_done: bool = False
    """Ended because its result was out."""
    folder: str = ""


class Zygote:
    """Forks, watches and reaps; nothing of a user's code or data passes through it."""

    def __init__(self, link: socket.socket, empty: str, layers: Layers, spares: int) -> None:
        self._link, self._empty, self._layers = link, empty, layers
        self._spares = Spares(spares, lambda waiting: child.wait(waiting, empty, layers))
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
            seconds = self._patience()
            if not waiting.poll(None if seconds is None else seconds * 1000) and seconds == SETTLE_SECONDS:
                self._spares.fill()
            if not self._receive():
                return
            self._reap()
            self._watch()

    def _patience(self) -> float | None:
        """Seconds to wait for something to happen."""
        if self._spares.is_short and not (self._children and PROCESSORS == 1):
            return SETTLE_SECONDS
        return POLL_SECONDS if self._children else None

    def _is_asked(self) -> bool:
        return bool(select.select([self._link], [], [], 0)[0])

    def _receive(self) -> bool:
        """Handles what the parent sent; False once it is gone."""
        while self._is_asked():
            message, descriptors = control.receive(self._link)
            if message is None:
                return False
            if "run" in message:
                self._begin(message, descriptors)
            elif "end" in message:
                self._finish(message["end"])
            else:
                self._kill(message["kill"], message["reason"])
        return True

    def _begin(self, message: dict[str, Any], descriptors: Sequence[int]) -> None:
        report, *rest = descriptors
        try:
            born = (self._spares.take(rest) if message["plain"] else None) or self._fork(rest)
        except OSError as error:
            _report(report, {"exit": 1, "reason": f"fork failed: {error}"})
            return
        finally:
            for descriptor in rest:
                os.close(descriptor)
        pages = self._base + int(message["memory_mb"]) * 1024 * 1024 // PAGE
        deadline = time.monotonic() + message["wall_seconds"]
        scratch = message["scratch"], message["scratch_mb"]
        self._children[born.pid] = Child(message["run"], born, report, deadline, pages, *scratch)

    def _fork(self, descriptors: Sequence[int]) -> Born:
        return fork(lambda: child.live(descriptors, self._empty, self._layers))

    def _finish(self, token: int) -> None:
        """Ends a child whose result is out. Its report need not wait for the kernel to take it apart; but one that is
        already ending, or has started programs, is reported when it is gone."""
        for each in self._children.values():
            if each.token != token or each.reason:
                continue
            if each.scratch and is_full(each.scratch, each.scratch_mb):
                _end(each, "too_big")
                continue
            peak = _peak_kb(_folder(each))
            # Where the kernel knows no peak any more, the child has ended by itself.
            each.is_done = peak is not None
            os.kill(each.born.pid, signal.SIGKILL)
            if peak is not None and not each.scratch:
                self._tell(each, 0, peak)

    def _tell(self, each: Child, end: int, peak_kb: int, cpu_seconds: float = 0.0) -> None:
        if each.report >= 0:
            peak = max(0, peak_kb - self._base_peak) / 1024
            told = {"exit": end, "reason": each.reason, "peak_mb": round(peak, 1), "cpu_seconds": cpu_seconds}
            _report(each.report, told)
            each.report = -1

    def _kill(self, token: int, reason: str) -> None:
        for each in self._children.values():
            if each.token == token:
                _end(each, reason)

    def _watch(self) -> None:
        now = time.monotonic()
        for each in [one for one in self._children.values() if not one.is_done]:
            if now >= each.deadline:
                _end(each, "timeout")
            elif _pages_of(each, self._base) > each.memory_pages:
                _end(each, "memory")
            elif _threads_of(each) > limits.THREADS:
                _end(each, "threads")
            elif each.scratch and is_full(each.scratch, each.scratch_mb):
                _end(each, "too_big")

    def _reap(self) -> None:
        _drain(self._wake)
        while self._children or len(self._spares):
            pid, status, usage = os.wait4(-1, os.WNOHANG)
            if pid == 0:
                return
            if (each := self._children.pop(pid, None)) is None:
                self._spares.forget(pid)
                continue
            os.close(each.born.name)
            if each.scratch:
                # Programs that the run has started stay in its group.
                with contextlib.suppress(OSError):
                    os.killpg(pid, signal.SIGKILL)
            end = os.waitstatus_to_exitcode(status)
            end = 0 if each.is_done and end == -signal.SIGKILL else end
            self._tell(each, end, usage.ru_maxrss, usage.ru_utime + usage.ru_stime)


def _end(each: Child, reason: str) -> None:
    each.reason = each.reason or reason
    os.kill(each.born.pid, signal.SIGKILL)


def _report(descriptor: int, end: dict[str, Any]) -> None:
    with contextlib.suppress(BrokenPipeError):
        os.write(descriptor, json.dumps(end).encode())
    os.close(descriptor)


def _drain(descriptor: int) -> None:
    with contextlib.suppress(BlockingIOError):
        while os.read(descriptor, 4096):
            continue


def _threads_of(each: Child) -> int:
    """How many threads the process has. Its first one keeps count of the memory; when that ends alone, the whole
    process has to."""
    try:
        fields = Path(_folder(each), "stat").read_text().rsplit(")", 1)[1].split()
    except (OSError, IndexError):
        return 0
    state, threads = fields[0], int(fields[17])
    if state == "Z" and threads > 1:
        os.kill(each.born.pid, signal.SIGKILL)
    return threads


def _folder(each: Child) -> str:
    """Where the kernel tells about the child; empty when it died before it could say."""
    if not each.folder:
        each.folder = f"/proc/{os.read(each.born.name, 32).decode() or 'none'}"
    return each.folder


def _pages_of(each: Child, base: int) -> int:
    """Private pages of the run; with those of what it may have started, where it has a folder to write to.

    A fork of it shares the `base` that it was born with; a program of its own does not.
    """
    own = _folder(each)
    pages = _private_pages(own)
    if each.scratch:
        name, _ = _name_and_session(own)
        for other in Path("/proc").glob("[0-9]*"):
            found, session = _name_and_session(str(other))
            if f"/proc/{session}" == own != str(other):
                pages += max(0, _private_pages(str(other)) - (base if found == name else 0))
    return pages


def _name_and_session(folder: str) -> tuple[str, str]:
    """What the kernel calls the process, and the process that its session began with; empty when it is gone."""
    try:
        name, fields = Path(folder, "stat").read_text().rsplit(")", 1)
    except (OSError, ValueError):
        return "", ""
    return name.partition("(")[2], fields.split()[3]


def _private_pages(folder: str) -> int:
    """Resident pages that belong to the process alone; mapped files do not count."""
    try:
        fields = Path(folder, "statm").read_text().split()
    except OSError:
        return 0
    return int(fields[1]) - int(fields[2])


def _peak_kb(folder: str) -> int | None:
    """The most kilobytes the process ever held; None when it is ending, or the kernel does not say."""
    try:
        lines = Path(folder, "status").read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), None)


def _idle_kb() -> int:
    """Resident kilobytes of a child that has no run: what each run starts with."""
    pid = os.fork()
    if pid == 0:
        importlib.import_module("sandbox.exercise").rehearse()
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
    """Runs until the parent goes away. The first argument is a JSON list: which layers to leave out, for tests; the
    second how many spare children to hold."""
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    without = frozenset(json.loads(sys.argv[1])) if len(sys.argv) > 1 else frozenset()
    spares = int(sys.argv[2]) if len(sys.argv) > 2 else 0
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
        zygote = Zygote(link, empty, choice.layers, spares)
        told = {"ready": True, "threads": _threads(), "level": choice.layers.level, "layers": choice.told}
        control.send(link, told)
        zygote.serve()
    os._exit(0)
