"""Sheets of workbooks: tables on them, headers, kinds of cells, and hostile files."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.backends.readers import regions
from services.domain import Kind
from services.errors import BadInput
from tests.backends.readers.conftest import Read
from tests.backends.readers.workbooks import Formula, xlsx

ORDERS = [["id", "day", "price"], [1, date(2024, 1, 5), 2.5], [2, date(2024, 1, 6), 3]]
PEOPLE = [["name", "age"], ["Ann", 30], ["Bo", 41]]

Tables = Callable[..., list[tuple[str, int | None]]]


def test_kinds_of_cells_are_kept(read: Read) -> None:
    rows = [
        ["code", "n", "share", "day", "moment", "ok", "sum", "took", "mixed"],
        [
            "007",
            1,
            0.25,
            date(2024, 2, 29),
            datetime(2024, 2, 29, 12, 30),
            True,
            Formula(3.5),
            timedelta(hours=30),
            "a",
        ],
        [
            "012",
            2,
            0.5,
            date(1999, 12, 31),
            datetime(2024, 3, 1),
            False,
            Formula(4),
            timedelta(minutes=90, hours=24),
            5,
        ],
    ]
    outcome = read(xlsx({"Data": rows}), "x.xlsx")
    assert outcome.rows == [
        ["007", 1, 0.25, date(2024, 2, 29), datetime(2024, 2, 29, 12, 30), True, 3.5, 108_000.0, "a"],
        ["012", 2, 0.5, date(1999, 12, 31), datetime(2024, 3, 1), False, 4.0, 91_800.0, "5"],
    ]
    assert "The durations in “took” are in seconds." in outcome.notes
    kinds = {each.column: each.value for each in outcome.report.detected if each.option == "kind"}
    assert kinds == {
        "code": Kind.TEXT,
        "n": Kind.INTEGER,
        "share": Kind.DECIMAL,
        "day": Kind.DATE,
        "moment": Kind.DATETIME,
        "ok": Kind.BOOLEAN,
        "sum": Kind.DECIMAL,
        "took": Kind.DECIMAL,
        "mixed": Kind.TEXT,
    }


def test_each_sheet_is_a_table(read: Read, tables: Tables) -> None:
    content = xlsx({"Empty": [], "Orders": ORDERS, "People": PEOPLE})
    assert tables(content) == [("Empty", 0), ("Orders", 2), ("People", 2)]
    assert read(content).report.columns == ("id", "day", "price")
    assert "the file also holds “People”" in read(content).notes
    assert read(content, table="People").rows == [["Ann", 30], ["Bo", 41]]
    with pytest.raises(BadInput, match="no table “Gone”") as caught:
        read(content, table="Gone")
    assert "“Orders”" in caught.value.hint
    with pytest.raises(BadInput, match="is empty"):
        read(content, table="Empty")


def test_several_tables_on_a_sheet(read: Read, tables: Tables) -> None:
    beside = [[*left, None, *right] for left, right in zip(ORDERS, PEOPLE, strict=True)]
    below = [["city", "people"], ["Rome", 2_800_000], ["Oslo", 700_000]]
    content = xlsx({"S": [["Report 2024"], [], *beside, [], *below]})
    assert tables(content) == [("S A3:C5", 2), ("S E3:F5", 2), ("S A7:B9", 2)]
    assert read(content, table="S E3:F5").rows == [["Ann", 30], ["Bo", 41]]
    assert read(content, table="S A7:B9").report.columns == ("city", "people")
    assert "belong to none of its tables: 1." in read(content).notes


def test_a_table_with_blank_rows_stays_one(read: Read, tables: Tables) -> None:
    content = xlsx({"S": [*ORDERS, [], [3, date(2024, 1, 7), 4.5], [4, date(2024, 1, 8), 5]]})
    assert tables(content) == [("S", 4)]
    outcome = read(content)
    assert [row[0] for row in outcome.rows] == [1, 2, 3, 4]
    assert "Empty rows left out: 1." in outcome.notes


def test_a_title_above_and_a_merged_header(read: Read) -> None:
    rows = [
        ["Sales of the year", None, None],
        ["Region", "2023", None],
        [None, "Units", "Price"],
        ["North", 1, 2.5],
        ["South", 2, 3.5],
    ]
    outcome = read(xlsx({"S": rows}, merged=["A1:C1", "B2:C2"]))
    assert outcome.report.columns == ("Region", "2023 Units", "2023 Price")
    assert outcome.rows == [["North", 1, 2.5], ["South", 2, 3.5]]


def test_a_name_merged_over_both_rows_of_a_header_stands_once_and_a_title_is_one_cell(read: Read) -> None:
    """Beside a second table, so that the title does not span the whole sheet."""
    rows: list[list[object]] = [
        ["Sales", None, None],
        [],
        ["Region", 2024, None],
        [None, "Q1", "Q2"],
        ["North", 1, 2],
        ["South", 3, 4],
        [],
        [None, None, None, None, None, "Name", "Age"],
        [None, None, None, None, None, "Ann", 30],
    ]
    outcome = read(xlsx({"S": rows}, merged=["A1:C1", "A3:A4", "B3:C3"]))
    assert outcome.report.columns == ("Region", "2024 Q1", "2024 Q2")
    assert "Filled cells of the sheet “S” that belong to none of its tables: 1." in outcome.notes


def test_merged_cells_below_the_header_hold_for_each_row(read: Read) -> None:
    rows = [["region", "n"], ["North", 1], [None, 2], ["South", 3]]
    assert read(xlsx({"S": rows}, merged=["A2:A3"])).rows == [["North", 1], ["North", 2], ["South", 3]]


def test_cells_that_hold_errors_are_missing(read: Read) -> None:
    outcome = read(xlsx({"S": [["a", "b"], [1, "#DIV/0!"], [2, 5]]}))
    assert outcome.rows == [[1, None], [2, 5]]


def test_a_single_row_is_a_row(read: Read) -> None:
    assert read(xlsx({"S": [["Hello", "there"]]})).rows == [["Hello", "there"]]


def test_texts_as_they_stand(read: Read) -> None:
    assert read(xlsx({"S": ORDERS}), typed=False).rows == [["1", "2024-01-05", "2.5"], ["2", "2024-01-06", "3"]]


def test_too_many_columns(read: Read) -> None:
    wide = [[f"c{n}" for n in range(16_000)], list(range(16_000))]
    with pytest.raises(BadInput, match="has 16,000 columns; at most 2,000"):
        read(xlsx({"S": wide}))


def test_entities_are_not_expanded(read: Read) -> None:
    content = io.BytesIO(xlsx({"S": PEOPLE}))
    bomb = (
        '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "' + "x" * 1000 + '"><!ENTITY b "' + "&a;" * 1000 + '">'
        '<!ENTITY c "'
        + "&b;"
        * 1000
        + '">]><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        '<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&c;</t></is></c></row></sheetData></worksheet>'
    )
    with zipfile.ZipFile(content) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for name, part in parts.items():
            target.writestr(name, bomb if "sheet1" in name else part)
    with pytest.raises(BadInput):
        read(out.getvalue())


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(st.booleans(), min_size=6, max_size=6), min_size=1, max_size=8))
def test_no_filled_cell_is_outside_all_tables_unless_it_is_a_title(filled: list[list[bool]]) -> None:
    grid = [["5" if cell else "" for cell in row] for row in filled]
    found = regions.find(grid)
    inside = {(r, c) for each in found for r in range(each.top, each.bottom) for c in range(each.left, each.right)}
    cells = {(r, c) for r, row in enumerate(filled) for c, cell in enumerate(row) if cell}
    assert len(found) != 1 or cells <= inside
    assert bool(found) == bool(cells)


def test_letters() -> None:
    assert [regions.letters(place) for place in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def ods(rows: str) -> bytes:
    """An OpenDocument workbook with one sheet, whose rows are written as such files hold them."""
    names = ("office", "table", "text")
    spaces = " ".join(f'xmlns:{each}="urn:oasis:names:tc:opendocument:xmlns:{each}:1.0"' for each in names)
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces} office:version="1.2"><office:body>'
        f'<office:spreadsheet><table:table table:name="S">{rows}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    mime, out = "application/vnd.oasis.opendocument.spreadsheet", io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", mime)
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{mime}"/></manifest:manifest>',
        )
        archive.writestr("content.xml", content)
    return out.getvalue()


def ods_cell(kind: str, value: str, shown: str, repeated: int = 1) -> str:
    name = {"date": "date-value", "time": "time-value"}.get(kind, "value")
    told = "" if kind == "string" else f' office:{name}="{value}"'
    again = f' table:number-columns-repeated="{repeated}"' if repeated > 1 else ""
    return f'<table:table-cell office:value-type="{kind}"{told}{again}><text:p>{shown}</text:p></table:table-cell>'


def test_what_a_sheet_of_opendocument_shows(read: Read) -> None:
    names = ("code", "again", "day", "moment", "part", "money", "n")
    head = "".join(ods_cell("string", "", name) for name in names)
    rows = [
        ods_cell("float", "42", "00042", 2)
        + ods_cell("date", f"2024-02-{day:02}", f"{day:02}/02/24")
        + ods_cell("date", f"2024-02-{day:02}T12:30:00", "x")
        + ods_cell("percentage", "0.25", "25%")
        + ods_cell("currency", "9.5", "9.50 €")
        + ods_cell("float", "7", "7")
        for day in (27, 28)
    ]
    made = read(ods("".join(f"<table:table-row>{row}</table:table-row>" for row in (head, *rows))), "book.ods")
    day = date(2024, 2, 27)
    assert "The workbook shows “part” in percent" in made.notes
    assert made.rows[0] == ["00042", "00042", day, datetime(2024, 2, 27, 12, 30), 0.25, 9.5, 7]
    assert len(made.rows) == 2
