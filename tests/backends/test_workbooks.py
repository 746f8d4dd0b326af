"""Tables as Excel files: what is written is what a reader finds, and nothing in it runs."""

from __future__ import annotations

import math
import zipfile
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook

from services.backends import workbooks
from services.errors import AppError

TABLE = pa.table(
    {
        "text": ["=1+1", "https://example.org", "007", None, "a\x01b 漢字", "x" * 40_000],
        "@whole": [1, -5, 10**17, None, 0, 2],
        "part": [0.5, math.nan, math.inf, None, -1e300, 1.0],
        "money": pa.array([Decimal("1.10"), None, Decimal("-2.00"), None, None, None], pa.decimal128(9, 2)),
        "day": [date(2024, 2, 29), date(1850, 1, 1), None, None, None, None],
        "at": [datetime(2024, 1, 1, 12, 30), None, None, None, None, None],
        "clock": [time(8, 15), None, None, None, None, None],
        "ok": [True, False, None, None, None, None],
        "list": [[1, 2], None, None, None, None, None],
    }
)


def test_a_table_comes_back_from_its_excel_file(tmp_path: Path) -> None:
    source, target = tmp_path / "t.parquet", tmp_path / "t.xlsx"
    pq.write_table(TABLE, source)
    workbooks.write(source, target, cells=54)
    rows = CalamineWorkbook.from_path(str(target)).get_sheet_by_name("Table").to_python()
    assert rows[0] == TABLE.column_names
    first = rows[1]
    assert first[:4] == ["=1+1", 1.0, 0.5, 1.1]
    assert first[4:9] == [date(2024, 2, 29), datetime(2024, 1, 1, 12, 30), time(8, 15), True, "[1, 2]"]
    assert [row[0] for row in rows[2:5]] == ["https://example.org", "007", ""]
    assert len(rows[6][0]) == 32_767
    assert rows[3][1] == "100000000000000000"
    assert [row[2] for row in rows[2:4]] == ["", ""]
    assert rows[2][4] == "1850-01-01"


def test_nothing_in_the_file_is_a_formula_or_a_link(tmp_path: Path) -> None:
    source, target = tmp_path / "t.parquet", tmp_path / "t.xlsx"
    pq.write_table(TABLE, source)
    workbooks.write(source, target, cells=54)
    with zipfile.ZipFile(target) as book:
        sheet = book.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    assert b"hyperlink" not in sheet


def test_a_writer_that_breaks_down_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "t.parquet").write_bytes(b"no parquet")
    with pytest.raises(AppError, match="could not be written"):
        workbooks.write(tmp_path / "t.parquet", tmp_path / "t.xlsx", cells=1)
