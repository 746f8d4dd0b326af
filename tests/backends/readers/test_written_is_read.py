"""What is written is what is read, for texts and values of any kind, in CSV, JSON and workbooks."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.backends.readers.readers import Readers
from services.backends.readers.shapes import MISSING
from tests.backends.readers.workbooks import xlsx

LETTERS = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cf", "Zl", "Zp", "Zs"))
TEXTS = st.text(LETTERS, min_size=1, max_size=12).map(lambda text: "x" + text)
WHOLE = st.integers(-(10**15) + 1, 10**15 - 1)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12)
DAYS = st.dates(date(1900, 3, 1), date(2199, 12, 31))
MOMENTS = st.datetimes(datetime(1900, 3, 1), datetime(2199, 12, 31)).map(lambda moment: moment.replace(microsecond=0))
COLUMN = st.sampled_from([TEXTS, WHOLE, NUMBERS, DAYS, MOMENTS, st.booleans()]).flatmap(
    lambda kind: st.lists(kind | st.none(), min_size=2, max_size=6)
)


def read(content: bytes, name: str, *, typed: bool = True) -> list[object]:
    """The second column of the table."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "upload", Path(folder) / "out.parquet"
        source.write_bytes(content)
        Readers(10, is_isolating=False).read(source, target, name, typed=typed)
        return list(pq.read_table(target).columns[1].to_pylist())


def as_csv(cells: list[object]) -> bytes:
    out = io.StringIO()
    rows = [(f"k{place}", "" if cell is None else cell) for place, cell in enumerate(cells)]
    csv.writer(out, lineterminator="\n").writerows([("key", "value"), *rows])
    return out.getvalue().encode()


def as_json(cells: list[object]) -> bytes:
    plain = [cell.isoformat() if isinstance(cell, date) else cell for cell in cells]
    return json.dumps([{"key": f"k{place}", "value": cell} for place, cell in enumerate(plain)]).encode()


def as_xlsx(cells: list[object]) -> bytes:
    return xlsx({"S": [["key", "value"], *([f"k{place}", cell] for place, cell in enumerate(cells))]})


@pytest.mark.parametrize(("write", "name"), [(as_csv, "t.csv"), (as_json, "t.json"), (as_xlsx, "t.xlsx")])
@settings(max_examples=40, deadline=None)
@given(cells=COLUMN)
def test_values(write: Callable[[list[object]], bytes], name: str, cells: list[object]) -> None:
    assert [same(cell) for cell in read(write(cells), name)] == [same(cell) for cell in cells]


def same(cell: object) -> object:
    """The value, a day as its midnight, and a moment to the second: workbooks keep fractions of days."""
    if isinstance(cell, datetime):
        return (cell + timedelta(milliseconds=500)).replace(microsecond=0)
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day)
    return float(cell) if isinstance(cell, int) and not isinstance(cell, bool) else cell


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(LETTERS, min_size=1, max_size=8), min_size=2, max_size=6))
def test_texts_stay_as_they_are_when_no_kind_is_looked_for(cells: list[str]) -> None:
    assert read(as_csv(["plain, text", *cells]), "t.csv", typed=False)[1:] == cells


@settings(max_examples=60, deadline=None)
@given(st.lists(st.from_regex(r"0[0-9]{2,8}|[0-9]{16,20}", fullmatch=True), min_size=1, max_size=5))
def test_ids_stay_texts(cells: list[str]) -> None:
    found = read(as_csv(["0071", *cells]), "t.csv")
    assert found == ["0071", *cells]
    assert not set(cells) & MISSING
