"""What a person says about a file is done, what was found out is told with its evidence, and what is open is asked."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

import pytest
import xlsxwriter

from services.backends.readers.readers import Readers
from services.domain import ColumnOptions, DateOrder, Detected, Kind, ReadOptions, ReadReport
from services.errors import BadInput
from tests.backends.readers.conftest import Read

DAYS = "day;price;id\n01/02/2024;1,5;007\n03/04/2024;2,25;010\n"


def fact(report: ReadReport, option: str, column: str = "") -> Detected:
    return next(each for each in report.detected if (each.option, each.column) == (option, column))


def columns(**told: ColumnOptions) -> dict[str, ColumnOptions]:
    return told


def test_what_was_found_out_is_told_with_its_evidence(read: Read) -> None:
    report = read(DAYS).report
    assert report.options == ReadOptions(encoding="utf-8", delimiter=";", quote='"', header=1)
    assert fact(report, "delimiter").label == "semicolon"
    assert fact(report, "delimiter").evidence == "3 of the first 3 lines then have 3 cells."
    assert fact(report, "encoding").evidence == "All bytes are valid UTF-8."
    assert fact(report, "header").choices[1].label == "line 1: day;price;id"
    assert fact(report, "decimal", "price").evidence == "“2,25” has it."
    assert "begins with a zero" in fact(report, "kind", "id").evidence
    assert [each.option for each in report.questions] == ["dates"]


def test_what_is_open_is_asked_and_the_answer_is_kept(read: Read) -> None:
    [asked] = read(DAYS).report.questions
    assert [choice.value for choice in asked.choices] == ["dmy", "mdy"]
    answered = ReadOptions().chosen("dates", "mdy", "day")
    outcome = read(DAYS, **answered.model_dump())
    assert outcome.rows[0] == [date(2024, 1, 2), 1.5, "007"]
    assert outcome.report.questions == ()


@pytest.mark.parametrize(
    ("cells", "told", "values"),
    [
        (["01/02/2024", "03/04/2024"], {"dates": "dmy"}, [date(2024, 2, 1), date(2024, 4, 3)]),
        (["01/02/24", "03/04/24"], {"dates": "ymd"}, [date(2001, 2, 24), date(2003, 4, 24)]),
        (["13/02/24", "01/02/24"], {"dates": "dmy"}, [date(2024, 2, 13), date(2024, 2, 1)]),
        (["1,234", "2,500"], {"decimal": ","}, [1.234, 2.5]),
        (["1,234", "2,500"], {"decimal": "."}, [1234, 2500]),
        (["€1.234", "€2.000"], {"decimal": ","}, [1234.0, 2000.0]),
        (["1.234", "2.5"], {"decimal": ","}, ["1.234", "2.5"]),
        (["007", "8"], {"columns": columns(v=ColumnOptions(kind=Kind.INTEGER))}, [7, 8]),
        (["01/02/2024"], {"columns": columns(v=ColumnOptions(kind=Kind.DATE))}, ["01/02/2024"]),
        (["1", "2"], {"columns": columns(v=ColumnOptions(kind=Kind.TEXT))}, ["1", "2"]),
        (["1", "x", "-"], {"columns": columns(v=ColumnOptions(kind=Kind.DECIMAL))}, [1.0, None, None]),
        (["1", "1.5"], {"columns": columns(v=ColumnOptions(kind=Kind.INTEGER))}, [1, None]),
        (["2024-02-01", "?"], {"columns": columns(v=ColumnOptions(kind=Kind.DATE))}, [date(2024, 2, 1), None]),
        (["abc", "def"], {"columns": columns(v=ColumnOptions(kind=Kind.DATE))}, ["abc", "def"]),
        (["9:30", "24:00"], {"columns": columns(v=ColumnOptions(kind=Kind.TIME))}, [time(9, 30), None]),
    ],
)
def test_a_column_is_read_as_told(read: Read, cells: list[str], told: dict[str, object], values: list[object]) -> None:
    content = "k;v\n" + "".join(f"a;{cell}\n" for cell in cells)
    assert [row[1] for row in read(content, **told).rows] == values


def test_cells_that_do_not_fit_what_was_told_are_counted(read: Read) -> None:
    told = columns(v=ColumnOptions(kind=Kind.DECIMAL))
    outcome = read("k,v\n" + "a,1\n" * 5 + "a,x\na,y\n", columns=told)
    assert "In “v”, 2 cells are missing because they cannot be read as decimal, such as “x”." in outcome.notes


@pytest.mark.parametrize(
    ("content", "told", "rows"),
    [
        ("a,b\n1;2,3\n4;5,6\n", {"delimiter": ";", "header": 1}, [[1, 2.3], [4, 5.6]]),
        ("x\ny\na,b\n1,2\n", {"header": 3}, [[1, 2]]),
        ("1,2\n3,4\n", {"header": 1}, [[3, 4]]),
        ("a,b\nc,d\n", {"header": 0}, [["a", "b"], ["c", "d"]]),
        ("a,b\n'x',\"y\"\n", {"quote": "'"}, [["x", '"y"']]),
        ('a,b\n"x,y\n', {"quote": ""}, [['"x', "y"]]),
        ("näme,b\nü,1\n".encode("cp850"), {"encoding": "cp850"}, [["ü", 1]]),
    ],
)
def test_a_file_is_read_as_told(
    read: Read, content: str | bytes, told: dict[str, object], rows: list[list[object]]
) -> None:
    assert read(content, **told).rows == rows


@pytest.mark.parametrize("told", [{"encoding": "rot13"}, {"encoding": "no-such"}, {"header": 99}])
def test_what_makes_no_sense_is_refused(read: Read, told: dict[str, object]) -> None:
    with pytest.raises(BadInput) as caught:
        read("a,b\n1,2\n", **told)
    assert caught.value.hint


@pytest.mark.parametrize("content", [DAYS, "a,b\n1,2\n", 'x\ty\n"1"\t2,5\n', "1;2\n3;4\n"])
def test_what_a_report_says_was_used_gives_the_same_table(read: Read, content: str) -> None:
    first = read(content)
    again = read(content, **first.report.options.model_dump())
    assert (again.rows, again.types, again.report.columns) == (first.rows, first.types, first.report.columns)


def test_a_choice_from_a_form() -> None:
    options = ReadOptions().chosen("header", "2").chosen("quote", "none").chosen("kind", "text", "a")
    assert (options.header, options.quote, options.columns["a"].kind) == (2, "", Kind.TEXT)
    assert options.chosen("header", "").header is None
    assert options.chosen("dates", "dmy", "a").columns["a"] == ColumnOptions(kind=Kind.TEXT, dates=DateOrder.DAY_FIRST)
    for option, value in (("header", "x"), ("decimal", ";"), ("nothing", "x")):
        with pytest.raises(ValueError, match=option):
            options.chosen(option, value)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A sheet with a title, a table from B3 on with codes shown as 00000, and a remark below."""
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet("Shops")
        codes, phones = made.add_format({"num_format": "00000"}), made.add_format({"num_format": "000-000"})
        sheet.write("B1", "Our shops")
        for place, name in enumerate(("code", "phone", "n")):
            sheet.write(2, 1 + place, name)
        for row, (code, phone, number) in enumerate(((42, 1234, 1.5), (12345, 987654, 2)), start=3):
            sheet.write_number(row, 1, code, codes)
            sheet.write_number(row, 2, phone, phones)
            sheet.write_number(row, 3, number)
    return path


