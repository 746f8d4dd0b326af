"""What the command line says about files, and files converted."""

from __future__ import annotations

import csv
import json
import sqlite3
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from services import reading
from services.__main__ import main
from services.backends.readers.readers import Readers
from services.domain import Kind
from services.errors import BadInput
from services.settings import Settings

pytestmark = pytest.mark.usefixtures("lent")

READERS = Readers(Settings().max_columns, is_isolating=False)


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    path.write_text('id;price;day\n007;"9,99";13/02/2024\n008;"1,50";01/02/2024\n009;a;b;c;d;e\n')
    return path


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "two.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE one AS SELECT 1 AS a")
        connection.execute("CREATE TABLE none (b TEXT)")
    connection.close()
    return path


def test_a_table_is_described(orders: Path) -> None:
    [found] = reading.tables(READERS, orders)
    assert [(column.name, column.kind) for column in found.columns] == [
        ("id", Kind.TEXT), ("price", Kind.DECIMAL), ("day", Kind.DATE),
    ]  # fmt: skip
    assert (found.name, found.rows, found.delimiter, found.rejected_rows) == ("orders", 2, ";", 1)
    assert found.rejected[0].text == "009;a;b;c;d;e"
    assert "the day stands before the month" in " ".join(found.notes)


def test_every_table_of_a_file(database: Path) -> None:
    found = reading.tables(READERS, database)
    assert [(each.name, each.rows, each.notes) for each in found] == [
        ("one", 1, ()),
        ("none", 0, ("The table has no rows.",)),
    ]
    assert [each.name for each in reading.tables(READERS, database, "one")] == ["one"]
    with pytest.raises(BadInput, match="no table “gone”"):
        reading.tables(READERS, database, "gone")


def test_conversion(orders: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.parquet"
    assert reading.convert(READERS, orders, target).rows == 2
    assert pq.read_table(target).column("price").to_pylist() == [9.99, 1.5]
    reading.convert(READERS, orders, tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [["id", "price", "day"], ["007", "9,99", "13/02/2024"], ["008", "1,50", "01/02/2024"]]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["orders.csv", "out.csv", "out.parquet"]


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("@SUM(1)", "'@SUM(1)"),
        ("-2+3+cmd|' /C calc'!A0", "'-2+3+cmd|' /C calc'!A0"),
        ("-5.20", "-5.20"),
        ("+49 170 1234", "+49 170 1234"),
        ("- none", "- none"),
        ("a=b", "a=b"),
    ],
)
def test_formulas_do_not_run(tmp_path: Path, cell: str, written: str) -> None:
    source = tmp_path / "t.csv"
    source.write_text(f'name,note\nx,"{cell}"\ny,z\n')
    reading.convert(READERS, source, tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(newline="") as file:
        assert list(csv.reader(file))[1] == ["x", written]


def test_places_that_cannot_be_written(orders: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"does not end in \.parquet or \.csv"):
        reading.convert(READERS, orders, tmp_path / "out.xlsx")
    with pytest.raises(BadInput, match="cannot be written"):
        reading.convert(READERS, orders, tmp_path / "gone" / "out.csv")
    with pytest.raises(BadInput, match="There is no file"):
        reading.convert(READERS, tmp_path / "gone.csv", tmp_path / "out.csv")


def test_the_command(orders: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", str(orders), "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["status"] == "read"
    assert shown["tables"][0]["columns"][1] == {"name": "price", "kind": "decimal"}
    assert main(["read", str(orders), "--to", str(tmp_path / "out.parquet")]) == 0
    assert "2 rows, 3 columns" in capsys.readouterr().out
    assert main(["read", str(orders)]) == 0
    assert "price (decimal)" in capsys.readouterr().out
    (tmp_path / "bad.pdf").write_bytes(b"%PDF-1.7")
    assert main(["read", str(tmp_path / "bad.pdf"), "--json"]) == 1
    assert "a PDF document" in json.loads(capsys.readouterr().out)["text"]
