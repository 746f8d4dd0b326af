"""The database: SQLite in one file by default, PostgreSQL by its URL."""

from __future__ import annotations

import copy
import json
import math
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, make_url, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from services.backends import outages
from services.backends.sight import EVERYWHERE, Sight

BUSY_SECONDS: Final = 20
"""Longest wait for another writer. SQLite has one writer at a time; every write here is short."""
POOL: Final[dict[str, Any]] = {"pool_size": 8, "max_overflow": 24}
"""Connections kept, and how many more at a peak: one for each thread that reads or writes just now."""
SQLITE_READING: Final[dict[str, Any]] = {"reading": True}
POSTGRESQL_READING: Final[dict[str, Any]] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
POSTGRESQL_CONNECTING: Final[dict[str, Any]] = {
    "connect_timeout": 5,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "application_name": "red-pandas",
    # Statements prepared on the server do not survive a connection pooler between us.
    "prepare_threshold": None,
}
"""A server that vanished without a word is noticed within a minute; what the URL says goes first."""
PATIENCE_SECONDS: Final = 3.0
"""How long a session waits for a database that is starting again: about as long as a restart takes."""
START_SECONDS: Final = 30.0
"""How long a process that starts waits for its database."""
LOCK_SECONDS: Final = 120
"""Longest wait for another process that migrates, or for one that still uses a table to be changed."""
ROWS_ROLE: Final = "red_pandas_rows"
PASSES_WALLS: Final = """
SELECT (rolsuper OR rolbypassrls) AND EXISTS (SELECT FROM pg_roles WHERE rolname = :role)
FROM pg_roles WHERE rolname = current_user
"""
MIGRATION_LOCK: Final = 7_263_910_454
"""Key of PostgreSQL's advisory lock around migrations."""


class Database:
    """Hands out sessions. A `session` may write; a `reading` session never waits for a writer."""

    def __init__(self, url: str | URL) -> None:
        self._url = make_url(url)
        self._is_sqlite = self._url.get_backend_name() == "sqlite"
        self._engine = self._open()
        self._reader = self._engine.execution_options(**(SQLITE_READING if self._is_sqlite else POSTGRESQL_READING))
        self._walls = None if self._is_sqlite else Walls(self._engine)
        self._sight: Sight | None = None

    def seen_by(self, sight: Sight) -> Database:
        """The same database, whose sessions on PostgreSQL see no further than this, whatever they ask for."""
        seen = copy.copy(self)
        seen._sight = sight
        return seen

    def everywhere(self) -> Database:
        """The same database with all teams in sight: for what serves the server and no person."""
        return self.seen_by(EVERYWHERE)

    def migrate(self, revision: str = "head") -> None:
        """Brings the tables to this revision; several processes may do so at once on a fresh database."""
        from services.backends import migrations  # alembic takes 0.3 s to import
        from services.backends.migrations import walls

        with self._alone() as connection:
            migrations.move(connection, revision)
            walls.grant(connection)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session that commits at the end of the block, or rolls back when it raises. Keep it short.

        Raises: Unavailable, when the database is away; what the block wrote is then kept whole or not at all.
        """
        with self._opened(self._engine) as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one moment of the database and must not write. Raises: Unavailable."""
        with self._opened(self._reader) as session:
            yield session

    @property
    def place(self) -> str:
        """Where the database is, for a person to read; no secrets."""
        return self._url.render_as_string(hide_password=True).partition("?")[0]

    def check(self) -> None:
        """Returns soon when the database answers. Raises: Unavailable."""
        with self._opened(self._reader, patience=0) as session:
            session.execute(text("SELECT 1"))

    def dispose(self) -> None:
        """Closes every connection."""
        self._engine.dispose()

    def _open(self, **options: Any) -> Engine:
        options = {"json_serializer": to_json, **(options or POOL)}
        if not self._is_sqlite:
            asked = {name: value for name, value in POSTGRESQL_CONNECTING.items() if name not in self._url.query}
            return create_engine(self._url, pool_pre_ping=True, connect_args=asked, **options)
        if self._url.database:
            Path(self._url.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(self._url, connect_args={"timeout": BUSY_SECONDS}, **options)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine

    @contextmanager
    def _opened(self, engine: Engine, patience: float = PATIENCE_SECONDS) -> Iterator[Session]:
        with (
            outages.plain_errors(),
            outages.connect(engine, patience) as connection,
            Session(connection, expire_on_commit=False) as session,
            session.begin(),
        ):
            if self._walls and self._sight:
                self._walls.set(session, self._sight)
            yield session

    @contextmanager
    def _alone(self) -> Iterator[Connection]:
        """A transaction that nobody else can migrate beside."""
        engine = self._open(poolclass=NullPool)
        with outages.plain_errors(), outages.connect(engine, START_SECONDS) as connection:
            if self._is_sqlite:
                _prepare_sqlite_file(connection)
            with connection.begin():
                if not self._is_sqlite:
                    connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'"))
                    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
                yield connection


class Walls:
    """What tells PostgreSQL's row-level security who looks. Without having been told, it shows nothing."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def set(self, session: Session, sight: Sight) -> None:
        """Until the end of the transaction."""
        settings = {**sight.settings, **({"role": ROWS_ROLE} if self._needs_role else {})}
        chosen = ", ".join(f"set_config(:name{n}, :value{n}, true)" for n in range(len(settings)))
        pairs = enumerate(settings.items())
        values = {key: word for n, pair in pairs for key, word in zip((f"name{n}", f"value{n}"), pair, strict=True)}
        session.execute(text(f"SELECT {chosen}"), values)

    @cached_property
    def _needs_role(self) -> bool:
        """Whether we are connected as somebody whom no policy stops, and `migrate` has made the role that they stop."""
        with self._engine.connect() as connection:
            return bool(connection.scalar(text(PASSES_WALLS), {"role": ROWS_ROLE}))


def to_json(value: object) -> str:
    """JSON that PostgreSQL takes too: a number that is not finite becomes null."""
    try:
        return json.dumps(value, allow_nan=False)
    except ValueError:
        return json.dumps(_finite(value), allow_nan=False)


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    return [_finite(item) for item in value] if isinstance(value, list | tuple) else value


def _prepare_sqlite(connection: Any, _record: object) -> None:
    """Settings of one connection; `isolation_level` None leaves BEGIN to `_begin_sqlite`."""
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = NORMAL")


def _begin_sqlite(connection: Connection) -> None:
    """A writer takes its lock at once: a reader that turns writer fails with "database is locked" without waiting."""
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _prepare_sqlite_file(connection: Connection) -> None:
    """Write-ahead log, kept in the file. Foreign keys are off while tables are rebuilt, or rows would cascade away."""
    raw: Any = connection.connection.driver_connection
    raw.execute("PRAGMA foreign_keys = OFF")
    deadline = time.monotonic() + BUSY_SECONDS
    while _refused(raw, "PRAGMA journal_mode = WAL"):
        # SQLite does not wait by its busy timeout here.
        if time.monotonic() > deadline:
            raise OperationalError("PRAGMA journal_mode = WAL", None, TimeoutError("the database is locked"))
        time.sleep(0.05)


def _refused(raw: Any, statement: str) -> bool:
    try:
        raw.execute(statement)
    except sqlite3.OperationalError:
        return True
    return False
