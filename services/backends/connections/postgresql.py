"""Reads a person's PostgreSQL: a transaction that reads only, one SELECT, streamed to a file by COPY."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from services.backends.connections import statements
from services.backends.connections.addresses import PostgresPlace
from services.backends.connections.bounds import Bounds
from services.backends.connections.network import Guard
from services.errors import BadInput, Unavailable

CONNECT_SECONDS: Final = 10
BATCH_BYTES: Final = 1_000_000
MOST_LISTED: Final = 2_000
TABLES: Final = """
    SELECT table_schema, table_name FROM information_schema.tables
    WHERE table_schema NOT IN ('pg_catalog', 'information_schema') AND table_schema NOT LIKE 'pg\\_%%'
    ORDER BY table_schema <> 'public', table_schema, table_name LIMIT {most}
"""
TYPES: Final = {
    **dict.fromkeys((20, 21, 23, 26), "BIGINT"),
    **dict.fromkeys((700, 701, 1700), "DOUBLE"),
    **{16: "BOOLEAN", 1082: "DATE", 1083: "TIME", 1114: "TIMESTAMP", 1184: "TIMESTAMP"},
}
"""DuckDB's type for the number of one of PostgreSQL's; the others stay the texts PostgreSQL gives."""
NUMERIC: Final = 1700
EXACT: Final = 18
"""A numeric of so many digits, without decimals, is a whole number that fits."""

NULL: Final = r"\N"
"""Stands for a missing value; a text that looks so is in quotes, as all texts are."""

OnBytes = Callable[[int], None]
"""Called now and then with the bytes that have come; may raise to end it."""


@dataclass(frozen=True)
class Column:
    """A column of the result and DuckDB's type for it."""

    name: str
    type: str


def tables(place: PostgresPlace, password: str, guard: Guard) -> list[str]:
    """Names of the tables and views; those outside "public" with their schema. Raises: BadInput; Unavailable."""
    with _open(place, password, guard, seconds=30) as connection:
        found = connection.execute(TABLES.format(most=MOST_LISTED)).fetchall()
    return [name if schema == "public" else f"{schema}.{name}" for schema, name in found]


def copy(
    place: PostgresPlace, password: str, statement: str, target: Path, guard: Guard, bounds: Bounds, on_bytes: OnBytes
) -> list[Column]:
    """Writes what the SELECT gives as CSV without a header at `target`; its columns. Raises: BadInput; Unavailable."""
    with _open(place, password, guard, bounds.seconds) as connection:
        columns = _described(connection, statement)
        if len(columns) > bounds.columns:
            raise BadInput(f"There are {len(columns):,} columns; {bounds.columns:,} can be read.", "Name fewer.")
        # The statement was just parsed alone and is one SELECT: in parentheses it can be nothing else.
        wrapped = f"COPY (\n{statement}\n) TO STDOUT (FORMAT csv, FORCE_QUOTE *, NULL '{NULL}')"
        with connection.cursor() as cursor, cursor.copy(wrapped) as copied, target.open("wb") as file:
            _write(copied, file, bounds, on_bytes)
    return columns


def _write(copied: Any, file: Any, bounds: Bounds, on_bytes: OnBytes) -> None:
    """Raises: BadInput, when too much comes or it takes too long."""
    deadline = time.monotonic() + bounds.seconds
    written = told = 0
    for rows, row in enumerate(copied, 1):
        written += file.write(row)
        if written - told >= BATCH_BYTES:
            told = written
            on_bytes(written)
            if time.monotonic() > deadline:
                raise _too_long()
            if written > bounds.bytes:
                raise _too_much(f"{bounds.bytes / 1e6:,.0f} MB")
        if rows > bounds.rows:
            raise _too_much(f"{bounds.rows:,} rows")


