"""A real PostgreSQL: kinds, one SELECT, and nothing but reading, whoever's account it is."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path

import psycopg
import pyarrow.parquet as pq
import pytest
from sqlalchemy import URL

from services.backends.connections import Bounds, Connections, Guard
from services.domain import Address, ReadReport
from services.errors import BadInput, Stopped, Unavailable
from tests.backends.connections.conftest import BOUNDS
from tests.servers.postgres import Databases

Read = Callable[..., tuple[ReadReport, Path]]

MADE = """
    CREATE TABLE orders (id int, region text, price numeric(8,2), big numeric(18,0), day date, at timestamptz,
                         paid boolean, tags text[], more jsonb, ratio float8, "a ""b"" %s" text);
    INSERT INTO orders SELECT n, CASE WHEN n % 2 = 0 THEN 'West, "1"' || chr(10) END, n * 1.5, 123456789012345678,
        '2024-02-29', '2024-02-29 12:00:00+02', n % 2 = 0, ARRAY['x','y'], '{"k": 1}', 'NaN', ''
        FROM generate_series(1, 50) n;
    CREATE SCHEMA sales; CREATE TABLE sales.empty (x int); CREATE VIEW cheap AS SELECT id FROM orders WHERE price < 5;
    CREATE SEQUENCE counter;
