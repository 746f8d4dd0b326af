"""The runners: threads or the caller's own, stops from anywhere, and processes that die."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from services.backends.database import Database
from services.backends.job_rows import JobRows
from services.backends.rows import Rows
from services.backends.runners import InlineRunner, LocalRunner
from services.domain import Conversation, Job, JobStatus, Turn, TurnStatus
from services.errors import Stopped
from services.protocols import Progress
from tests.backends import nouns, second

LEASE = 2.0


@pytest.fixture
def rows(database: Database) -> Rows:
    return Rows(database, "local", "local")


@pytest.fixture
def conversation(rows: Rows) -> Conversation:
    made = nouns.conversation(nouns.stored_dataset(rows))
    rows.add_conversation(made)
    return made


@pytest.fixture
def runner(database: Database) -> Iterator[LocalRunner]:
    made = LocalRunner(JobRows(database), jobs_at_once=2, lease_seconds=LEASE)
    yield made
    made.shutdown()


def test_a_job_runs_in_a_thread_and_its_text_is_kept(runner: LocalRunner, rows: Rows) -> None:
    threads: list[str] = []

    def work(job: Job, progress: Progress) -> JobStatus:
        threads.append(threading.current_thread().name)
        progress.stage("Planning")
        for _ in range(50):
            progress.text("piece ")
        return JobStatus.DONE

    job = _stored(rows)
    runner.start(work)
    runner.submit(job.id)
    _until(lambda: rows.job(job.id).status is JobStatus.DONE)
    assert threads == [f"job-{job.id[:8]}"]
    assert rows.job(job.id).text == "piece " * 50
    _until(lambda: runner.live(job.id) is None)


def test_only_so_many_jobs_run_at_once_and_the_others_wait_their_turn(runner: LocalRunner, rows: Rows) -> None:
    begun: list[str] = []
    go_on = threading.Event()

    def work(job: Job, progress: Progress) -> JobStatus:
        begun.append(job.id)
        go_on.wait(10)
        return JobStatus.DONE

    jobs = [_stored(rows) for _ in range(5)]
    runner.start(work)
    for job in jobs:
        runner.submit(job.id)
    time.sleep(0.1)
    assert [job.status for job in map(_current(rows), jobs)].count(JobStatus.RUNNING) == len(begun) == 2
    go_on.set()
    _until(lambda: all(_current(rows)(job).status is JobStatus.DONE for job in jobs))
    assert set(begun[:2]) == {job.id for job in jobs[:2]}
    assert sorted(begun) == sorted(job.id for job in jobs)


def test_queued_and_running_jobs_keep_their_leases(runner: LocalRunner, rows: Rows, database: Database) -> None:
    runner.start(_until_stopped)
    jobs = [_stored(rows) for _ in range(4)]
    for job in jobs:
        runner.submit(job.id)
    time.sleep(1.2 * LEASE)
    assert JobRows(database).sweep(datetime.now(UTC)) == []
    statuses = [rows.job(job.id).status for job in jobs]
    assert statuses.count(JobStatus.RUNNING) == statuses.count(JobStatus.QUEUED) == 2


def test_a_stop_ends_running_and_waiting_jobs_and_their_turns(
    runner: LocalRunner, rows: Rows, conversation: Conversation
) -> None:
    runner.start(_until_stopped)
    turns = [nouns.stored_turn(rows, conversation) for _ in range(3)]
    for turn in turns:
        runner.submit(turn.job_id)
    runner.cancel(turns[2].job_id)
    assert rows.job(turns[2].job_id).status is JobStatus.STOPPED
    runner.cancel(turns[0].job_id)
    _until(lambda: rows.job(turns[0].job_id).status is JobStatus.STOPPED)
    assert [rows.turn(turn.id).status for turn in turns] == [TurnStatus.STOPPED, TurnStatus.QUEUED, TurnStatus.STOPPED]
    assert rows.job(turns[1].job_id).status is JobStatus.RUNNING


def test_a_stop_asked_for_in_another_process_is_seen(runner: LocalRunner, rows: Rows) -> None:
    runner.start(_until_stopped)
    job = _stored(rows)
    runner.submit(job.id)
    _until(lambda: rows.job(job.id).status is JobStatus.RUNNING)
    rows.request_stop(job.id)
    _until(lambda: rows.job(job.id).status is JobStatus.STOPPED, seconds=2)


def test_a_job_that_was_interrupted_elsewhere_or_deleted_is_given_up(
    runner: LocalRunner, rows: Rows, conversation: Conversation, database: Database
) -> None:
    runner.start(_until_stopped)
    turns = [nouns.stored_turn(rows, conversation) for _ in range(2)]
    for turn in turns:
        runner.submit(turn.job_id)
    JobRows(database).finish(turns[0].job_id, JobStatus.INTERRUPTED)
    _until(lambda: runner.live(turns[0].job_id) is None, seconds=2)
    assert rows.job(turns[0].job_id).status is JobStatus.INTERRUPTED
    assert rows.turn(turns[0].id).status is TurnStatus.INTERRUPTED
    rows.delete_dataset(conversation.dataset_id)
    _until(lambda: runner.live(turns[1].job_id) is None, seconds=2)


def test_a_stop_before_the_job_began_means_it_never_begins(runner: LocalRunner, rows: Rows) -> None:
    runner.start(_must_not_run)
    job = _stored(rows)
    rows.request_stop(job.id)
    runner.submit(job.id)
    _until(lambda: rows.job(job.id).status is JobStatus.STOPPED)


def test_a_job_of_another_process_is_not_taken(runner: LocalRunner, rows: Rows) -> None:
    runner.start(_must_not_run)
    job = _stored(rows, owner="another", lease_until=nouns.moment(60))
    runner.submit(job.id)
    assert runner.live(job.id) is None
    assert rows.job(job.id) == job


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_work_that_breaks_leaves_no_job_running_and_the_next_one_runs(runner: LocalRunner, rows: Rows) -> None:
    broken, good = _stored(rows), _stored(rows)

    def work(job: Job, progress: Progress) -> JobStatus:
        if job.id == broken.id:
            raise ZeroDivisionError
        return JobStatus.DONE

    runner.start(work)
    for job in (broken, good):
        runner.submit(job.id)
    _until(lambda: rows.job(good.id).status is JobStatus.DONE)
    _until(lambda: rows.job(broken.id).status is JobStatus.INTERRUPTED)


@pytest.mark.long
def test_a_database_that_is_away_for_a_while_ends_neither_heartbeat_nor_work(
    runner: LocalRunner, rows: Rows, database: Database
) -> None:
    ended = threading.Event()
    runner.start(lambda job, progress: JobStatus.DONE if ended.wait(10) else JobStatus.FAILED)
    kept, lost = _stored(rows), _stored(rows)
    for job in (kept, lost):
        runner.submit(job.id)
    _until(lambda: rows.job(lost.id).status is JobStatus.RUNNING)
    _rename(database, "jobs", "hidden")
    time.sleep(LEASE / 2)
    _rename(database, "hidden", "jobs")
    renewed = rows.job(kept.id).lease_until
    _until(lambda: rows.job(kept.id).lease_until != renewed)

    _rename(database, "jobs", "hidden")
    ended.set()
    _until(lambda: runner.live(kept.id) is None and runner.live(lost.id) is None)
    _rename(database, "hidden", "jobs")
    assert rows.job(kept.id).status is JobStatus.RUNNING
    _until(lambda: rows.job(kept.id).status is rows.job(lost.id).status is JobStatus.INTERRUPTED, seconds=10)


def test_shutting_down_interrupts_at_once_and_stops_the_work(
    runner: LocalRunner, rows: Rows, conversation: Conversation
) -> None:
    ended = threading.Event()

    def work(job: Job, progress: Progress) -> JobStatus:
        try:
            return _until_stopped(job, progress)
        finally:
            ended.set()

    runner.start(work)
    turns = [nouns.stored_turn(rows, conversation) for _ in range(3)]
    for turn in turns:
        runner.submit(turn.job_id)
    runner.shutdown()
    assert ended.is_set()
    assert {rows.job(turn.job_id).status for turn in turns} == {JobStatus.INTERRUPTED}
    assert {rows.turn(turn.id).status for turn in turns} == {TurnStatus.INTERRUPTED}


def test_inline_runs_in_the_callers_thread_and_keeps_its_lease(database: Database, rows: Rows) -> None:
    threads: list[threading.Thread] = []

    def work(job: Job, progress: Progress) -> JobStatus:
        threads.append(threading.current_thread())
        time.sleep(1.2 * LEASE)
        assert JobRows(database).sweep(datetime.now(UTC)) == []
        progress.text("done")
        return JobStatus.DONE

    runner = InlineRunner(JobRows(database), LEASE)
    runner.start(work)
    job = _stored(rows)
    runner.submit(job.id)
    assert threads == [threading.current_thread()]
    assert (rows.job(job.id).status, rows.job(job.id).text) == (JobStatus.DONE, "done")


def test_inline_sees_a_stop_and_an_interruption_from_the_keyboard(database: Database, rows: Rows) -> None:
    runner = InlineRunner(JobRows(database), LEASE)
    runner.start(_until_stopped)
    job = _stored(rows)
    threading.Timer(0.1, rows.request_stop, [job.id]).start()
    runner.submit(job.id)
    assert rows.job(job.id).status is JobStatus.STOPPED

    runner.start(_interrupted)
    job = _stored(rows)
    with pytest.raises(KeyboardInterrupt):
        runner.submit(job.id)
    assert rows.job(job.id).status is JobStatus.INTERRUPTED


def test_jobs_of_a_killed_process_are_interrupted_within_the_lease_and_no_others(
    runner: LocalRunner, rows: Rows, conversation: Conversation, url: str
) -> None:
    runner.start(_until_stopped)
    own = nouns.stored_turn(rows, conversation)
    runner.submit(own.job_id)
    running, waiting = (nouns.stored_turn(rows, conversation) for _ in range(2))
    other = second.start("work", url, LEASE, running.job_id, waiting.job_id)
    assert other.stdout
    assert other.stdout.readline() == "running\n"
    time.sleep(1.2 * LEASE)  # alive beyond its first lease: it must not be touched
    assert rows.job(running.job_id).status is JobStatus.RUNNING
    assert rows.job(waiting.job_id).status is JobStatus.QUEUED
    assert len(rows.job(running.job_id).text) > 100

    other.kill()
    killed = time.monotonic()
    other.wait()
    _until(lambda: _statuses(rows, running, waiting) == {JobStatus.INTERRUPTED}, seconds=10)
    assert time.monotonic() - killed < 2 * LEASE
    assert {rows.turn(turn.id).status for turn in (running, waiting)} == {TurnStatus.INTERRUPTED}
    assert rows.job(own.job_id).status is JobStatus.RUNNING


@pytest.mark.long
def test_a_process_that_slept_too_long_does_not_bring_its_job_back(runner: LocalRunner, rows: Rows, url: str) -> None:
    runner.start(_must_not_run)
    job = _stored(rows)
    other = second.start("work", url, LEASE, job.id)
    assert other.stdout
    assert other.stdout.readline() == "running\n"
    other.send_signal(signal.SIGSTOP)
    _until(lambda: rows.job(job.id).status is JobStatus.INTERRUPTED, seconds=10)
    interrupted = rows.job(job.id)
    other.send_signal(signal.SIGCONT)
    assert other.communicate(timeout=10)[0] == "ended\n"
    assert rows.job(job.id) == interrupted


def test_a_process_that_starts_finds_what_a_killed_one_left(database: Database, rows: Rows, url: str) -> None:
    job = _stored(rows)
    other = second.start("work", url, LEASE, job.id)
    assert other.stdout
    assert other.stdout.readline() == "running\n"
    other.kill()
    other.wait()
    time.sleep(LEASE)
    runner = LocalRunner(JobRows(database), jobs_at_once=1, lease_seconds=60)
    runner.start(_must_not_run)
    _until(lambda: rows.job(job.id).status is JobStatus.INTERRUPTED, seconds=1)
    runner.shutdown()


@pytest.mark.long
def test_a_stop_reaches_another_process(rows: Rows, url: str) -> None:
    job = _stored(rows)
    other = second.start("work", url, 20, job.id)
    assert other.stdout
    assert other.stdout.readline() == "running\n"
    rows.request_stop(job.id)
    _until(lambda: rows.job(job.id).status is JobStatus.STOPPED, seconds=3)
    assert other.communicate(timeout=10)[0] == "ended\n"


def _rename(database: Database, old: str, new: str) -> None:
    with database.session() as session:
        session.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))


def _until_stopped(_job: Job, progress: Progress) -> JobStatus:
    try:
        while True:
            progress.check()
            time.sleep(0.01)
    except Stopped:
        return JobStatus.STOPPED


def _must_not_run(job: Job, _progress: Progress) -> JobStatus:
    raise AssertionError(f"{job.id} was run")


def _interrupted(_job: Job, _progress: Progress) -> JobStatus:
    raise KeyboardInterrupt


def _until(true: Callable[[], bool], seconds: float = 5.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def _current(rows: Rows) -> Callable[[Job], Job]:
    return lambda job: rows.job(job.id)


def _statuses(rows: Rows, *turns: Turn) -> set[JobStatus]:
    return {rows.job(turn.job_id).status for turn in turns}


def _stored(rows: Rows, **changes: object) -> Job:
    job = nouns.job(**changes)
    rows.add_job(job)
    return job
