"""The database: pragmas, transactions, what a column gives back, and the migrations."""

from __future__ import annotations

import importlib
import io
import math
import sqlite3
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import inspect, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import StatementError
from sqlalchemy.schema import CreateIndex, CreateTable

from services.backends import migrations, tables
from services.backends.database import Database
from services.backends.rows import Rows
from tests.backends import nouns, second


def test_sqlite_is_in_wal_mode_with_foreign_keys_and_patience(database: Database) -> None:
    with database.reading() as session:
        found = {name: session.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "foreign_keys")}
        assert found == {"journal_mode": "wal", "foreign_keys": 1}
        assert session.scalar(text("PRAGMA busy_timeout")) >= 10_000


def test_a_session_that_raises_leaves_nothing(database: Database) -> None:
    def write_and_fail() -> None:
        with database.session() as session:
            session.execute(_activity("a"))
            _fail()

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    assert Rows(database, "local", "ann").activity() == []


def test_readers_do_not_wait_for_a_writer(database: Database) -> None:
    with database.session() as writing:
        writing.execute(_activity("a"))
        with database.reading() as session:
            assert session.scalars(select(tables.activity.c.id)).all() == []


def test_a_reader_sees_one_moment(database: Database) -> None:
    with database.reading() as session:
        before = session.scalars(select(tables.activity.c.id)).all()
        with database.session() as writing:
            writing.execute(_activity("a"))
        assert session.scalars(select(tables.activity.c.id)).all() == before == []


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=5, minutes=30)), timezone(-timedelta(hours=11))])
def test_a_moment_comes_back_in_utc_to_the_microsecond(database: Database, zone: timezone) -> None:
    moment = datetime(2024, 2, 29, 23, 59, 59, 123456, tzinfo=zone)
    with database.session() as session:
        session.execute(_activity("a", created_at=moment))
        found = session.scalar(select(tables.activity.c.created_at))
    assert found == moment
    assert found.utcoffset() == timedelta(0)


def test_a_moment_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="time zone"), database.session() as session:
        session.execute(_activity("a", created_at=datetime(2024, 1, 1)))


@pytest.mark.parametrize(
    ("given", "kept"),
    [("a\x00b", "a\ufffdb"), ("\ud800x", "\ufffdx"), ("x\udfff", "x\ufffd"), ("🐼 漢字\n", "🐼 漢字\n"), ("", "")],
)
def test_text_no_database_takes_is_kept_with_replacement_characters(database: Database, given: str, kept: str) -> None:
    with database.session() as session:
        session.execute(_activity("a", subject_id=given))
        assert session.scalar(select(tables.activity.c.subject_id)) == kept


def test_numbers_that_are_not_finite_become_null_in_json(database: Database) -> None:
    rows = Rows(database, "local", "ann")
    version = nouns.version(nouns.dataset())
    profile = nouns.profile(version)
    columns = tuple(profile.columns[0].model_copy(update={"mean": mean}) for mean in (math.nan, math.inf, 2.5))
    dataset = nouns.dataset(id=version.dataset_id, head_id=version.id)
    rows.add_dataset(dataset, version, profile.model_copy(update={"columns": columns}))
    assert [column.mean for column in rows.profile(version.id).columns] == [None, None, 2.5]


def test_models_and_migrations_agree_up_and_down(url: str) -> None:
    database = Database(url)
    database.migrate()
    assert _differences(database) == []
    assert _names(database) == {*tables.metadata.tables, "alembic_version"}
    database.migrate("base")
    assert _names(database) == {"alembic_version"}
    database.migrate()
    assert _differences(database) == []
    database.dispose()


def test_a_difference_would_be_seen(database: Database) -> None:
    with database.session() as session:
        session.execute(text("DROP INDEX ix_turns_job_id"))
        session.execute(text("ALTER TABLE jobs ADD COLUMN extra TEXT"))
    assert {change[0] for change in _differences(database)} == {"add_index", "remove_column"}


def test_migrating_again_keeps_every_row(database: Database) -> None:
    dataset = nouns.stored_dataset(Rows(database, "local", "ann"))
    database.migrate()
    assert Rows(database, "local", "ann").datasets() == [dataset]


def test_tables_are_rebuilt_without_foreign_keys_so_that_no_row_cascades_away(database: Database) -> None:
    with database._alone() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 0
    with database.session() as session:
        assert session.scalar(text("PRAGMA foreign_keys")) == 1


