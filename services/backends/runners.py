"""Who runs jobs: threads of this process, or the caller's own. A heartbeat keeps their leases."""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import uuid4

from sqlalchemy.exc import SQLAlchemyError

from services.backends.job_rows import JobRows
from services.backends.live_jobs import WRITE_SECONDS, LiveJob, LiveJobs
from services.domain import Job, JobStatus
from services.errors import Unavailable
from services.protocols import Progress

Work = Callable[[Job, Progress], JobStatus]

BEAT_SECONDS: Final = 1.0
"""Longest time until a stop asked for in another process is seen here."""
BEATS_PER_LEASE: Final = 4
CLOSE_SECONDS: Final = 5.0
"""How long `shutdown` waits for running work to notice that it was stopped."""

log = logging.getLogger(__name__)


class Runner(ABC):
    """What both runners share: an owner, leases, progress, and one way to run a job to its end."""

    def __init__(self, job_rows: JobRows, lease_seconds: float = 20.0) -> None:
        self.owner = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:12]}"
        self._rows, self._lease = job_rows, timedelta(seconds=lease_seconds)
        self._live = LiveJobs(job_rows)
        self._beat_seconds = min(BEAT_SECONDS, lease_seconds / BEATS_PER_LEASE)
        self._work: Work | None = None

    def start(self, work: Work) -> None:
        """From now on jobs are run by `work`."""
        self._work = work

    @abstractmethod
    def submit(self, job_id: str) -> None:
        """Takes the queued job over and runs it."""

    @abstractmethod
    def shutdown(self) -> None:
        """Leaves no job of this process unfinished."""

    def cancel(self, job_id: str) -> None:
        """Stops the job if it waits or runs here."""
        if live := self._live.get(job_id):
            live.stop()

    def live(self, job_id: str) -> Job | None:
        """The job as it is this moment, or None when it is not here."""
        return self._live.snapshot(job_id)

    def wait(self, job_id: str, seen: Job, seconds: float) -> None:
        """Returns as soon as the job differs from `seen` or is no longer here, at most after `seconds`."""
        self._live.wait(job_id, seen, seconds)

    def _until(self) -> datetime:
        return datetime.now(UTC) + self._lease

    def _enqueue(self, job_id: str) -> LiveJob | None:
        job = self._rows.enqueue(job_id, self.owner, self._until())
        return self._live.add(job) if job else None

    def _run(self, live: LiveJob) -> None:
        """Runs one job to its end. Whatever escapes from the work leaves the job interrupted."""
        status = JobStatus.INTERRUPTED
        try:
            if job := self._rows.claim(live.job.id, self.owner, self._until()):
                live.claimed(job)
                status = JobStatus.STOPPED if job.stop_requested else self._worked(job, live)
        finally:
            self._end(live, status)

    def _worked(self, job: Job, live: LiveJob) -> JobStatus:
        if self._work is None:
            raise RuntimeError("The runner has not been started.")
        return self._work(job, live)

    def _end(self, live: LiveJob, status: JobStatus) -> None:
        """The final text and status always reach the database; if not, the lease runs out and a sweep ends the job."""
        try:
            live.flush(now=True)
            self._rows.finish(live.job.id, status)
        except (SQLAlchemyError, Unavailable):
            log.exception("The end of job %s could not be written", live.job.id)
        finally:
            self._live.remove(live.job.id)

    def _pulse(self, done: threading.Event, sweep_seconds: float | None) -> None:
        """The heartbeat, until `done`: writes progress, renews leases, sees stops, and sweeps every `sweep_seconds`."""
        beaten, swept = time.monotonic(), float("-inf")
        while True:
            now = time.monotonic()
            try:
                if now - beaten >= self._beat_seconds:
                    beaten = now
                    self._beat()
                if sweep_seconds is not None and now - swept >= sweep_seconds:
                    swept = now
                    self._sweep()
            except (SQLAlchemyError, Unavailable):
                log.warning("The heartbeat could not reach the database", exc_info=True)
            if done.wait(min(WRITE_SECONDS, self._beat_seconds)):
                return
            self._live.flush()

    def _beat(self) -> None:
        if ids := self._live.ids():
            for job_id in self._rows.beat(self.owner, self._until(), ids) & self._live.ids():
                self.cancel(job_id)

    def _sweep(self) -> None:
        for job in self._rows.sweep(datetime.now(UTC)):
            log.warning("Job %s of %s was interrupted: its lease ran out", job.id, job.owner or "nobody")


class LocalRunner(Runner):
    """Runs jobs in threads of this process, first come, first served."""

    def __init__(self, job_rows: JobRows, jobs_at_once: int, lease_seconds: float) -> None:
        super().__init__(job_rows, lease_seconds)
        self._jobs_at_once = jobs_at_once
        self._lock = threading.Lock()
        self._waiting: deque[LiveJob] = deque()
        self._running: set[threading.Thread] = set()
        self._done = threading.Event()
        self._heart: threading.Thread | None = None

    def start(self, work: Work) -> None:
        """From now on jobs are run by `work`, and those of dead processes are swept."""
        super().start(work)
        if self._heart is None:
            sweep_seconds = self._lease.total_seconds() / 2
            self._heart = threading.Thread(
                target=self._pulse, args=(self._done, sweep_seconds), name="jobs-heart", daemon=True
            )
            self._heart.start()

    def submit(self, job_id: str) -> None:
        """Runs the job in a thread as soon as one is free."""
        if live := self._enqueue(job_id):
            with self._lock:
                self._waiting.append(live)
            self._next()

    def cancel(self, job_id: str) -> None:
        """Stops the job if it runs here; one that still waits has ended on return."""
        super().cancel(job_id)
        with self._lock:
            waiting = [live for live in self._waiting if live.job.id == job_id]
            for live in waiting:
                self._waiting.remove(live)
        for live in waiting:
            self._end(live, JobStatus.STOPPED)

    def shutdown(self) -> None:
        """Interrupts all jobs of this process at once, rather than when their leases run out."""
        with self._lock:
            self._waiting.clear()
            running = list(self._running)
        for job_id in self._live.ids():
            if live := self._live.get(job_id):
                self._end(live, JobStatus.INTERRUPTED)
                live.stop()
        self._done.set()
        deadline = time.monotonic() + CLOSE_SECONDS
        for thread in [*running, *([self._heart] if self._heart else [])]:
            thread.join(max(0.0, deadline - time.monotonic()))

    def _next(self) -> None:
        """Starts a thread for the first job in the queue, if one is free."""
        with self._lock:
            if self._done.is_set() or not self._waiting or len(self._running) >= self._jobs_at_once:
                return
            live = self._waiting.popleft()
            # Daemon threads: a model that never answers must not keep the process from ending.
            thread = threading.Thread(
                target=self._run_in_thread, args=(live,), name=f"job-{live.job.id[:8]}", daemon=True
            )
            self._running.add(thread)
        thread.start()

    def _run_in_thread(self, live: LiveJob) -> None:
        try:
            self._run(live)
        finally:
            with self._lock:
                self._running.discard(threading.current_thread())
            self._next()


class InlineRunner(Runner):
    """Runs each job at once in the caller's thread: for the command line and for tests."""

    def submit(self, job_id: str) -> None:
        """Returns when the job has ended."""
        if live := self._enqueue(job_id):
            done = threading.Event()
            heart = threading.Thread(target=self._pulse, args=(done, None), name="job-heart", daemon=True)
            heart.start()
            try:
                self._run(live)
            finally:
                done.set()
                heart.join()

    def shutdown(self) -> None:
        """Nothing to end: no job outlives its submit."""
