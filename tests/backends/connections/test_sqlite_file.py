"""A SQLite file: tables, one SELECT, and nothing but reading."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from services.backends.connections import Bounds, Connections
from services.domain import Address, ReadReport
from services.errors import BadInput

Read = Callable[..., tuple[ReadReport, Path]]


@pytest.fixture
def address(folder: Path) -> Address:
    path = folder / "shop.db"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE orders (id INTEGER, region TEXT, price REAL, code TEXT)")
        connection.executemany(
            "INSERT INTO orders VALUES (?, ?, ?, ?)",
            [(n, "West" if n % 2 else None, n * 1.5, "007") for n in range(100)],
        )
        connection.execute("CREATE VIEW cheap AS SELECT * FROM orders WHERE price < 10")
    connection.close()
    return Address(url=f"sqlite:///{path}")


def test_tables_and_views_are_listed_and_read(connections: Connections, read: Read, address: Address) -> None:
    assert [table.name for table in connections.tables(address)] == ["cheap", "orders"]
    report, made = read(address, "orders")
    assert (report.rows, report.columns) == (100, ("id", "region", "price", "code"))
    table = pq.read_table(made)
    assert table.column("region").null_count == 50
    assert table.column("price").to_pylist()[:3] == [0.0, 1.5, 3.0]
    assert table.column("code").to_pylist()[0] == "007"


def test_one_select_is_read(read: Read, address: Address) -> None:
    statement = "WITH w AS (SELECT region, sum(price) AS total FROM orders GROUP BY 1) SELECT * FROM w WHERE total > 0;"
    report, _ = read(address, statement=statement)
    assert (report.rows, report.columns) == (2, ("region", "total"))


def test_everything_else_is_refused_and_changes_nothing(read: Read, address: Address) -> None:
    refused = [
        *("DELETE FROM orders", "SELECT 1; DELETE FROM orders", "ATTACH '/etc/passwd' AS x", "PRAGMA query_only = OFF"),
        *("WITH x AS (SELECT 1) DELETE FROM orders", "VACUUM INTO '/tmp/x'", "", "EXPLAIN SELECT 1", "SELECT 1 FROM x"),
        *("SELECT load_extension('/tmp/x.so')", "SELECT * FROM pragma_database_list", "CREATE TABLE x AS SELECT 1"),
        *("SELECT writefile('/tmp/x', 'y')", "SELECT '", "SELECT 1 /* ; */; SELECT 2", "SELECT 1 WHERE 1 = 0"),
    ]
    for statement in refused:
        with pytest.raises(BadInput):
            read(address, statement=statement)
    assert read(address, "orders")[0].rows == 100


def test_a_select_without_end_is_ended(make: Callable[..., Connections], address: Address, tmp_path: Path) -> None:
    quick = make(bounds=Bounds(bytes=10**6, rows=10**9, columns=10, seconds=0.5))
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
    started = time.monotonic()
    with pytest.raises(BadInput, match="interrupted"):
        quick.read(address, "", endless, tmp_path / "made.parquet", lambda _: None)
    assert time.monotonic() - started < 10
    assert not (tmp_path / "made.parquet").exists()


def test_too_many_rows_are_refused(make: Callable[..., Connections], address: Address, tmp_path: Path) -> None:
    few = make(bounds=Bounds(bytes=10**6, rows=99, columns=10, seconds=5.0))
    with pytest.raises(BadInput, match="more than 99 rows"):
        few.read(address, "orders", "", tmp_path / "made.parquet", lambda _: None)


@pytest.mark.parametrize("content", [b"", b"no database at all" * 100, b"SQLite format 3\x00" + b"\xff" * 5000])
def test_a_file_that_is_no_database_is_told(connections: Connections, folder: Path, content: bytes) -> None:
    (folder / "broken.db").write_bytes(content)
    address = Address(url=f"sqlite:///{folder / 'broken.db'}")
    if content:
        with pytest.raises(BadInput, match=r"does not take|damaged"):
            connections.tables(address)
    else:
        assert connections.tables(address) == []


def test_a_file_elsewhere_is_refused(connections: Connections, tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"")
    for use in (connections.describe, connections.tables):
        with pytest.raises(BadInput, match="no folder that may be read"):
            use(Address(url=f"sqlite:///{tmp_path / 'x.db'}"))


def test_a_name_full_of_tricks_is_a_name(connections: Connections, read: Read, folder: Path) -> None:
    path = folder / "shop#x %.db"
    with sqlite3.connect(path) as connection:
        connection.execute('CREATE TABLE "a""b; DROP TABLE x" (x)')
        connection.execute('INSERT INTO "a""b; DROP TABLE x" VALUES (1)')
    connection.close()
    address = Address(url=f"sqlite:///{path}")
    assert read(address, connections.tables(address)[0].name)[0].rows == 1
