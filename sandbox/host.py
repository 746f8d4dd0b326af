"""The parent's side: `Sandbox` queues runs, watches them and reads what comes back."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

from sandbox import gate, outcome, scratch
from sandbox.launch import Gone, Job, Launcher, ZygoteLauncher
from sandbox.mapping import CODE, Cache
from sandbox.messages import Grant, Level, Limits, OnOutput, RunError, RunRequest, RunResult, RunStatus, Status
from sandbox.oneshot import OneShotLauncher
from sandbox.queue import Cancelled, Queue
from sandbox.tables import Unreadable, open_tables
from sandbox.watch import Watch

CONVERT_MB: Final = 4_096
"""Memory for making a mapped copy: as much as the largest table that gets one."""
TRIES: Final = 3
"""How often a run is started anew because the warm process died under it."""


class Sandbox:
    """Runs code away from this process. Thread-safe; costs nothing until the first run.

    `workers`: runs at the same time; further ones wait, each owner in turn.
    `warm`: fork from a warm process (the default where that is possible), or start an interpreter for each run.
    `unprotected`: run any code even where the kernel holds nothing; the owner of the machine must have asked for it.
    `cache`: a folder for uncompressed copies of large tables, which runs map instead of reading; at most `cache_mb`.
    `spares`: children forked ahead of their runs; each is a few megabytes that wait.
    `without`: what to leave out ("files", "landlock", "limits", "policy", "seccomp", "spaces", "user"): for tests.
    """

    def __init__(
        self,
        workers: int = 2,
        warm: bool | None = None,
        unprotected: bool = False,
        cache: Path | None = None,
        cache_mb: int = 4_096,
        without: Collection[str] = (),
        spares: int = 1,
    ) -> None:
        forks = sys.platform == "linux" if warm is None else warm
        self._launcher: Launcher = ZygoteLauncher(set(without) - {"policy"}, spares) if forks else OneShotLauncher()
        self._unprotected, self._checked = unprotected, "policy" not in without
        self._cache = Cache(cache, cache_mb * 1024 * 1024) if cache is not None and forks else None
        self._queue = Queue(workers)
        self._lock = threading.Lock()
        self._running: dict[str, list[Watch]] = {}

    def run(self, request: RunRequest, on_output: OnOutput | None = None) -> RunResult:
        """What the run gave; a refusal, crash or time-out is a result, never an exception."""
        if refused := outcome.refused(request):
            return refused
        heard = None if on_output is None else lambda text: on_output(gate.clean(text))
        try:
            with self._queue.turn(request.id, request.owner):
                return self._run(request, heard)
        except Cancelled:
            return RunResult(id=request.id, status=RunStatus.STOPPED)

    def stop(self, run_id: str) -> None:
        """Kills every run of this id, waiting, starting or under way; each ends as `stopped`."""
        self._queue.cancel(run_id)
        with self._lock:
            watches = list(self._running.get(run_id, ()))
        for watch in watches:
            watch.stop()

    def status(self) -> Status:
        """Which layers hold here."""
        return self._launcher.status()

    def close(self) -> None:
        """Ends the warm process and every run under way; a later run starts it again."""
        with self._lock:
            for watch in [watch for watches in self._running.values() for watch in watches]:
                watch.stop()
        self._launcher.close()

    def _run(self, request: RunRequest, on_output: OnOutput | None) -> RunResult:
        watch = Watch(request.limits, on_output, request.keep)
        try:
            with self._stoppable(request.id, watch):
                # The warm process may start meanwhile, which takes seconds: `stop` has to reach the run all along.
                if refused := self._unheld(request):
                    return refused
                return self._attempts(request, watch)
        except Unreadable as error:
            return _failed(request.id, RunError(type="BadTable", message=str(error)))

    @contextmanager
    def _stoppable(self, run_id: str, watch: Watch) -> Iterator[None]:
        """What `stop` of this id reaches, inside the block."""
        with self._lock:
            self._running.setdefault(run_id, []).append(watch)
        try:
            yield
        finally:
            with self._lock:
                self._running[run_id].remove(watch)
                if not self._running[run_id]:
                    del self._running[run_id]

    def _unheld(self, request: RunRequest) -> RunResult | None:
        """A refusal, where the kernel would not hold code that nobody has read."""
        trusted = request.trusted or self._unprotected
        if trusted and request.grant in (Grant.ANSWER, Grant.QUERY):
            return None
        try:
            level = self._launcher.status().level
        except Gone as error:
            return _failed(request.id, RunError(type="SandboxError", message=str(error), hint="Try again."))
        if request.grant in (Grant.FIT, Grant.READ) and level is not Level.FILES:
            return outcome.needs_files(request)
        return outcome.unprotected(request) if level is Level.PROCESS and not trusted else None

    def _attempts(self, request: RunRequest, watch: Watch) -> RunResult:
        problem = ""
        for _ in range(TRIES):
            if watch.stopped:
                return RunResult(id=request.id, status=RunStatus.STOPPED)
            started = time.monotonic()
            try:
                ended = self._attempt(request, watch)
                return outcome.result(request, ended, time.monotonic() - started)
            except Gone as error:
                problem = str(error)
        if watch.stopped:
            return RunResult(id=request.id, status=RunStatus.STOPPED)
        return _failed(request.id, RunError(type="SandboxError", message=problem, hint="Try again."))

    def _attempt(self, request: RunRequest, watch: Watch) -> Any:
        with ExitStack() as stack:
            raw = request.grant is Grant.READ
            mapped = Path if raw else partial(self._mapped, request.id, watch)
            tables, files = open_tables(request.tables, stack, raw, mapped)
            places = self._places(request, stack)
            body = {
                "code": request.code,
                "limits": request.limits.model_dump(),
                "tables": tables,
                "grant": request.grant.value,
                "whole": request.whole,
                "places": places,
                "policy": self._checked and not request.trusted,
            }
            limits, writable = request.limits, places.get("scratch", "")
            job = Job(body, files, limits.wall_seconds, limits.memory_mb, writable, plain=not places)
            return watch.follow(self._launcher.launch(job))

    def _mapped(self, run_id: str, watch: Watch, path: Path) -> Path:
        """The file that is mapped in place of a large table, or the table itself.

        Raises: Cancelled.
        """
        if self._cache is None or not path.exists() or self._launcher.status().level is not Level.FILES:
            return path
        return self._cache.find(path, partial(self._convert, run_id, watch), lambda: watch.stopped) or path

    def _convert(self, run_id: str, run: Watch, source: Path, folder: Path) -> bool:
        """Whether the mapped copy of a table could be made, for the run that needs it first.

        Raises: Cancelled, when that run is stopped meanwhile.
        """
        limits = Limits.of(Grant.READ).model_copy(update={"memory_mb": CONVERT_MB})
        request = RunRequest(
            id="mapping",
            code=CODE,
            tables={"df": source},
            grant=Grant.READ,
            limits=limits,
            trusted=True,
            scratch=folder,
        )
        watch = Watch(limits, None)
        with self._stoppable(run_id, watch):
            if run.stopped:
                raise Cancelled(run_id)
            status = self._attempts(request, watch).status
        if status is RunStatus.STOPPED:
            raise Cancelled(run_id)
        return status is RunStatus.OK

    def _places(self, request: RunRequest, stack: ExitStack) -> dict[str, Any]:
        """The paths that the rules of this run must name, where the kernel can hold a run to them."""
        if request.grant is Grant.ANSWER or self._launcher.status().level is not Level.FILES:
            return {}
        folder = request.scratch or Path(stack.enter_context(scratch.folder()))
        stack.enter_context(scratch.shallow(folder))
        places: dict[str, Any] = {"scratch": str(folder.resolve()), "scratch_mb": request.limits.scratch_mb}
        if request.grant in (Grant.QUERY, Grant.READ):
            places["files"] = [str(Path(path).resolve()) for path in request.tables.values()]
        if request.grant is Grant.READ:
            places["modules"] = {name: str(path.resolve()) for name, path in request.modules.items()}
        if request.grant is Grant.FIT and request.program is not None:
            places["programs"] = [str(request.program.resolve())]
        return places


def _failed(run_id: str, error: RunError) -> RunResult:
    return RunResult(id=run_id, status=RunStatus.FAILED, error=error)
