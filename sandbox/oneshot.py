"""Without fork (macOS, Windows): an interpreter of its own for each run, with the same worker."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from typing import IO, Any, Final

from sandbox import levels, limits, loading, worker
from sandbox.launch import CHUNK, Flight, Gone, Job, Source, command, environment
from sandbox.messages import Status

READ_BYTES: Final = 1 << 16


class OneShotLauncher:
    """Starts one interpreter for each run."""

    def launch(self, job: Job) -> Flight:
        return _Spawned(job)

    def status(self) -> Status:
        return levels.process_only("this system has no kernel layers that can be used here")

    def close(self) -> None:
        """Nothing is kept between runs."""


class _Spawned:
    """One interpreter with one job. Its standard output carries the result, its standard error what is printed."""

    def __init__(self, job: Job) -> None:
        self._home = tempfile.TemporaryDirectory(prefix="red-pandas-run-", ignore_cleanup_errors=True)
        self._deadline = time.monotonic() + job.wall_seconds
        self._reason = ""
        self._reported = False
        self._arrived: queue.Queue[tuple[Source, bytes]] = queue.Queue()
        body = {**job.body, "paths": [os.path.abspath(file.name) for file in job.files]}  # noqa: PTH100
        try:
            self._process = subprocess.Popen(
                command("sandbox.oneshot"),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=environment(self._home.name),
                cwd=self._home.name,
                start_new_session=True,
            )
        except OSError as error:
            raise Gone(str(error)) from None
        self._threads = [
            threading.Thread(target=self._feed, args=(json.dumps(body).encode(),), daemon=True),
            threading.Thread(target=self._read, args=("result", self._process.stdout), daemon=True),
            threading.Thread(target=self._read, args=("output", self._process.stderr), daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def events(self, seconds: float) -> Iterator[tuple[Source, bytes]]:
        if time.monotonic() >= self._deadline:
            self.kill("timeout")
        wait = min(seconds, max(0.01, self._deadline - time.monotonic()))
        try:
            yield self._arrived.get(timeout=wait if not self._ended() else 0.01)
        except queue.Empty:
            yield from self._report()

    def end(self) -> None:
        """The interpreter ends by itself."""

    def kill(self, reason: str) -> None:
        self._reason = self._reason or reason
        self._process.kill()

    def abandon(self) -> None:
        self._process.kill()

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        for thread in self._threads:
            thread.join(1)
        self._home.cleanup()

    def _ended(self) -> bool:
        return self._process.poll() is not None and not any(thread.is_alive() for thread in self._threads)

    def _report(self) -> Iterator[tuple[Source, bytes]]:
        if self._ended() and self._arrived.empty() and not self._reported:
            self._reported = True
            end = {"exit": self._process.returncode, "reason": self._reason, "peak_mb": 0.0}
            yield "report", json.dumps(end).encode()
            yield "report", b""

    def _feed(self, body: bytes) -> None:
        pipe = self._process.stdin
        assert pipe is not None
        try:
            with pipe:
                pipe.write(body)
        except OSError:
            return

    def _read(self, source: Source, pipe: IO[bytes]) -> None:
        with pipe:
            while data := os.read(pipe.fileno(), CHUNK):
                self._arrived.put((source, data))
        self._arrived.put((source, b""))


def main() -> None:
    """Does the job on standard input and ends the process."""
    job: dict[str, Any] = json.loads(sys.stdin.buffer.read())
    result = os.dup(1)
    os.dup2(2, 1)
    contents = {table["name"]: _content(path) for table, path in zip(job["tables"], job["paths"], strict=True)}
    os.environ.clear()
    limits.confine(job["limits"])
    worker.work(job, contents, 1, result)
    os._exit(0)


def _content(path: str) -> Any:
    return loading.mapped(os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0)))
