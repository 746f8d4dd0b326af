"""JSON, Parquet, Arrow, Feather, SQLite, compressed files and archives; and the process they are read in."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import sqlite3
import zipfile
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import feather

from services.backends.readers.readers import Readers
from services.errors import BadInput
from tests.backends.readers.conftest import Read
from tests.backends.readers.workbooks import xlsx

CSV = b"a,b\n1,x\n2,y\n"
ROWS = [[1, "x"], [2, "y"]]
RECORDS = [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]

Tables = Callable[..., list[tuple[str, int | None]]]


@pytest.mark.parametrize(
    "document",
    [
        RECORDS,
        {"data": RECORDS, "count": 2},
        {"response": {"items": RECORDS}},
        [["a", "b"], [1, "x"], [2, "y"]],
        {"a": [1, 2], "b": ["x", "y"]},
        {"columns": ["a", "b"], "index": [0, 1], "data": [[1, "x"], [2, "y"]]},
    ],
)
def test_layouts_of_json(read: Read, document: object) -> None:
    outcome = read(json.dumps(document, indent=1))
    assert (outcome.report.columns, outcome.rows) == (("a", "b"), ROWS)


def test_json_lines(read: Read) -> None:
    outcome = read("".join(json.dumps(record) + "\n" for record in RECORDS) + '{"a": 3, \n{"a": 4}\n', "x.jsonl")
    assert outcome.rows == [*ROWS, [4, None]]
    assert outcome.report.rejected_rows == 1
    assert (outcome.report.rejected[0].line, outcome.report.rejected[0].text) == (3, '{"a": 3, ')


def test_nested_json_has_dotted_names(read: Read) -> None:
    outcome = read(json.dumps([{"id": "007", "at": {"x": 1.5, "y": {"z": True}}, "tags": ["p", "q"], "at.x": None}]))
    assert outcome.table.to_pylist() == [
        {"id": "007", "at.x": 1.5, "at.y.z": True, "tags": '["p", "q"]', "at.x_2": None}
    ]


def test_values_of_json(read: Read) -> None:
    big, half = 12345678901234567890123, "\ud800"
    records = [{"n": 2**53 + 1, "f": 1.0, "big": big, "t": "2024-02-29", "mix": 1, "half": half, "none": None}]
    records += [{"n": -5, "f": 2, "big": 1, "t": "2024-03-01", "mix": "a", "half": "x", "none": None}]
    outcome = read(json.dumps(records))
    assert outcome.rows[0] == [2**53 + 1, 1.0, str(big), date(2024, 2, 29), "1", "\ufffd", None]
    assert outcome.types == ["int64", "double", "string", "date32[day]", "string", "string", "string"]


def test_several_lists_and_keyed_records_in_json(read: Read, tables: Tables) -> None:
    content = json.dumps({"people": RECORDS, "meta": {"rows": [{"c": 1}]}}).encode()
    assert tables(content) == [("people", 2), ("meta.rows", 1)]
    assert read(content, table="meta.rows").rows == [[1]]
    assert read('{"p": {"a": 1}, "q": {"a": 2}}').table.to_pylist() == [{"key": "p", "a": 1}, {"key": "q", "a": 2}]
    assert read('{"a": 1, "b": {"c": 2}}').table.to_pylist() == [{"a": 1, "b.c": 2}]
    assert read("[1, 2]", "x.json").table.to_pylist() == [{"value": 1}, {"value": 2}]
    assert "repeat a key" in read('[{"a": 1, "a": 2}]').notes
    assert tables(b"[]", "x.json") == [("x", 0)]
    with pytest.raises(BadInput, match="is empty"):
        read("[]", "x.json")


ARROW = pa.table(
    {
        "n": pa.array([1, None], pa.int16()),
        "price": pa.array([Decimal("9.99"), Decimal("1.50")], pa.decimal128(10, 2)),
        "at": pa.array([datetime(2024, 1, 1, 12, tzinfo=UTC), None], pa.timestamp("ms", "Europe/Rome")),
        "kind": pa.array(["x", "y"]).dictionary_encode(),
        "pos": pa.array([{"x": 1, "in": {"y": 2.5}}, {"x": 3, "in": None}]),
        "list": pa.array([[1, 2], None]),
        "raw": pa.array([b"text", b"\xff"]),
        "took": pa.array([timedelta(seconds=90), None]),
        "half": pa.array([1.5, None], pa.float32()),
    }
)


def written(table: pa.Table, kind: str) -> io.BytesIO:
    out = io.BytesIO()
    if kind == "parquet":
        pq.write_table(table, out)
    elif kind == "feather":
        feather.write_feather(table, out)
    else:
        with (pa.ipc.new_file if kind == "file" else pa.ipc.new_stream)(out, table.schema) as writer:
            writer.write_table(table)
    return out


@pytest.mark.parametrize("kind", ["parquet", "feather", "file", "stream"])
def test_only_the_columns_that_are_wanted_are_read(read: Read, kind: str) -> None:
    content = written(ARROW, kind).getvalue()
    whole = read(content).report
    assert whole.offered == tuple(ARROW.column_names)
    some = read(content, only=("half", "pos"))
    assert some.report.columns == ("pos.x", "pos.in.y", "half")
    assert [row[-1] for row in some.rows] == [1.5, None]
    assert some.report.offered == whole.offered
    assert some.report.options.only == ("half", "pos")
    with pytest.raises(BadInput, match="no column “gone”"):
        read(content, only=("half", "gone"))


def test_a_table_too_wide_to_read_whole_is_read_in_part(read: Read) -> None:
    wide = pa.table({f"c{n}": [n] for n in range(50)} | {"a": [1], "a.b": [2]})
    content = written(wide, "parquet").getvalue()
    with pytest.raises(BadInput, match="52 columns"):
        read(content, max_columns=20)
    assert read(content, max_columns=20, only=("c3", "c40", "a.b")).rows == [[3, 40, 2]]
    with pytest.raises(BadInput, match="told apart"):
        read(content, only=("a",))
    twice = pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["x", "x"])
    assert read(written(twice, "parquet").getvalue()).report.offered == ()


@pytest.mark.parametrize("kind", ["parquet", "feather", "file", "stream"])
def test_columnar_files(read: Read, tables: Tables, kind: str) -> None:
    out = written(ARROW, kind)
    outcome = read(out.getvalue())
    assert outcome.rows == [
        [1, 9.99, datetime(2024, 1, 1, 12), "x", 1, 2.5, "[1, 2]", "74657874", 90.0, 1.5],
        [None, 1.5, None, "y", 3, None, None, "ff", None, None],
    ]
    assert outcome.report.columns[4:6] == ("pos.x", "pos.in.y")
    assert "in UTC" in outcome.notes
    with pytest.raises(BadInput, match="is damaged"):
        read(out.getvalue()[: len(out.getvalue()) // 2])
    assert tables(out.getvalue(), "t.x")[0][0] == "t"


def test_what_is_wrong_with_a_columnar_file_is_said_on_one_line(read: Read) -> None:
    with pytest.raises(BadInput, match="is damaged") as refused:
        read(b"PAR1" + bytes(100) + b"PAR1")
    assert refused.value.args[0].isprintable()


def database(path: Path) -> bytes:
    with sqlite3.connect(path) as connection:
        connection.execute('CREATE TABLE "my ""table" (code TEXT, n INTEGER, x REAL, day TEXT, raw BLOB)')
        connection.execute('INSERT INTO "my ""table" VALUES (?, ?, ?, ?, ?)', ("007", 5, 2.5, "2024-02-29", b"\xff"))
        connection.execute("CREATE TABLE other AS SELECT 1 AS one UNION SELECT 2")
        connection.execute("CREATE VIEW total AS SELECT sum(one) AS total FROM other")
    connection.close()
    return path.read_bytes()


def test_sqlite(read: Read, tables: Tables, tmp_path: Path) -> None:
    content = database(tmp_path / "made.db")
    assert tables(content) == [('my "table', 1), ("other", 2), ("total", 1)]
    assert read(content).rows == [["007", 5, 2.5, date(2024, 2, 29), "ff"]]
    assert read(content, table="total").rows == [[3]]
    with pytest.raises(BadInput, match="no table"):
        read(content, table="sqlite_master")


def test_a_view_that_never_ends(read: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "made.db"
    with sqlite3.connect(path) as connection:
        endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
        connection.execute(f"CREATE VIEW forever AS {endless}")
    connection.close()
    monkeypatch.setattr("services.backends.readers.sqlite_tables.SECONDS", 0.2)
    with pytest.raises(BadInput, match="takes too long"):
        read(path.read_bytes())


def zipped(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        gzip.compress(CSV, mtime=0),
        gzip.compress(CSV[:5], mtime=0) + gzip.compress(CSV[5:], mtime=0),
        bz2.compress(CSV),
        lzma.compress(CSV),
        bz2.compress(CSV[:5]) + bz2.compress(CSV[5:]),
        lzma.compress(CSV[:5]) + lzma.compress(CSV[5:]),
        pa.compress(CSV, "zstd", asbytes=True),
        pa.compress(CSV[:5], "zstd", asbytes=True) + pa.compress(CSV[5:], "zstd", asbytes=True),
        zipped({"t.csv": CSV}),
        zipped({"t.csv.gz": gzip.compress(CSV, mtime=0)}),
        gzip.compress(json.dumps(RECORDS).encode()),
        gzip.compress(xlsx({"S": [["a", "b"], *ROWS]})),
    ],
    ids=[
        *("gzip", "gzip in two", "bzip2", "xz", "bzip2 in two", "xz in two", "zstandard", "zstandard in two"),
        *("zip", "gzip in zip", "json", "workbook"),
    ],
)
def test_compressed(read: Read, content: bytes) -> None:
    assert read(content).rows == ROWS


def test_archives(read: Read, tables: Tables) -> None:
    book = xlsx({"One": [["a", "b"], *ROWS], "Two": [["c"], [5], [6]]})
    files = {"../../etc/t.csv": CSV, "__MACOSX/._t.csv": b"x", "photo.png": b"\x89PNG\r\n\x1a\n", "in/book.xlsx": book}
    content = zipped(files)
    assert [name for name, _ in tables(content)] == ["../../etc/t.csv", "in/book.xlsx › One", "in/book.xlsx › Two"]
    outcome = read(content, table="in/book.xlsx › Two")
    assert outcome.rows == [[5], [6]]
    assert read(content).rows == ROWS
    with pytest.raises(BadInput, match="no table"):
        read(content, table="gone.csv")
    with pytest.raises(BadInput, match="a picture"):
        read(zipped({"photo.png": files["photo.png"]}))
    with pytest.raises(BadInput, match="archive in an archive"):
        read(zipped({"a.zip": zipped({"b.zip": zipped({"t.csv": CSV})})}))


def test_bombs(tmp_path: Path) -> None:
    readers = Readers(2000, unpacked_mb=80, is_isolating=False)
    for content, message in (
        (gzip.compress(b"1,2\n" * 20_000_000, 9, mtime=0), "unpacks to more than"),
        (zipped({"t.csv": b"1,2\n" * 20_000_000}), "unpacks to more than"),
        (pa.compress(b"1,2\n" * 20_000_000, "zstd", asbytes=True), "unpacks to more than"),
        (zipped({"xl/workbook.xml": bytes(90_000_000)}), "unpacks to more than"),
    ):
        source = tmp_path / "bomb"
        source.write_bytes(content)
        with pytest.raises(BadInput, match=message):
            readers.read(source, tmp_path / "out.parquet", "bomb")
        assert [path.name for path in tmp_path.iterdir()] == ["bomb"]


def test_a_damaged_archive(read: Read) -> None:
    with pytest.raises(BadInput, match="damaged"):
        read(gzip.compress(CSV * 1000, mtime=0)[:-20])
    with pytest.raises(BadInput, match="damaged"):
        read(zipped({"t.csv": CSV})[:-30])


def test_a_process_of_its_own(tmp_path: Path) -> None:
    source, target = tmp_path / "upload", tmp_path / "out.parquet"
    source.write_bytes(xlsx({"S": [["a", "b"], *ROWS], "T": [["c"], [1]]}))
    readers = Readers(2000)
    assert [found.name for found in readers.tables(source, "book.xlsx")] == ["S", "T"]
    assert readers.read(source, target, "book.xlsx").columns == ("a", "b")
    assert pq.read_table(target).num_rows == 2
    source.write_bytes(b"PAR1" + bytes(100))
    with pytest.raises(BadInput, match="could not be read as a Parquet file"):
        readers.read(source, target, "x.parquet")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.parquet", "upload"]


def test_a_cell_far_away_ends_in_a_sentence(tmp_path: Path) -> None:
    content = xlsx({"S": [["a"], [1]]})
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(b'r="A2"', b'r="XFD1048576"').replace(b'"2"', b'"1048576"'))
    path = tmp_path / "upload"
    path.write_bytes(out.getvalue())
    with pytest.raises(BadInput) as caught:
        Readers(2000).read(path, tmp_path / "out.parquet", "far.xlsx")
    assert "far.xlsx" in caught.value.message


def test_the_child_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "upload"
    with sqlite3.connect(path) as connection:
        endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
        connection.execute(f"CREATE VIEW forever AS {endless}")
    connection.close()
    monkeypatch.setattr("services.backends.readers.readers.SECONDS", 2)
    with pytest.raises(BadInput, match="takes too long"):
        Readers(2000).tables(path, "x.db")