def test_a_migration_that_fails_leaves_nothing(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    database = Database(url)
    with monkeypatch.context() as patch:
        patch.setattr(Operations, "create_index", _fail, raising=True)
        with pytest.raises(ZeroDivisionError):
            database.migrate()
    assert _names(database) == set()
    database.migrate()
    assert _differences(database) == []
    database.dispose()


def test_processes_may_start_at_once_on_a_fresh_file(url: str) -> None:
    others = [second.start("migrate", url) for _ in range(2)]
    database = Database(url)
    database.migrate()
    assert [other.communicate(timeout=60)[1] for other in others] == ["", ""]
    assert _differences(database) == []
    with database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM alembic_version")) == 1
    database.dispose()


def test_migrating_waits_for_whoever_holds_the_fresh_file(url: str, tmp_path: Path) -> None:
    database = Database(url)
    holder = sqlite3.connect(tmp_path / "home" / "test.db", check_same_thread=False, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    holder.execute("CREATE TABLE theirs (x)")
    threading.Timer(0.3, holder.execute, ["COMMIT"]).start()
    started = time.monotonic()
    database.migrate()
    assert time.monotonic() - started >= 0.25
    assert _names(database) == {*tables.metadata.tables, "alembic_version", "theirs"}
    holder.close()
    database.dispose()


def test_many_threads_write_at_once(database: Database) -> None:
    rows = Rows(database, "local", "ann")
    _at_once([lambda: [rows.add_activity("ask", "x") for _ in range(10)]] * 12)
    assert len(rows.activity(limit=1_000)) == 120


def test_two_processes_write_at_once_and_a_third_reads(database: Database, url: str) -> None:
    rows = Rows(database, "local", "ann")
    conversation = nouns.conversation(nouns.stored_dataset(rows))
    rows.add_conversation(conversation)
    others = [second.start("write", url, conversation.id, 40) for _ in range(2)]
    while any(other.poll() is None for other in others):
        rows.turns(conversation.id, last=5)
        rows.add_activity("ask", conversation.id)
    assert [other.communicate()[1] for other in others] == ["", ""]
    turns = rows.turns(conversation.id)
    assert len(turns) == 80
    assert all(turn.answer and len(turn.answer.outputs) == 6 for turn in turns)


def test_a_restart_keeps_everything(database: Database, url: str) -> None:
    rows = Rows(database, "local", "ann")
    conversation = nouns.conversation(nouns.stored_dataset(rows))
    rows.add_conversation(conversation)
    turn = nouns.answered(nouns.stored_turn(rows, conversation))
    rows.save_turn(turn)
    database.dispose()
    again = Database(url)
    again.migrate()
    assert Rows(again, "local", "ann").turns(conversation.id) == [turn]
    again.dispose()


def test_the_tables_can_be_made_on_postgresql() -> None:
    dialect = postgresql.dialect()
    made = [str(CreateTable(table).compile(dialect=dialect)) for table in tables.metadata.sorted_tables]
    made += [str(CreateIndex(i).compile(dialect=dialect)) for t in tables.metadata.tables.values() for i in t.indexes]
    assert any("BYTEA" in statement for statement in made)
    assert sum("TIMESTAMP WITH TIME ZONE" in statement for statement in made) == 7


def test_the_migrations_can_be_told_to_postgresql() -> None:
    told = io.StringIO()
    context = MigrationContext.configure(dialect_name="postgresql", opts={"as_sql": True, "output_buffer": told})
    folder = Path(migrations.__file__).parent / "versions"
    names = sorted(path.stem for path in folder.glob("0*.py"))
    steps = [importlib.import_module(f"services.backends.migrations.versions.{name}") for name in names]
    with Operations.context(context):
        for step in steps:
            step.upgrade()
        for step in reversed(steps):
            step.downgrade()
    head = "ALTER TABLE datasets ADD CONSTRAINT fk_datasets_head_id FOREIGN KEY(head_id) REFERENCES versions (id)"
    assert f"{head} DEFERRABLE INITIALLY DEFERRED" in told.getvalue()
    assert told.getvalue().count("CREATE TABLE") == len(tables.metadata.tables)


def _activity(row_id: str, **changes: object):
    values = {"team_id": "local", "user_id": "ann", "action": "ask", "subject_id": "", "created_at": nouns.moment()}
    return tables.activity.insert().values(id=row_id, **{**values, **changes})


def _differences(database: Database) -> list[object]:
    with database._alone() as connection:
        return migrations.differences(connection)


def _names(database: Database) -> set[str]:
    with database._alone() as connection:
        return set(inspect(connection).get_table_names())


def _fail(*_: object, **__: object) -> None:
    raise ZeroDivisionError


def _at_once(calls: list[Callable[[], object]]) -> None:
    threads = [threading.Thread(target=call) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
