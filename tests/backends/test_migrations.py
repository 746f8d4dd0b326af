"""The history of the tables, up and down, by several processes at once, and cut off in the middle."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from services.backends import migrations, tables
from services.backends.database import Database
from services.backends.rows import Rows
from tests.backends import nouns, second

SCRIPTS = ScriptDirectory(str(Path(migrations.__file__).parent))
REVISIONS = [script.revision for script in reversed(list(SCRIPTS.walk_revisions()))]


@pytest.fixture
def fresh(fresh_url: str) -> Iterator[Database]:
    """Without any table."""
    opened = Database(fresh_url)
    yield opened
    opened.dispose()


def test_models_and_migrations_agree_up_and_down(fresh: Database) -> None:
    fresh.migrate()
    assert differences(fresh) == []
    assert names(fresh) == {*tables.metadata.tables, "alembic_version"}
    fresh.migrate("base")
    assert names(fresh) == {"alembic_version"}
    fresh.migrate()
    assert differences(fresh) == []


def test_every_revision_goes_up_down_and_up_again(fresh: Database) -> None:
    for before, revision in pairwise(("base", *REVISIONS)):
        fresh.migrate(revision)
        made = names(fresh)
        fresh.migrate(before)
        fresh.migrate(revision)
        assert names(fresh) == made
    assert differences(fresh) == []


def test_rows_survive_going_back_to_the_first_revision_and_up_again(fresh: Database) -> None:
    fresh.migrate()
    rows = Rows(fresh, "local", "local")
    dataset = nouns.stored_dataset(rows)
    conversation = nouns.conversation(dataset)
    rows.add_conversation(conversation)
    fresh.migrate(REVISIONS[0])
    fresh.migrate()
    assert [found.id for found in rows.datasets()] == [dataset.id]
    assert rows.conversation(conversation.id).title == conversation.title


def test_a_difference_would_be_seen(fresh: Database) -> None:
    fresh.migrate()
    with fresh.session() as session:
        session.execute(text("DROP INDEX ix_turns_job_id"))
        session.execute(text("ALTER TABLE jobs ADD COLUMN extra TEXT"))
    assert {change[0] for change in differences(fresh)} == {"add_index", "remove_column"}


def test_migrating_again_keeps_every_row(database: Database) -> None:
    dataset = nouns.stored_dataset(Rows(database, "local", "local"))
    database.migrate()
    assert Rows(database, "local", "local").datasets() == [dataset]


def test_a_migration_that_fails_leaves_nothing(fresh: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Operations, "create_index", fail, raising=True)
        with pytest.raises(ZeroDivisionError):
            fresh.migrate()
    assert names(fresh) == set()
    fresh.migrate()
    assert differences(fresh) == []


def test_a_process_killed_in_a_migration_leaves_nothing_and_holds_nobody_up(fresh: Database, fresh_url: str) -> None:
    other = second.start("migrate_and_hang", fresh_url)
    assert other.stdout
    assert other.stdout.readline() == "half way\n"
    other.kill()
    other.wait()
    assert names(fresh) == set()
    started = time.monotonic()
    fresh.migrate()
    assert time.monotonic() - started < 10
    assert differences(fresh) == []


def test_processes_may_start_at_once_on_a_fresh_database(fresh: Database, fresh_url: str) -> None:
    others = [second.start("migrate", fresh_url) for _ in range(2)]
    fresh.migrate()
    assert [other.communicate(timeout=60)[1] for other in others] == ["", ""]
    assert differences(fresh) == []
    with fresh.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM alembic_version")) == 1


def differences(database: Database) -> list[object]:
    with database._alone() as connection:
        return migrations.differences(connection)


def names(database: Database) -> set[str]:
    with database._alone() as connection:
        return set(inspect(connection).get_table_names())


def fail(*_: object, **__: object) -> None:
    raise ZeroDivisionError
