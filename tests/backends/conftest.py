"""A migrated database of each kind: SQLite in a temporary folder, and a real PostgreSQL."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL, make_url, text

from services.backends import tables
from services.backends.database import Database
from tests.servers.postgres import Databases

KINDS = ("sqlite", "postgresql")


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Every test that asks for a database runs on both."""
    return str(request.param)


@pytest.fixture
def url(request: pytest.FixtureRequest, kind: str, tmp_path: Path, empty_database: Path) -> str:
    """Of the database that `database` opens, for other processes too."""
    if kind == "sqlite":
        (tmp_path / "home").mkdir(exist_ok=True)
        shutil.copy(empty_database, tmp_path / "home" / "test.db")
        return f"sqlite:///{tmp_path / 'home' / 'test.db'}"
    return shown(request.getfixturevalue("migrated"))


@pytest.fixture
def fresh_url(request: pytest.FixtureRequest, kind: str, tmp_path: Path) -> str:
    """Of a database without any table."""
    if kind == "sqlite":
        return f"sqlite:///{tmp_path / 'home' / 'fresh.db'}"
    return shown(request.getfixturevalue("postgres_url"))


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    opened = Database(url)
    opened.migrate()
    yield opened
    opened.dispose()


@pytest.fixture(scope="session")
def migrated_once(databases: Databases) -> Iterator[URL]:
    """A PostgreSQL database with all tables: emptying them is quicker than making them."""
    made = databases.create()
    opened = Database(made)
    opened.migrate()
    opened.dispose()
    yield made
    databases.drop(made)


@pytest.fixture
def migrated(migrated_once: URL) -> Iterator[URL]:
    """The same, empty again at the end."""
    yield migrated_once
    opened = Database(migrated_once)
    with opened.session() as session:
        session.execute(text(f"TRUNCATE {', '.join(tables.metadata.tables)} CASCADE"))
    opened.dispose()


def shown(url: URL) -> str:
    """The URL with its password."""
    return make_url(url).render_as_string(hide_password=False)
