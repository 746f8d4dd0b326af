"""Formats of cells: numbers shown with leading zeros are codes, those in percent are told of, in every kind of book."""

from __future__ import annotations

import io
from datetime import date

import pytest
from xlsxwriter import Workbook

from services.errors import BadInput
from tests.backends.readers.binary_workbooks import Cell, xls, xlsb
from tests.backends.readers.conftest import Read

PLAIN, CODE, PERCENT, DAY, TEXT_SIGN, OWN_PERCENT = range(6)
DAYS = (45351.0, 45352.0, 45353.0)
ROWS: list[list[Cell]] = [["zip", "share", "day", "n", "sign", "own"]] + [
    [(number, CODE), (share, PERCENT), (day, DAY), (2.5, PLAIN), (3.0, TEXT_SIGN), (0.5, OWN_PERCENT)]
    for number, share, day in zip((501.0, 80331.0, 7.0), (0.25, 0.5, 1.0), DAYS, strict=True)
]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        pytest.param(xlsb(ROWS), "x.xlsb", id="xlsb"),
        pytest.param(xls(ROWS), "x.xls", id="xls"),
        pytest.param(xls(ROWS, padding=0), "x.xls", id="xls in small sectors"),
    ],
)
def test_binary_workbooks_keep_codes_dates_and_tell_of_percents(read: Read, content: bytes, name: str) -> None:
    outcome = read(content, name)
    assert [row[0] for row in outcome.rows] == ["00501", "80331", "00007"]
    assert [row[1] for row in outcome.rows] == [0.25, 0.5, 1.0]
    assert [row[2] for row in outcome.rows] == [date(2024, 2, 29), date(2024, 3, 1), date(2024, 3, 2)]
    assert [row[3:] for row in outcome.rows] == [[2.5, 3, 0.5]] * 3
    [told] = [note for note in outcome.report.notes if "in percent" in note]
    assert told == "The workbook shows “share”, “own” in percent: what it shows as 25% is 0.25 here."


@pytest.mark.parametrize("cut", [100, 600, 1500, 2200, 3000, 4000])
def test_damaged_formats_do_not_break_the_reading(read: Read, cut: int) -> None:
    """Bytes that point anywhere: the values are read, or the book is said to be damaged."""
    content = bytearray(xls(ROWS))
    content[cut : cut + 16] = b"\xff" * 16
    try:
        outcome = read(bytes(content), "x.xls")
    except BadInput:
        return
    assert outcome.rows


def test_a_workbook_of_today_tells_of_percents_by_table(read: Read) -> None:
    """Only of numbers, and only where the table that is read shows them so."""
    file = io.BytesIO()
    with Workbook(file) as book:
        sheet, share = book.add_worksheet("Data"), book.add_format({"num_format": "0.0 %;[Red]-0.0 %"})
        for row, values in enumerate((("a", "b", "", "c", "d"), (1, 0.1, "", 5, "x"), (2, 0.2, "", 6, "y"))):
            for column, value in enumerate(values):
                sheet.write(row, column, value, share if column in (1, 4) and row else None)
    left = read(file.getvalue(), "x.xlsx", table="Data A1:B3")
    assert "The workbook shows “b” in percent" in left.notes
    right = read(file.getvalue(), "x.xlsx", table="Data D1:E3")
    assert "in percent" not in right.notes
