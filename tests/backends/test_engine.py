"""Pages, facts and look-ups over real Parquet files."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from services.backends.connection import connect, text
from services.backends.engine import Engine
from services.domain import Count, Kind, Profile, Semantic
from services.protocols import ValueHit

HOSTILE = ['a"b', "it's", "{x}", "line\nbreak", "__class__", "a;DROP TABLE t--", "Name", "name", "NAME", " ", "c0", "é"]


def stored(tmp_path: Path, table: pa.Table, name: str = "t.parquet") -> Path:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    pq.write_table(table, path, row_group_size=1000)
    return path


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return Engine(memory_mb=256, temp=tmp_path / "spill")


def profile(engine: Engine, tmp_path: Path, **columns: list[object]) -> Profile:
    return engine.profile(stored(tmp_path, pa.table(columns)), "v1")


def test_pages_keep_the_order_of_the_file(engine: Engine, tmp_path: Path) -> None:
    path = stored(tmp_path, pa.table({"n": list(range(5000))}))
    assert engine.page(path, 2990, 20).column("n").to_pylist() == list(range(2990, 3010))
    assert engine.page(path, 4990, 200).num_rows == 10
    assert engine.page(path, 9000, 200).num_rows == 0
    assert engine.page(path, -5, -1).num_rows == 0


def test_hostile_column_names_stay_as_they_are(engine: Engine, tmp_path: Path) -> None:
    table = pa.table([["x", "y", f"value {place}"] for place in range(len(HOSTILE))], names=HOSTILE)
    path = stored(tmp_path, table)
    assert engine.page(path, 0, 10).column_names == HOSTILE
    assert engine.page(path, 0, 10).to_pydict() == table.to_pydict()
    facts = engine.profile(path, "v1")
    assert [column.name for column in facts.columns] == HOSTILE
    assert {column.distinct for column in facts.columns} == {3}
    assert engine.find_values(path, ["name", "NAME"], ["VALUE 7", "value 8", "value 6"]) == [
        ValueHit(column="name", value="value 7"),
        ValueHit(column="NAME", value="value 8"),
    ]


def test_a_folder_with_wildcards_and_quotes_in_its_name(engine: Engine, tmp_path: Path) -> None:
    path = stored(tmp_path, pa.table({"n": [1]}), "we[ir]d*'?/t[1].parquet")
    stored(tmp_path, pa.table({"n": [2]}), "we[ir]d*'?/t1.parquet")
    assert engine.page(path, 0, 9).to_pydict() == {"n": [1]}


def test_kinds_bounds_and_missing_values(engine: Engine, tmp_path: Path) -> None:
    facts = profile(
        engine,
        tmp_path,
        whole=[3, None, 1],
        part=[1.5, math.nan, None],
        words=["b", "a", None],
        flag=[True, False, None],
        day=[date(2024, 2, 29), None, date(2024, 1, 1)],
        moment=[datetime(2024, 1, 1, 5, 30), None, None],
        clock=[time(5, 30), None, None],
        nested=[[1], [2], None],
        nothing=pa.array([None, None, None], pa.string()),
    )
    kinds = [Kind.INTEGER, Kind.DECIMAL, Kind.TEXT, Kind.BOOLEAN, Kind.DATE, Kind.DATETIME, Kind.TIME, Kind.OTHER]
    assert (facts.version_id, facts.rows) == ("v1", 3)
    assert [column.kind for column in facts.columns] == [*kinds, Kind.TEXT]
    assert [column.missing for column in facts.columns] == [1, 2, 1, 1, 1, 2, 2, 1, 3]
    assert [column.distinct for column in facts.columns] == [2, 1, 2, 2, 2, 1, 1, 0, 0]
    by_name = {column.name: column for column in facts.columns}
    assert (by_name["whole"].low, by_name["whole"].high, by_name["whole"].mean) == ("1", "3", 2.0)
    assert (by_name["part"].low, by_name["part"].mean) == ("1.5", 1.5)
    assert (by_name["words"].low, by_name["words"].mean) == (None, None)
    assert (by_name["day"].low, by_name["day"].high) == ("2024-01-01", "2024-02-29")
    assert by_name["moment"].low == "2024-01-01T05:30:00"
    assert by_name["flag"].top == (Count(value="False", rows=1), Count(value="True", rows=1))


def test_infinite_numbers_have_no_mean(engine: Engine, tmp_path: Path) -> None:
    facts = profile(engine, tmp_path, x=[math.inf, 1.0, 2.0], y=[math.inf, math.inf, math.inf])
    assert [column.mean for column in facts.columns] == [1.5, None]
    assert facts.columns[0].high == "inf"


def test_the_most_frequent_values(engine: Engine, tmp_path: Path) -> None:
    words = ["x" * 300] * 5 + ["b"] * 3 + ["a"] * 3 + [f"w{n}" for n in range(200)]
    few, many = [n % 7 for n in range(211)], list(range(211))
    facts = profile(engine, tmp_path, words=words, few=few, many=many)
    top = facts.columns[0].top
    assert top[:3] == (Count(value="x" * 200, rows=5), Count(value="a", rows=3), Count(value="b", rows=3))
    assert (len(top), facts.columns[0].distinct) == (50, 203)
    assert facts.columns[1].top[0] == Count(value="0", rows=31)
    assert facts.columns[2].top == ()


def test_a_table_without_rows(engine: Engine, tmp_path: Path) -> None:
    facts = engine.profile(stored(tmp_path, pa.table({"n": pa.array([], pa.int64())})), "v")
    assert (facts.rows, facts.columns[0].missing, facts.columns[0].low) == (0, 0, None)


def test_a_wide_table(engine: Engine, tmp_path: Path) -> None:
    path = stored(tmp_path, pa.table({f"c{n}": [str(n), "same", None] for n in range(400)}))
    facts = engine.profile(path, "v")
    assert [column.name for column in facts.columns] == [f"c{n}" for n in range(400)]
    assert {(column.missing, column.distinct) for column in facts.columns} == {(1, 2)}
    assert facts.columns[399].top == (Count(value="399", rows=1), Count(value="same", rows=1))
    assert engine.find_values(path, [f"c{n}" for n in range(400)], ["317"]) == [ValueHit(column="c317", value="317")]


def test_values_are_found_ignoring_case(engine: Engine, tmp_path: Path) -> None:
    path = stored(
        tmp_path,
        pa.table({"city": ["Málaga", "PARIS", "Paris", None], "n": [1, 2, 3, 4], "it's": ["o'X", "x", "", "y"]}),
    )
    assert engine.find_values(
        path, ["city", "n", "it's", "gone"], ["MÁLAGA", "paris", "2", "O'x", "", "z' OR 1=1"]
    ) == [
        ValueHit(column="city", value="Málaga"),
        ValueHit(column="city", value="PARIS"),
        ValueHit(column="city", value="Paris"),
        ValueHit(column="it's", value="o'X"),
    ]
    assert engine.find_values(path, ["city"], []) == []
    assert engine.find_values(path, [], ["paris"]) == []


def test_many_threads_at_once(engine: Engine, tmp_path: Path) -> None:
    path = stored(tmp_path, pa.table({"n": list(range(2000)), "t": [f"w{n % 9}" for n in range(2000)]}))
    with ThreadPoolExecutor(8) as pool:
        pages = list(pool.map(lambda n: engine.page(path, n, 1).column("n").to_pylist(), range(24)))
        facts = list(pool.map(lambda _: engine.profile(path, "v"), range(8)))
    assert pages == [[n] for n in range(24)]
    assert len(set(facts)) == 1


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "COPY (SELECT 1) TO '/tmp/escaped.csv'",
        "SELECT * FROM glob('/etc/*')",
        "ATTACH '/tmp/escaped.db'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SET memory_limit = '100GB'",
    ],
)
def test_a_connection_reaches_nothing_else(tmp_path: Path, query: str) -> None:
    path = stored(tmp_path, pa.table({"n": [1]}))
    with connect(memory_mb=128, temp=tmp_path, files=(path,)) as connection:
        assert connection.execute(f"SELECT n FROM read_parquet({text(str(path))})").fetchall() == [(1,)]
        with pytest.raises(duckdb.Error):
            connection.execute(query).fetchall()


def test_a_guess_for_every_column(engine: Engine, tmp_path: Path) -> None:
    n = 40
    facts = profile(
        engine,
        tmp_path,
        order_id=list(range(n)),
        customerId=[k % 5 for k in range(n)],
        column_1=list(range(n)),
        model_year=[1990 + k % 9 for k in range(n)],
        year=list(range(n)),
        pclass=[k % 3 for k in range(n)],
        units=[k % 3 for k in range(n)],
        price=[k / 3 for k in range(n)],
        region=["north" if k % 2 else "south" for k in range(n)],
        remark=[f"sentence number {k}" for k in range(n)],
        product_code=[f"P{k}" for k in range(n)],
        story=["long " * 40] * n,
        active=[bool(k % 2) for k in range(n)],
        day=[date(2024, 1, 1 + k % 28) for k in range(n)],
    )
    expected = [
        *(Semantic.ID, Semantic.CATEGORY, Semantic.ID, Semantic.YEAR, Semantic.MEASURE, Semantic.CATEGORY),
        *(Semantic.COUNT, Semantic.CURRENCY, Semantic.REGION, Semantic.TEXT, Semantic.ID, Semantic.TEXT),
        *(Semantic.BOOLEAN, Semantic.DATE),
    ]
    assert [(column.name, column.semantic) for column in facts.columns] == [
        (column.name, semantic) for column, semantic in zip(facts.columns, expected, strict=True)
    ]