def _described(connection: Any, statement: str) -> list[Column]:
    """The columns of the statement, which the server parses without running it. Raises: BadInput."""
    from psycopg import pq

    parsed = connection.pgconn.prepare(b"", statement.encode())
    if parsed.status != pq.ExecStatus.COMMAND_OK:
        raise _refused(parsed.get_error_message().splitlines()[0])
    told = connection.pgconn.describe_prepared(b"")
    if not told.nfields:
        raise _refused("It gives no columns.")
    return [
        Column((told.fname(place) or b"").decode(), _type(told.ftype(place), told.fmod(place)))
        for place in range(told.nfields)
    ]


def _type(oid: int, modifier: int) -> str:
    if oid == NUMERIC and modifier >= 4:
        digits, decimals = (modifier - 4) >> 16, (modifier - 4) & 0x7FF
        if decimals == 0 and digits <= EXACT:
            return "BIGINT"
    return TYPES.get(oid, "VARCHAR")


@contextmanager
def _open(place: PostgresPlace, password: str, guard: Guard, seconds: float) -> Iterator[Any]:
    """A connection in a transaction that can only read. Raises: BadInput; Unavailable."""
    import psycopg

    address = guard.resolve(place.host, place.port)
    with _plain_errors(place), psycopg.connect(**_words(place, password, address)) as connection:
        limits = (("statement_timeout", seconds), ("lock_timeout", 10), ("idle_in_transaction_session_timeout", 60))
        for name, most in limits:
            connection.execute(f"SET {name} = {int(most * 1000)}")
        connection.execute("SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET client_encoding = 'UTF8'")
        connection.execute("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")
        connection.commit()
        connection.read_only = True
        # The first query fixes it: from here on nothing in the transaction can make it write.
        connection.execute("SELECT 1")
        yield connection
        connection.rollback()


def _words(place: PostgresPlace, password: str, address: str) -> dict[str, Any]:
    """What libpq is told: the address that was checked, and nothing of this account's own files and tickets."""
    return {
        **{"host": place.host, "hostaddr": address, "port": place.port, "dbname": place.database, "user": place.user},
        **{"password": password, "sslmode": place.ssl, "connect_timeout": CONNECT_SECONDS, "prepare_threshold": None},
        **{"passfile": "/dev/null", "sslcertmode": "disable", "gssencmode": "disable"},
        **{"require_auth": "password,md5,scram-sha-256,none", "application_name": "red-pandas"},
        **{"target_session_attrs": "any", "load_balance_hosts": "disable"},
    }


@contextmanager
def _plain_errors(place: PostgresPlace) -> Iterator[None]:
    import psycopg

    try:
        yield
    except psycopg.errors.QueryCanceled:
        raise _too_long() from None
    except psycopg.errors.ReadOnlySqlTransaction:
        raise BadInput("The statement would change the database.", "Only a SELECT that reads can be run.") from None
    except psycopg.OperationalError as error:
        raise _away(place, str(error)) from None
    except psycopg.Error as error:
        raise _refused(str(error).splitlines()[0] if str(error) else "") from None


def _away(place: PostgresPlace, told: str) -> Unavailable:
    where = f"The database at {place.host}"
    if "authentication" in told or "password" in told:
        return Unavailable(f"{where} does not let {place.user} in.", "Check the user and the password.")
    if "does not exist" in told:
        return Unavailable(f"{where} has no database or user of that name.", "Check the address.")
    if "SSL" in told or "certificate" in told:
        return Unavailable(f"No safe connection to {where[0].lower() + where[1:]} could be made.", "Check the sslmode.")
    return Unavailable(f"{where} does not answer.", "Check the host and the port, or try again in a minute.")


def _refused(told: str) -> BadInput:
    return BadInput(f"The database does not take the statement: {told[:300]}", "Correct it and try again.")


def _too_much(most: str) -> BadInput:
    return BadInput(
        f"There are more than {most}.", "Ask for fewer with WHERE or LIMIT, or let the owner raise the limit."
    )


def _too_long() -> BadInput:
    return BadInput(
        "The database took too long.", "Ask for fewer rows, or let the owner raise RED_PANDAS_CONNECTION_SECONDS."
    )


def statement_of(table: str, statement: str) -> str:
    """The SELECT to run: the one given, or the whole table. Raises: BadInput."""
    return statements.checked(statement) if statement.strip() else statements.of_table(table)
