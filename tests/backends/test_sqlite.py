"""What is different about SQLite: its pragmas, and files that somebody else holds."""

from __future__ import annotations

import sqlite3
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from services.backends import tables
from services.backends.database import Database
from services.errors import Unavailable
from tests.backends.test_migrations import names


@pytest.fixture
def kind() -> str:
    """This kind alone."""
    return "sqlite"


def test_sqlite_is_in_wal_mode_with_foreign_keys_and_patience(database: Database) -> None:
    with database.reading() as session:
        found = {name: session.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "foreign_keys")}
        assert found == {"journal_mode": "wal", "foreign_keys": 1}
        assert session.scalar(text("PRAGMA busy_timeout")) >= 10_000


def test_tables_are_rebuilt_without_foreign_keys_so_that_no_row_cascades_away(database: Database) -> None:
    with database._alone() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 0
    with database.session() as session:
        assert session.scalar(text("PRAGMA foreign_keys")) == 1


def test_migrating_waits_for_whoever_holds_the_fresh_file(url: str, tmp_path: Path) -> None:
    database = Database(url)
    holder = sqlite3.connect(tmp_path / "home" / "test.db", check_same_thread=False, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    holder.execute("CREATE TABLE theirs (x)")
    threading.Timer(0.3, holder.execute, ["COMMIT"]).start()
    started = time.monotonic()
    database.migrate()
    assert time.monotonic() - started >= 0.25
    assert names(database) == {*tables.metadata.tables, "alembic_version", "theirs"}
    holder.close()
    database.dispose()


def test_a_file_that_is_away_or_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "folder.db").mkdir()
    with pytest.raises(Unavailable, match="cannot be used"):
        Database(f"sqlite:///{tmp_path / 'folder.db'}").check()


def test_a_disk_without_room_is_told_and_leaves_nothing_half(database: Database) -> None:
    def fill() -> None:
        with database.session() as session:
            session.execute(text("CREATE TABLE big (x)"))
            pages = session.scalar(text("PRAGMA page_count"))
            session.execute(text(f"PRAGMA max_page_count = {pages + 4}"))
            session.execute(text("INSERT INTO big VALUES (zeroblob(1000000))"))

    with pytest.raises(Unavailable, match="cannot be used"):
        fill()
    assert "big" not in names(database)