def test_codes_keep_the_zeros_they_are_shown_with(read: Read, book: Path) -> None:
    outcome = read(book.read_bytes(), "book.xlsx")
    assert outcome.rows == [["00042", "001-234", 1.5], ["12345", "987-654", 2.0]]
    assert outcome.report.options.header == 3


def test_cells_and_header_of_a_sheet_are_chosen(read: Read, book: Path) -> None:
    content = book.read_bytes()
    assert read(content, cells="C3:D5").report.columns == ("phone", "n")
    assert read(content, cells="B:B", header=3).rows == [["00042"], ["12345"]]
    assert read(content, cells="4:5", header=0).report.rows == 2
    assert read(content, table="Shops", header=4).rows == [["12345", "987-654", 2]]
    for told in ({"cells": "Z9:Z10"}, {"cells": "nonsense"}, {"header": 5}, {"table": "Nope"}):
        with pytest.raises(BadInput):
            read(content, **told)


def test_a_large_file_is_previewed_by_its_beginning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.backends.readers.beginning.WHOLE_BYTES", 1_000)
    monkeypatch.setattr("services.backends.readers.beginning.PIECE_BYTES", 500)
    source = tmp_path / "large.csv"
    readers = Readers(100, is_isolating=False)
    for codec in ("utf-8", "utf-16", "utf-32"):
        source.write_bytes(("name,n\n" + "".join(f"Zoë {n},{n}\n" for n in range(500))).encode(codec))
        table, report = readers.preview(source, "large.csv")
        assert report.is_part
        assert table.column("name")[0].as_py() == "Zoë 0"
        assert 5 < table.num_rows <= 100
        assert readers.preview(source, "large.csv", ReadOptions(delimiter=";"))[0].num_columns == 1
