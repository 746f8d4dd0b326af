"""Background jobs: look at one, follow it to its end, stop it; and the one place where work is run."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final
from uuid import uuid4

from services.access import Action, requires
from services.domain import Job, JobStatus
from services.errors import AppError, Stopped, Unavailable
from services.protocols import Progress
from services.workspace import Backends, Workspace, open_workspace

POLL_SECONDS: Final = 0.3
"""Time between two looks at a job of another process, and the longest silence of `follow`."""

AGAIN: Final = "Ask again. If it goes wrong again, tell the reference to whoever runs this server."

Work = Callable[[Workspace, str, Progress], None]
"""What a kind of job does: workspace of its creator, id of its subject, or its own where it has a body, progress."""

log = logging.getLogger(__name__)


@requires(Action.JOB_READ)
def get(ws: Workspace, job_id: str) -> Job:
    """The job as it is now; one whose lease ran out is interrupted. Raises: NotFound."""
    job = ws.rows.job(job_id)
    return job if job.status.is_final else _now(ws, job_id)


@requires(Action.JOB_READ)
def follow(ws: Workspace, job_id: str) -> Iterator[Job]:
    """The job at once, then after each change, and at the end its final state.

    Without a change the same job comes again after `POLL_SECONDS`, so that whoever draws it can be interrupted.
    Raises: NotFound.
    """
    return _states(ws, get(ws, job_id))


@requires(Action.JOB_STOP)
def stop(ws: Workspace, job_id: str) -> Job:
    """Asks the job to stop, wherever it runs. Raises: NotFound."""
    if not ws.rows.job(job_id).status.is_final:
        ws.rows.request_stop(job_id)
        ws.backends.runner.cancel(job_id)
    return get(ws, job_id)


def run(work: Mapping[str, Work], backends: Backends, job: Job, progress: Progress) -> JobStatus:
    """Does a job's work in the workspace of its creator, and says how it ended. Job and turn tell why it failed."""
    ws = None
    try:
        ws = _workspace(backends, job)
        work[job.kind](ws, job.id if job.body else job.subject_id, progress)
    except Stopped:
        return JobStatus.STOPPED
    except AppError as error:
        log.info("Job %s (%s) failed: %s", job.id, job.kind, error)
        return _failed(ws, job, error.message, error.hint)
    except Exception:
        reference = uuid4().hex[:8]
        log.exception("Job %s (%s) failed, reference %s", job.id, job.kind, reference)
        return _failed(ws, job, f"Something went wrong here (reference {reference}).", AGAIN)
    return JobStatus.DONE


def _failed(ws: Workspace | None, job: Job, message: str, hint: str) -> JobStatus:
    if ws:
        with suppress(Unavailable):  # when the database is away too, the lease runs out and a sweep ends the job
            ws.rows.fail_job(job.id, message, hint)
    return JobStatus.FAILED


def _states(ws: Workspace, job: Job) -> Iterator[Job]:
    yield job
    while not job.status.is_final:
        if ws.backends.runner.live(job.id):
            ws.backends.runner.wait(job.id, job, POLL_SECONDS)
        else:
            time.sleep(POLL_SECONDS)
        job = _now(ws, job.id)
        yield job


def _now(ws: Workspace, job_id: str) -> Job:
    return ws.backends.runner.live(job_id) or ws.rows.expire_job(job_id, datetime.now(UTC))


def _workspace(backends: Backends, job: Job) -> Workspace:
    return open_workspace(backends, job.created_by, job.team_id, job.share_id)
