"""Tables on the screen: numbers that read well, dates without a time, and the facts in words."""

from __future__ import annotations

import io
from datetime import datetime

import pyarrow as pa
import pyarrow.csv
import pyarrow.ipc
import pytest

from components import data_table
from services.domain import ColumnProfile, Count, Kind, Profile, Semantic


def column(name: str, kind: Kind, semantic: Semantic, **facts: object) -> ColumnProfile:
    return ColumnProfile(name=name, kind=kind, semantic=semantic, **{"missing": 0, "distinct": 3, **facts})


PROFILE = Profile(
    version_id="v",
    rows=10,
    columns=(
        column("order", Kind.INTEGER, Semantic.ID, low="1", high="90000"),
        column("year", Kind.INTEGER, Semantic.YEAR, low="1952", high="2007"),
        column("price", Kind.DECIMAL, Semantic.MEASURE, low="1.5", high="12000.25", missing=4, mean=7.0),
        column("region", Kind.TEXT, Semantic.CATEGORY, top=(Count(value="West", rows=6), Count(value="East", rows=4))),
    ),
)


def test_years_and_identifiers_are_codes() -> None:
    assert data_table.codes(PROFILE) == {"order", "year"}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("region", "3 distinct values, mostly West, East"),
        ("price", "3 distinct values, 1.50 – 12,000.25, 4 missing"),
    ],
)
def test_a_column_in_a_sentence(name: str, said: str) -> None:
    found = PROFILE.column(name)
    assert found is not None
    assert data_table.summary(found) == said


def test_every_kind_and_use_has_an_icon_and_a_word() -> None:
    assert set(data_table.ICONS) == set(data_table.KIND_WORDS) == set(Kind)
    assert set(data_table.USES) == set(Semantic)


def test_ranges_are_written_for_reading() -> None:
    assert [data_table.span(c) for c in PROFILE.columns] == ["1 – 90000", "1952 – 2007", "1.50 – 12,000.25", ""]


def test_a_table_comes_back_from_its_bytes_and_goes_out_as_csv() -> None:
    table = pa.table({"a,b": [1, 2], "c": ["x", 'say "y"']})
    stream = io.BytesIO()
    with pa.ipc.new_stream(stream, table.schema) as writer:
        writer.write_table(table)
    opened = data_table.opened(stream.getvalue())
    assert opened == table
    assert data_table.csv(opened).decode().splitlines() == ['"a,b","c"', '1,"x"', '2,"say ""y"""']


@pytest.mark.parametrize(
    ("values", "is_code", "kind"),
    [
        ([1.5, None], False, "number"),
        ([8_425_333], False, "number"),
        ([1952, 2007], False, None),
        ([1153, 964], False, "number"),
        ([-2_500, 1], False, "number"),
        ([1, None, 999], False, None),
        ([90_000], True, None),
        ([datetime(2024, 1, 5), None], False, "date"),
        ([datetime(2024, 1, 5, 8)], False, None),
        (["x"], False, None),
        ([None], False, None),
    ],
)
def test_how_a_column_is_written(values: list[object], is_code: bool, kind: str | None) -> None:
    form = data_table.form(pa.chunked_array([pa.array(values)]), is_code=is_code)
    assert (form["type_config"]["type"] if form else None) == kind


def test_what_a_spreadsheet_would_run_is_defused_in_csv() -> None:
    texts = ["=cmd|' /C calc'!A0", "+1+1", "@SUM(1)", "\t=1", "-5", "+3.5%", "plain", None]
    table = pa.table({"=a": texts, "n": [-1, 2, 3, 4, 5, 6, 7, 8], "large": pa.array(texts, pa.large_string())})
    read = pyarrow.csv.read_csv(pa.BufferReader(data_table.csv(table)))
    assert read.column_names == ["'=a", "n", "large"]
    shown = ["'=cmd|' /C calc'!A0", "'+1+1", "'@SUM(1)", "'\t=1", "-5", "+3.5%", "plain", ""]
    assert read["'=a"].to_pylist() == read["large"].to_pylist() == shown
    assert read["n"].to_pylist() == table["n"].to_pylist()


FORMULAS = ["=cmd|'/c calc'!A1", "@SUM(A1)", "+1+cmd|x", "-2(3)", "\t=1", "=1"]
HARMLESS = ["-5", "+49 30 1234", "- a point", "a=b", "", None, "-5 apples"]


def test_what_a_grid_gives_as_csv_is_never_a_formula() -> None:
    table = pa.table({"=a": FORMULAS + HARMLESS, "n": range(13), "\u2060=a": ["x"] * 13})
    shown = data_table.harmless(table)
    names = shown.column_names
    assert len(set(names)) == 3
    assert not any(name.startswith("=") for name in names)
    cells = shown.column(0).to_pylist()
    assert cells[len(FORMULAS) :] == HARMLESS
    assert [cell.lstrip("\u2060") for cell in cells[: len(FORMULAS)]] == FORMULAS
    assert all(cell.startswith("\u2060") for cell in cells[: len(FORMULAS)])
    assert shown.column(1).to_pylist() == list(range(13))


def test_empty_tables_and_columns_are_shown() -> None:
    assert data_table.harmless(pa.table({"a": pa.array([], pa.string())})).num_rows == 0
    assert data_table.harmless(pa.table({"a": pa.array([None, None], pa.string())})).column(0).null_count == 2
