"""A database that is away, full or busy: waited for a little, then told in a sentence."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoneFree

from services.errors import Unavailable

PAUSE: Final = 0.1
SPEAK_SECONDS: Final = 5.0
"""Time between two lines in the log that say what is waited for."""
AWAY: Final = ("08", "57P")
"""Beginnings of PostgreSQL's codes for lost connections and for a server that stops or starts."""
REFUSED: Final = ("28", "3D", "42501")
WALL: Final = "row-level security"
FULL: Final = ("53", "58")
BUSY: Final = ("55P03", "40")
STARTING, NONE_LEFT, CLOSED = "57P03", "53300", "28000"
WORDS: Final = {
    **dict.fromkeys(("starting up", "shutting down", "recovery mode", "not yet accepting"), STARTING),
    **dict.fromkeys(("too many", "connection slots"), NONE_LEFT),
}
"""What the server says when it takes no connection: psycopg does not pass on the code of such a refusal."""
SQLITE_FULL: Final = ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN")

log = logging.getLogger(__name__)


def connect(engine: Engine, patience: float) -> Connection:
    """A connection; one that cannot be had is tried for again during `patience` seconds."""
    begun = spoken = time.monotonic()
    while True:
        try:
            return engine.connect()
        except OperationalError as error:
            now = time.monotonic()
            if isinstance(error.orig, sqlite3.Error) or _code(error).startswith(REFUSED) or now - begun >= patience:
                raise
            if now - spoken >= SPEAK_SECONDS:
                spoken = now
                log.warning("Waiting for the database at %s", engine.url.render_as_string(hide_password=True))
        time.sleep(PAUSE)


@contextmanager
def plain_errors() -> Iterator[None]:
    """Raises: Unavailable, in place of what a driver raises when its database cannot be used just now."""
    try:
        yield
    except NoneFree as error:
        raise _busy() from error
    except DBAPIError as error:
        if told := sentence(error):
            raise told from error
        raise


def sentence(error: DBAPIError) -> Unavailable | None:
    """What to tell a person; None when the error says nothing about the state of the database."""
    if isinstance(error.orig, sqlite3.Error):
        return _of_sqlite(getattr(error.orig, "sqlite_errorname", ""))
    code = _code(error)
    if WALL in str(error.orig):
        return None  # a row for another team: a bug of ours
    if code.startswith(REFUSED):
        return Unavailable(
            "The database does not let us in.", "Check DATABASE_URL: the account, its password, the name."
        )
    if code.startswith(FULL):
        return Unavailable("The database has no room or no connection left.", "Tell whoever runs the database.")
    if code.startswith(BUSY):
        return _busy()
    if error.connection_invalidated or code.startswith(AWAY) or (not code and isinstance(error, OperationalError)):
        return Unavailable("The database does not answer.", "Nothing is lost; try again in a minute.")
    return None


def _of_sqlite(name: str) -> Unavailable | None:
    if name.startswith(SQLITE_FULL):
        return Unavailable("The file of the database cannot be used.", "See that its disk is there and has room.")
    return _busy() if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")) else None


def _code(error: DBAPIError) -> str:
    """PostgreSQL's code of the error, or ""."""
    if code := getattr(error.orig, "sqlstate", None):
        return str(code)
    told = str(error.orig)
    if "FATAL" not in told:
        return ""
    return next((code for words, code in WORDS.items() if words in told), CLOSED)


def _busy() -> Unavailable:
    return Unavailable("The database is busy.", "Try again in a minute.")