"""


@pytest.fixture(scope="module")
def url(databases: Databases) -> Iterator[URL]:
    made = databases.create()
    with connected(made) as connection:
        connection.execute(MADE)
    yield made
    databases.drop(made)


@pytest.fixture
def address(url: URL) -> Address:
    return Address(url=url.render_as_string(hide_password=False))


def connected(url: URL) -> psycopg.Connection:
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(plain, autocommit=True)


def rows_in(url: URL) -> int:
    with connected(url) as connection:
        found = connection.execute(
            "SELECT (SELECT count(*) FROM orders) + (SELECT count(*) FROM sales.empty)"
        ).fetchone()
    assert found
    return int(found[0])


def test_tables_and_views_are_listed_with_their_schemas(connections: Connections, address: Address) -> None:
    assert [table.name for table in connections.tables(address)] == ["cheap", "orders", "sales.empty"]


def test_a_table_keeps_its_kinds_and_every_cell(read: Read, address: Address) -> None:
    report, made = read(address, "orders")
    assert report.rows == 50
    assert report.columns[:3] == ("id", "region", "price")
    table = pq.read_table(made).slice(1, 1).to_pylist()[0]
    assert list(table.values()) == [
        *(2, 'West, "1"\n', 3.0, 123456789012345678, date(2024, 2, 29), datetime(2024, 2, 29, 10), True),
        *("{x,y}", '{"k": 1}'),
        pytest.approx(float("nan"), nan_ok=True),
        "",
    ]
    assert pq.read_table(made).column("region").null_count == 25


def test_values_that_no_kind_holds_are_counted(read: Read, address: Address) -> None:
    report, made = read(address, statement="SELECT 'infinity'::date AS day UNION ALL SELECT '2024-01-01'")
    assert pq.read_table(made).column("day").to_pylist() == [None, date(2024, 1, 1)]
    assert any("1 values in “day”" in note for note in report.notes)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT id, price FROM orders WHERE price > 5;",
        "WITH x AS (SELECT * FROM orders) SELECT count(*) FROM x -- how many; really",
        "VALUES (1, 'a;b'), (2, $$;$$)",
        "(SELECT 1 AS a) UNION SELECT 2",
        "SELECT '\\N' AS a, NULL AS b, '' AS c",
    ],
)
def test_one_select_is_read(read: Read, address: Address, statement: str) -> None:
    assert read(address, statement=statement)[0].rows > 0


def test_a_missing_value_and_texts_that_look_like_it_stay_apart(read: Read, address: Address) -> None:
    _, made = read(address, statement=r"SELECT '\N' AS a, NULL::text AS b, '' AS c UNION ALL SELECT NULL, 'x', 'NULL'")
    assert pq.read_table(made).to_pylist() == [{"a": "\\N", "b": None, "c": ""}, {"a": None, "b": "x", "c": "NULL"}]


def test_a_single_column_with_gaps_keeps_its_rows(read: Read, address: Address) -> None:
    _, made = read(address, statement="SELECT NULLIF(n, 2) AS n FROM generate_series(1, 3) n")
    assert pq.read_table(made).column("n").to_pylist() == [1, None, 3]


@pytest.mark.parametrize(
    "statement",
    [
        *(
            "DELETE FROM orders",
            "SELECT 1; DELETE FROM orders",
            "COMMIT; DELETE FROM orders",
            "EXPLAIN ANALYZE SELECT 1",
        ),
        *(
            "SELECT 1) TO PROGRAM 'touch /tmp/owned' --",
            "SELECT 1) TO '/tmp/owned' --",
            "SELECT 1\n) TO STDOUT; COMMIT --",
        ),
        *(
            "WITH x AS (DELETE FROM orders RETURNING *) SELECT * FROM x",
            "SELECT nextval('counter')",
            "COPY orders TO STDOUT",
        ),
        *("SELECT * INTO copied FROM orders", "SELECT lo_create(0)", "TABLE orders; DROP TABLE orders", "SELECT"),
        *("SELECT set_config('transaction_read_only', 'off', true)", "SELECT * FROM missing", "SELECT 'unfinished"),
        *("SELECT * FROM orders FOR UPDATE", "DO $$ BEGIN END $$", "VALUES (1)) TO STDOUT; DELETE FROM orders; --"),
        *(
            "SELECT E'\\'; DELETE FROM orders; --'",
            "SELECT 1 /* /* */; DELETE FROM orders; -- */",
            "CALL x()",
            "SET x = 1",
        ),
    ],
)
def test_everything_else_is_refused_and_changes_nothing(read: Read, address: Address, url: URL, statement: str) -> None:
    with pytest.raises(BadInput) as caught:
        read(address, statement=statement)
    assert caught.value.hint
    assert rows_in(url) == 50


def test_a_statement_that_takes_too_long_is_ended(
    make: Callable[..., Connections], address: Address, tmp_path: Path
) -> None:
    quick = make(bounds=Bounds(bytes=10**6, rows=10**6, columns=10, seconds=0.5))
    started = time.monotonic()
    with pytest.raises(BadInput, match="too long"):
        quick.read(address, "", "SELECT pg_sleep(60)", tmp_path / "made.parquet", lambda _: None)
    assert time.monotonic() - started < 8


@pytest.mark.parametrize(
    ("bounds", "told"),
    [
        (Bounds(bytes=10**9, rows=99_999, columns=10, seconds=20.0), "99,999 rows"),
        (Bounds(bytes=2 * 10**6, rows=10**9, columns=10, seconds=20.0), "2 MB"),
        (Bounds(bytes=10**9, rows=10**9, columns=1, seconds=20.0), "2 columns"),
    ],
)
def test_too_much_is_refused(
    make: Callable[..., Connections], address: Address, tmp_path: Path, bounds: Bounds, told: str
) -> None:
    many = "SELECT n, repeat('x', 100) AS x FROM generate_series(1, 1000000) n"
    with pytest.raises(BadInput, match=told):
        make(bounds=bounds).read(address, "", many, tmp_path / "made.parquet", lambda _: None)
    assert not (tmp_path / "made.parquet").exists()


def test_a_person_may_stop_it(connections: Connections, address: Address, tmp_path: Path) -> None:
    def stop(_: int) -> None:
        raise Stopped("You stopped this.")

    many = "SELECT n, repeat('x', 100) AS x FROM generate_series(1, 100000) n"
    with pytest.raises(Stopped):
        connections.read(address, "", many, tmp_path / "made.parquet", stop)
    assert not (tmp_path / "made.parquet").exists()


def test_a_private_host_is_refused_unless_allowed(make: Callable[..., Connections], address: Address) -> None:
    with pytest.raises(BadInput, match="private network"):
        make(guard=Guard()).tables(address)


def test_the_checked_address_is_the_one_connected_to(
    make: Callable[..., Connections], url: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name means nothing to libpq: only the address that the guard gave leads to the server."""
    monkeypatch.setattr(Guard, "resolve", lambda self, host, port: "127.0.0.1")
    named = Address(url=url.set(host="rebind.invalid").render_as_string(hide_password=False))
    assert len(make().tables(named)) == 3


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"password": "wrong-s3cret"}, "does not let postgres in"),
        ({"database": "missing"}, "no database or user"),
        ({"port": 1}, "does not answer"),
        ({"host": "no-such-host.invalid"}, "not known"),
    ],
)
def test_what_is_wrong_is_told_without_the_password(
    connections: Connections, url: URL, wrong: dict[str, object], told: str
) -> None:
    changed = url.set(**wrong)  # type: ignore[arg-type]
    with pytest.raises(Unavailable, match=told) as caught:
        connections.tables(Address(url=changed.render_as_string(hide_password=False)))
    assert str(changed.password) not in str(caught.value)


def test_rows_are_read_quickly(connections: Connections, address: Address, tmp_path: Path) -> None:
    statement = "SELECT n, n * 1.5 AS price, 'region ' || n % 7 AS region FROM generate_series(1, 90000) n"
    report = connections.read(address, "", statement, tmp_path / "made.parquet", lambda _: None)
    assert report.rows == 90_000 < BOUNDS.rows
