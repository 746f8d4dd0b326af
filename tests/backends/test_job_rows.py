"""Owners, leases and ends of jobs, as the runner keeps them."""

from __future__ import annotations

import pytest

from services.backends.database import Database
from services.backends.job_rows import JobRows
from services.backends.rows import Rows
from services.domain import Job, JobStatus, Turn, TurnStatus
from tests.backends import nouns

FINAL = [status for status in JobStatus if status.is_final]


@pytest.fixture
def rows(database: Database) -> Rows:
    return Rows(database, "local", "local")


@pytest.fixture
def job_rows(database: Database) -> JobRows:
    return JobRows(database)


@pytest.fixture
def turn(rows: Rows) -> Turn:
    """A queued question."""
    conversation = nouns.conversation(nouns.stored_dataset(rows))
    rows.add_conversation(conversation)
    return nouns.stored_turn(rows, conversation)


def test_a_job_is_taken_by_one_owner_only(job_rows: JobRows, rows: Rows) -> None:
    job = _stored(rows)
    lease = nouns.moment(60)
    assert job_rows.enqueue(job.id, "one", lease) == job.model_copy(update={"owner": "one", "lease_until": lease})
    assert job_rows.enqueue(job.id, "two", lease) is None
    assert job_rows.claim(job.id, "two", lease) is None
    running = job_rows.claim(job.id, "one", lease)
    assert running
    assert running.status is JobStatus.RUNNING
    assert job_rows.claim(job.id, "one", lease) is None
    assert rows.job(job.id) == running


def test_a_beat_renews_only_the_owners_active_jobs(job_rows: JobRows, rows: Rows) -> None:
    old, new = nouns.moment(5), nouns.moment(50)
    mine, other = (_stored(rows, owner=owner, lease_until=old) for owner in ("one", "two"))
    done = _stored(rows, owner="one", lease_until=old, status=JobStatus.DONE)
    assert job_rows.beat("one", new) == set()
    assert [rows.job(job.id).lease_until for job in (mine, other, done)] == [new, old, old]


def test_a_beat_tells_which_jobs_to_give_up(job_rows: JobRows, rows: Rows) -> None:
    kept, stopped, ended, deleted = (_stored(rows, owner="one", lease_until=nouns.moment(5)) for _ in range(4))
    rows.request_stop(stopped.id)
    job_rows.finish(ended.id, JobStatus.INTERRUPTED)
    ids = {kept.id, stopped.id, ended.id, f"{deleted.id}, gone"}
    assert job_rows.beat("one", nouns.moment(60), ids) == ids - {kept.id}
    assert job_rows.beat("one", nouns.moment(60)) == {stopped.id}


@pytest.mark.parametrize("status", FINAL)
def test_an_ended_job_never_changes_again(job_rows: JobRows, rows: Rows, status: JobStatus) -> None:
    job = _stored(rows)
    job_rows.save(job.id, stage="Planning", text="a")
    job_rows.finish(job.id, status)
    ended = rows.job(job.id)
    assert (ended.status, ended.stage, ended.text, ended.lease_until) == (status, "Planning", "a", None)
    for other in FINAL:
        job_rows.finish(job.id, other)
    job_rows.save(job.id, stage="Later", text="b")
    rows.request_stop(job.id)
    assert job_rows.claim(job.id, "one", nouns.moment(60)) is None
    assert job_rows.sweep(nouns.moment(9_999)) == []
    assert rows.job(job.id) == ended


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (JobStatus.DONE, TurnStatus.FAILED),
        (JobStatus.FAILED, TurnStatus.FAILED),
        (JobStatus.STOPPED, TurnStatus.STOPPED),
        (JobStatus.INTERRUPTED, TurnStatus.INTERRUPTED),
    ],
)
def test_no_turn_outlives_its_job(
    job_rows: JobRows, rows: Rows, turn: Turn, status: JobStatus, expected: TurnStatus
) -> None:
    rows.save_turn(turn.model_copy(update={"status": TurnStatus.RUNNING}))
    job_rows.finish(turn.job_id, status)
    ended = rows.turn(turn.id)
    assert ended.status is expected
    assert ended.message.endswith(".")


def test_an_answered_turn_keeps_its_answer_when_its_job_ends(job_rows: JobRows, rows: Rows, turn: Turn) -> None:
    answered = nouns.answered(turn)
    rows.save_turn(answered)
    job_rows.finish(turn.job_id, JobStatus.INTERRUPTED)
    assert rows.turn(turn.id) == answered


@pytest.mark.parametrize("status", [JobStatus.QUEUED, JobStatus.RUNNING])
def test_a_sweep_interrupts_what_expired_and_its_turn(
    job_rows: JobRows, rows: Rows, turn: Turn, status: JobStatus
) -> None:
    take = job_rows.enqueue if status is JobStatus.QUEUED else job_rows.claim
    live = _stored(rows, owner="two", status=status, lease_until=nouns.moment(60))
    take(turn.job_id, "one", nouns.moment(-1))
    swept = job_rows.sweep(nouns.moment())
    assert [(job.id, job.status) for job in swept] == [(turn.job_id, JobStatus.INTERRUPTED)]
    assert rows.turn(turn.id).status is TurnStatus.INTERRUPTED
    assert rows.job(live.id) == live
    assert job_rows.sweep(nouns.moment()) == []


def test_a_job_nobody_ever_took_is_swept_after_a_while(job_rows: JobRows, rows: Rows) -> None:
    fresh, forgotten = _stored(rows), _stored(rows, created_at=nouns.moment(-60))
    assert [job.id for job in job_rows.sweep(nouns.moment())] == [forgotten.id]
    assert rows.job(fresh.id).status is JobStatus.QUEUED


def test_every_team_is_swept(job_rows: JobRows, database: Database) -> None:
    for team_id in ("one", "two"):
        Rows(database, team_id, "local").add_job(nouns.job(team_id, lease_until=nouns.moment(-1)))
    assert {job.team_id for job in job_rows.sweep(nouns.moment())} == {"one", "two"}


def _stored(rows: Rows, **changes: object) -> Job:
    job = nouns.job(**changes)
    rows.add_job(job)
    return job
