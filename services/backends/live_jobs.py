"""The jobs that run in this process: pages see every change at once, the database at most four a second."""

from __future__ import annotations

import logging
import threading
import time
from typing import Any, Final

from sqlalchemy.exc import SQLAlchemyError

from services.backends.job_rows import JobRows
from services.domain import Exchange, Job
from services.errors import Stopped, Unavailable

WRITE_SECONDS: Final = 0.25
"""Shortest time between two writes of one job's stage, text and share."""

log = logging.getLogger(__name__)


class LiveJobs:
    """The jobs waiting or running here, by id."""

    def __init__(self, rows: JobRows) -> None:
        self._rows = rows
        self._changed = threading.Condition()
        self._jobs: dict[str, LiveJob] = {}

    def add(self, job: Job) -> LiveJob:
        """The job's progress, from now on found by its id."""
        live = LiveJob(job, self._rows, self._changed)
        with self._changed:
            self._jobs[job.id] = live
        return live

    def remove(self, job_id: str) -> None:
        """Forgets an ended job; those who wait for a change of it look into the database now."""
        with self._changed:
            self._jobs.pop(job_id, None)
            self._changed.notify_all()

    def get(self, job_id: str) -> LiveJob | None:
        return self._jobs.get(job_id)

    def ids(self) -> set[str]:
        with self._changed:
            return set(self._jobs)

    def snapshot(self, job_id: str) -> Job | None:
        """The job as it is now, or None when it is not here."""
        live = self._jobs.get(job_id)
        return live.job if live else None

    def wait(self, job_id: str, seen: Job, seconds: float) -> None:
        """Returns as soon as the job differs from `seen` or is no longer here, at most after `seconds`."""
        with self._changed:
            self._changed.wait_for(lambda: self.snapshot(job_id) != seen, timeout=seconds)

    def flush(self) -> None:
        """Writes what the database does not have yet."""
        for job_id in self.ids():
            if live := self.get(job_id):
                live.flush()


class LiveJob:
    """One job's `Progress`. Exchanges are kept by the work itself, with its turn."""

    def __init__(self, job: Job, rows: JobRows, changed: threading.Condition) -> None:
        self.job = job
        """What a page sees."""
        self._rows, self._changed = rows, changed
        self._writing = threading.Lock()
        self._saved, self._saved_at = job, 0.0
        self._stop = threading.Event()

    def stage(self, name: str) -> None:
        self.check()
        self._change(stage=name)

    def text(self, piece: str) -> None:
        self.check()
        self._change(text=self.job.text + piece)

    def share(self, done: float) -> None:
        self.check()
        self._change(share=min(1.0, max(0.0, done)))

    def check(self) -> None:
        if self._stop.is_set():
            raise Stopped("You stopped this.")

    def sent(self, exchange: Exchange) -> None:  # noqa: ARG002
        self.check()

    def stop(self) -> None:
        """From now on every call of the work raises `Stopped`."""
        self._stop.set()
        with self._changed:
            self.job = self.job.model_copy(update={"stop_requested": True})
            self._changed.notify_all()

    def claimed(self, job: Job) -> None:
        """Takes over what the database says now that the job runs."""
        if job.stop_requested:
            self._stop.set()
        with self._changed:
            self.job = job
            self._changed.notify_all()

    def flush(self, *, now: bool = False) -> None:
        """Writes stage, text and share if they changed: at most every `WRITE_SECONDS`, or `now`."""
        with self._writing:
            seen = self.job
            fresh = _told(seen) != _told(self._saved)
            if fresh and (now or time.monotonic() - self._saved_at >= WRITE_SECONDS):
                self._write(seen)

    def _change(self, **values: Any) -> None:
        with self._changed:
            self.job = self.job.model_copy(update=values)
            self._changed.notify_all()
        self.flush()

    def _write(self, seen: Job) -> None:
        """A write that fails is tried again with the next change: the work must not die of it."""
        self._saved_at = time.monotonic()
        try:
            self._rows.save(seen.id, stage=seen.stage, text=seen.text, share=seen.share)
        except (SQLAlchemyError, Unavailable):
            log.warning("Progress of job %s could not be written", seen.id, exc_info=True)
        else:
            self._saved = seen


def _told(job: Job) -> tuple[str, str, float | None]:
    return job.stage, job.text, job.share
