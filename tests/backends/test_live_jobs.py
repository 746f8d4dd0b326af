"""Progress: pages see it at once, the database at most four times a second."""

from __future__ import annotations

import threading
import time

import pytest
from sqlalchemy import event, text

from services.backends.database import Database
from services.backends.job_rows import JobRows
from services.backends.live_jobs import LiveJob, LiveJobs
from services.backends.rows import Rows
from services.domain import Exchange
from services.errors import Stopped
from tests.backends import nouns


@pytest.fixture
def jobs(database: Database) -> LiveJobs:
    return LiveJobs(JobRows(database))


@pytest.fixture
def live(jobs: LiveJobs, database: Database) -> LiveJob:
    job = nouns.job()
    Rows(database, "local", "local").add_job(job)
    return jobs.add(job)


def test_a_page_sees_every_change_at_once(jobs: LiveJobs, live: LiveJob) -> None:
    live.stage("Writing code")
    for piece in ("im", "port", " x"):
        live.text(piece)
    seen = jobs.snapshot(live.job.id)
    assert seen
    assert (seen.stage, seen.text) == ("Writing code", "import x")


def test_the_database_is_written_at_most_four_times_a_second(live: LiveJob, database: Database) -> None:
    writes: list[str] = []
    event.listen(database._engine, "before_cursor_execute", lambda *told: writes.append(told[2]))
    started = time.monotonic()
    while time.monotonic() - started < 0.9:
        live.text("x")
        time.sleep(0.002)
    assert 2 <= len([statement for statement in writes if statement.startswith("UPDATE jobs")]) <= 4


def test_the_final_text_always_reaches_the_database(live: LiveJob, database: Database) -> None:
    for _ in range(100):
        live.text("word ")
    live.flush(now=True)
    assert Rows(database, "local", "local").job(live.job.id).text == "word " * 100


def test_what_was_held_back_is_written_by_the_next_flush(jobs: LiveJobs, live: LiveJob, database: Database) -> None:
    live.stage("One")
    live.stage("Two")
    assert Rows(database, "local", "local").job(live.job.id).stage == "One"
    time.sleep(0.3)
    jobs.flush()
    assert Rows(database, "local", "local").job(live.job.id).stage == "Two"


def test_every_call_raises_after_a_stop(live: LiveJob) -> None:
    live.check()
    live.stop()
    calls = (live.check, lambda: live.stage("x"), lambda: live.text("x"), lambda: live.sent(_exchange()))
    for call in calls:
        with pytest.raises(Stopped):
            call()
    assert live.job.stop_requested


def test_a_database_that_fails_does_not_end_the_work(live: LiveJob, database: Database) -> None:
    with database.session() as session:
        session.execute(text("ALTER TABLE jobs RENAME TO hidden"))
    live.stage("Lost for now")
    with database.session() as session:
        session.execute(text("ALTER TABLE hidden RENAME TO jobs"))
    live.flush(now=True)
    assert Rows(database, "local", "local").job(live.job.id).stage == "Lost for now"


def test_waiting_ends_with_a_change_with_the_job_or_with_the_time(jobs: LiveJobs, live: LiveJob) -> None:
    seen = live.job
    for change in (lambda: live.stage("Planning"), lambda: jobs.remove(seen.id)):
        threading.Timer(0.05, change).start()
        started = time.monotonic()
        jobs.wait(seen.id, jobs.snapshot(seen.id) or seen, 5.0)
        assert time.monotonic() - started < 1.0
    started = time.monotonic()
    other = jobs.add(seen)
    jobs.wait(seen.id, other.job, 0.1)
    assert 0.05 < time.monotonic() - started < 1.0


def _exchange() -> Exchange:
    return Exchange(model="m", sent="a", received="b")
