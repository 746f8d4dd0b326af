"""Jobs: what following one shows, how it is stopped, and how work that fails ends."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from services import jobs
from services.access import Role
from services.backends.database import Database
from services.backends.job_rows import JobRows
from services.backends.runners import LocalRunner
from services.domain import Conversation, JobStatus, Team, Turn, TurnStatus
from services.errors import BadInput, Forbidden, NotFound
from services.protocols import Progress
from services.workspace import Workspace
from tests.backends import nouns, second
from tests.backends.spaces import workspace

LEASE = 2.0


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'test.db'}"


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    opened = Database(url)
    opened.migrate()
    yield opened
    opened.dispose()


@pytest.fixture
def runner(database: Database) -> Iterator[LocalRunner]:
    made = LocalRunner(JobRows(database), jobs_at_once=2, lease_seconds=LEASE)
    yield made
    made.shutdown()


@pytest.fixture
def ws(database: Database, runner: LocalRunner) -> Workspace:
    return workspace(database, runner)


@pytest.fixture
def conversation(ws: Workspace) -> Conversation:
    made = nouns.conversation(nouns.stored_dataset(ws.rows))
    ws.rows.add_conversation(made)
    return made


def test_following_shows_the_job_at_once_its_text_as_it_comes_and_its_end(
    ws: Workspace, conversation: Conversation
) -> None:
    def work(_ws: Workspace, _subject: str, progress: Progress) -> None:
        progress.stage("Writing code")
        for piece in "abcdefgh":
            progress.text(piece)
            time.sleep(0.03)

    turn = _asked(ws, conversation, work)
    states = list(jobs.follow(ws, turn.job_id))
    texts = [job.text for job in states]
    assert states[-1].status is JobStatus.DONE
    assert texts == sorted(texts)
    assert texts[-1] == "abcdefgh"
    assert len(set(texts)) >= 5, "text is seen as it comes, not four times a second"


def test_following_a_silent_job_never_blocks_for_long(ws: Workspace, conversation: Conversation) -> None:
    turn = _asked(ws, conversation, _wait_for_stop)
    states = jobs.follow(ws, turn.job_id)
    for _ in range(4):
        started = time.monotonic()
        assert not next(states).status.is_final
        assert time.monotonic() - started < 0.5
    jobs.stop(ws, turn.job_id)
    assert list(states)[-1].status is JobStatus.STOPPED


def test_following_an_ended_job_shows_it_once(ws: Workspace, conversation: Conversation) -> None:
    turn = _asked(ws, conversation, lambda *_: None)
    ended = list(jobs.follow(ws, turn.job_id))[-1]
    assert list(jobs.follow(ws, turn.job_id)) == [ended]


def test_stopping_ends_the_job_and_its_turn(ws: Workspace, conversation: Conversation) -> None:
    turn = _asked(ws, conversation, _wait_for_stop)
    assert jobs.stop(ws, turn.job_id).stop_requested
    assert list(jobs.follow(ws, turn.job_id))[-1].status is JobStatus.STOPPED
    assert ws.rows.turn(turn.id).status is TurnStatus.STOPPED
    assert jobs.stop(ws, turn.job_id).status is JobStatus.STOPPED
    assert ws.rows.activity()[0].action == "job.stop"


def test_a_job_of_another_process_is_followed_and_stopped_there(
    ws: Workspace, conversation: Conversation, url: str
) -> None:
    turn = nouns.stored_turn(ws.rows, conversation)
    other = second.start("work", url, 20, turn.job_id)
    assert other.stdout
    assert other.stdout.readline() == "running\n"
    states = jobs.follow(ws, turn.job_id)
    texts = [next(states).text for _ in range(5)]
    assert len(set(texts)) >= 3
    assert texts == sorted(texts, key=len)
    jobs.stop(ws, turn.job_id)
    assert list(states)[-1].status is JobStatus.STOPPED
    assert other.wait(10) == 0


def test_following_ends_when_the_process_that_ran_the_job_was_killed(
    ws: Workspace, conversation: Conversation, url: str
) -> None:
    turn = nouns.stored_turn(ws.rows, conversation)
    other = second.start("work", url, LEASE, turn.job_id)
    assert other.stdout
    assert other.stdout.readline() == "running\n"
    states = jobs.follow(ws, turn.job_id)
    assert next(states).status is JobStatus.RUNNING
    other.kill()
    killed = time.monotonic()
    assert list(states)[-1].status is JobStatus.INTERRUPTED
    assert time.monotonic() - killed < LEASE + 1
    assert ws.rows.turn(turn.id).status is TurnStatus.INTERRUPTED


def test_looking_at_a_job_whose_lease_ran_out_interrupts_it(ws: Workspace, conversation: Conversation) -> None:
    turn = nouns.turn(conversation)
    job = nouns.job(owner="dead", status=JobStatus.RUNNING, lease_until=nouns.moment(-1))
    ws.rows.add_turn(turn.model_copy(update={"job_id": job.id}), job)
    assert jobs.get(ws, job.id).status is JobStatus.INTERRUPTED
    assert ws.rows.turn(turn.id).status is TurnStatus.INTERRUPTED


def test_an_error_for_people_is_told_in_the_turn(ws: Workspace, conversation: Conversation) -> None:
    turn = _asked(ws, conversation, _raise(BadInput("The table is empty.", "Choose another.")))
    assert list(jobs.follow(ws, turn.job_id))[-1].status is JobStatus.FAILED
    told = ws.rows.turn(turn.id)
    assert (told.status, told.message, told.hint) == (TurnStatus.FAILED, "The table is empty.", "Choose another.")


@pytest.mark.parametrize("error", [ZeroDivisionError("secret"), KeyError("secret"), RecursionError("secret")])
def test_a_bug_is_logged_under_the_reference_the_turn_tells(
    ws: Workspace, conversation: Conversation, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        turn = _asked(ws, conversation, _raise(error))
        assert list(jobs.follow(ws, turn.job_id))[-1].status is JobStatus.FAILED
    told = ws.rows.turn(turn.id)
    reference = told.message.partition("reference ")[2][:8]
    assert told.status is TurnStatus.FAILED
    assert "secret" not in told.message + told.hint
    assert any(reference in record.getMessage() and record.exc_info for record in caplog.records)


def test_a_kind_of_job_nobody_knows_fails(ws: Workspace) -> None:
    job = nouns.job(kind="unheard of")
    assert jobs.run({}, ws.backends, job, _NoProgress()) is JobStatus.FAILED


@pytest.mark.parametrize("changes", [{"created_by": "nobody"}, {"team_id": "other"}])
def test_a_job_runs_only_as_its_creator_in_their_team(ws: Workspace, changes: dict[str, str]) -> None:
    ran: list[str] = []
    work = {"answer": lambda _ws, subject, _progress: ran.append(subject)}
    job = nouns.job().model_copy(update=changes)
    assert jobs.run(work, ws.backends, job, _NoProgress()) is JobStatus.FAILED
    assert ran == []


@pytest.mark.parametrize("verb", [jobs.get, jobs.follow, jobs.stop])
def test_another_team_finds_no_job(
    verb: Callable[[Workspace, str], object], ws: Workspace, conversation: Conversation, database: Database
) -> None:
    turn = _asked(ws, conversation, _wait_for_stop)
    stranger = workspace(database, ws.backends.runner, team=Team(id="other", name="Other"))
    with pytest.raises(NotFound):
        verb(stranger, turn.job_id)
    assert not jobs.get(ws, turn.job_id).stop_requested


def test_a_viewer_may_look_but_not_stop(ws: Workspace, conversation: Conversation, database: Database) -> None:
    turn = _asked(ws, conversation, _wait_for_stop)
    viewer = workspace(database, ws.backends.runner, role=Role.VIEWER)
    assert next(jobs.follow(viewer, turn.job_id)).id == turn.job_id
    with pytest.raises(Forbidden):
        jobs.stop(viewer, turn.job_id)
    assert not jobs.get(ws, turn.job_id).stop_requested


class _NoProgress:
    """Progress for work that reports nothing."""

    def stage(self, name: str) -> None: ...

    def text(self, piece: str) -> None: ...

    def check(self) -> None: ...

    def sent(self, exchange: object) -> None: ...


def _asked(ws: Workspace, conversation: Conversation, work: jobs.Work) -> Turn:
    """A question that this work answers in the background."""
    ws.backends.runner.start(partial(jobs.run, {"answer": work}, ws.backends))
    turn = nouns.stored_turn(ws.rows, conversation)
    ws.backends.runner.submit(turn.job_id)
    return turn


def _wait_for_stop(_ws: Workspace, _subject: str, progress: Progress) -> None:
    pause = threading.Event()
    while True:
        progress.check()
        pause.wait(0.02)


def _raise(error: Exception) -> jobs.Work:
    def work(_ws: Workspace, _subject: str, _progress: Progress) -> None:
        raise error

    return work
