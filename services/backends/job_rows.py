"""What the job runner keeps in the database: who runs a job, until when, and how it ended. Not bound to a team.

A job belongs to the process named by its owner for as long as its lease lasts. A final job never changes again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, RowMapping, and_, or_, select, update
from sqlalchemy.orm import Session

from services.backends.database import Database
from services.backends.tables import jobs, turns
from services.domain import Job, JobStatus, TurnStatus

UNCLAIMED: Final = timedelta(seconds=30)
"""A queued job without a lease this long after it was made: its process died before it could take it."""

ENDINGS: Final = {
    JobStatus.DONE: (TurnStatus.FAILED, "The question ended without an answer.", "Ask again."),
    JobStatus.FAILED: (TurnStatus.FAILED, "Something went wrong while this was answered.", "Ask again."),
    JobStatus.STOPPED: (TurnStatus.STOPPED, "You stopped this question.", ""),
    JobStatus.INTERRUPTED: (
        TurnStatus.INTERRUPTED,
        "This was interrupted: the process that worked on it ended.",
        "Ask again.",
    ),
}
"""What a turn says that its job left unfinished."""

ACTIVE: Final = jobs.c.status.in_((JobStatus.QUEUED, JobStatus.RUNNING))


class JobRows:
    """The rows of jobs of every team, for the runner only."""

    def __init__(self, database: Database) -> None:
        self._database = database.everywhere()

    def enqueue(self, job_id: str, owner: str, lease_until: datetime) -> Job | None:
        """The queued job, now waiting in the process `owner`; None when another took it or it has ended."""
        return self._take(job_id, owner, lease_until, JobStatus.QUEUED)

    def claim(self, job_id: str, owner: str, lease_until: datetime) -> Job | None:
        """The job, now running in the process `owner`; None when another took it or it has ended."""
        return self._take(job_id, owner, lease_until, JobStatus.RUNNING)

    def beat(self, owner: str, lease_until: datetime, ids: Collection[str] | None = None) -> set[str]:
        """Renews the leases of the owner's jobs (of `ids` only, when given).

        Returns the jobs to give up: those somebody asked to stop, and those of `ids` that are the owner's no more.
        """
        mine = and_(jobs.c.owner == owner, ACTIVE)
        if ids is not None:
            mine = and_(mine, jobs.c.id.in_(ids))
        with self._database.session() as session:
            session.execute(update(jobs).where(mine).values(lease_until=lease_until))
            held = {row.id: row.stop_requested for row in session.execute(select(jobs).where(mine))}
        return {job_id for job_id, stopped in held.items() if stopped} | (set(ids or ()) - held.keys())

    def save(
        self, job_id: str, *, stage: str | None = None, text: str | None = None, share: float | None = None
    ) -> None:
        """Keeps how far a job has come. A job that has ended stays as it is."""
        values = {"stage": stage, "text": text, "share": share}
        changes = {name: value for name, value in values.items() if value is not None}
        if changes:
            with self._database.session() as session:
                session.execute(update(jobs).where(jobs.c.id == job_id, ACTIVE).values(**changes))

    def finish(self, job_id: str, status: JobStatus) -> None:
        """Ends a job, and the turns it left unfinished. A job that has ended stays as it is."""
        with self._database.session() as session:
            end(session, job_id, status)

    def sweep(self, now: datetime) -> list[Job]:
        """The jobs whose lease ran out, which are now marked interrupted, and their unfinished turns with them."""
        with self._database.reading() as session:
            expired = session.scalars(select(jobs.c.id).where(expired_at(now))).all()
        return [job for job_id in expired if (job := self._interrupt(job_id, now))]

    def _interrupt(self, job_id: str, now: datetime) -> Job | None:
        with self._database.session() as session:
            if not end(session, job_id, JobStatus.INTERRUPTED, expired_at(now)):
                return None
            return to_job(session.execute(select(jobs).where(jobs.c.id == job_id)).mappings().one())

    def _take(self, job_id: str, owner: str, lease_until: datetime, status: JobStatus) -> Job | None:
        free = and_(jobs.c.id == job_id, jobs.c.status == JobStatus.QUEUED, jobs.c.owner.in_(("", owner)))
        taken = {"status": status, "owner": owner, "lease_until": lease_until}
        with self._database.session() as session:
            if not changed(session, update(jobs).where(free).values(**taken)):
                return None
            return to_job(session.execute(select(jobs).where(jobs.c.id == job_id)).mappings().one())


def to_job(row: RowMapping) -> Job:
    """The noun a row holds."""
    return Job.model_validate(dict(row))


def expired_at(now: datetime) -> ColumnElement[bool]:
    """True for a job that belongs to nobody any more."""
    lost = and_(jobs.c.lease_until.is_(None), jobs.c.created_at < now - UNCLAIMED)
    return and_(ACTIVE, or_(jobs.c.lease_until < now, lost))


def end(session: Session, job_id: str, status: JobStatus, *conditions: ColumnElement[bool]) -> bool:
    """Whether the job ended by this call, which also ends the turns it left unfinished."""
    ended = update(jobs).where(jobs.c.id == job_id, ACTIVE, *conditions).values(status=status, lease_until=None)
    if not changed(session, ended):
        return False
    end_turns(session, [job_id], *ENDINGS[status])
    return True


def end_turns(session: Session, job_ids: Iterable[str], status: TurnStatus, message: str, hint: str) -> None:
    """Ends the unfinished turns of these jobs."""
    unfinished = turns.c.status.in_((TurnStatus.QUEUED, TurnStatus.RUNNING))
    mine = turns.c.job_id.in_(list(job_ids))
    session.execute(update(turns).where(mine, unfinished).values(status=status, message=message, hint=hint))


def changed(session: Session, statement: Any) -> int:
    """Number of rows the statement changed."""
    count: int = session.execute(statement).rowcount  # type: ignore[attr-defined]
    return count
