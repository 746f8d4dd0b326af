"""Broken rows are mended or counted and kept, never dropped in silence."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest

from services.errors import BadInput
from tests.backends.readers.conftest import Read

HEAD = "day,units,name,price\n"
GOOD = "2024-01-05,1,Lamp,2.5\n2024-01-06,2,Chair,3.5\n2024-01-07,3,Desk,4.5\n"


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ("2024-01-08,4,Sofa", ["4", "Sofa", None]),
        ("2024-01-08,Sofa,9.5", [None, "Sofa", "9.5"]),
        (",2024-01-08,4,Sofa,9.5", ["4", "Sofa", "9.5"]),
        ("2024-01-08,4,Sofa,9.5,,", ["4", "Sofa", "9.5"]),
        ("2024-01-08,4,Sofa, red,9.5", ["4", "Sofa, red", "9.5"]),
        ("2024-01-08;4;Sofa;9.5", ["4", "Sofa", "9.5"]),
        ('2024-01-08,4,"Sofa,9.5', ["4", '"Sofa', "9.5"]),
        ('2024-01-08,4,"5" Sofa, "red" one",9.5', ["4", '5" Sofa, "red" one', "9.5"]),
        ('2024-01-08,4,"5" "Sofa", red",9.5', ["4", '"5" "Sofa", red"', "9.5"]),
        ('2024-01-08,4,"two\nlines, ""ok""",9.5', ["4", 'two\nlines, "ok"', "9.5"]),
    ],
)
def test_a_row_is_put_right(read: Read, line: str, cells: list[str | None]) -> None:
    broken = 'x,"y"z,1,2\n'
    outcome = read(f"{HEAD}{GOOD * 10}{line}\n{GOOD}{broken}")
    assert outcome.report.rows + outcome.report.rejected_rows == 35
    assert [None if cell is None else str(cell) for cell in outcome.rows[30][1:]] == cells
    assert outcome.rows[31][2] == "Lamp"


def test_a_row_that_cannot_be_read_is_evidence(read: Read) -> None:
    outcome = read(f"{HEAD}{GOOD}a,b,c,d,e,f\n{GOOD}{'z' * 900},1,2,3,4,5\n")
    assert (outcome.report.rows, outcome.report.rejected_rows) == (6, 2)
    first, second = outcome.report.rejected
    assert (first.line, first.text) == (5, "a,b,c,d,e,f")
    assert first.reason == "It has 6 cells where 4 are expected."
    assert (second.line, len(second.text)) == (9, 500)
    assert "2 rows could not be read and were left out." in outcome.notes
    assert outcome.types == ["date32[day]", "int64", "string", "double"]


def test_one_row_is_told_of_as_one(read: Read) -> None:
    outcome = read(f"{HEAD}{GOOD * 10}a,b,c,d,e,f\n{GOOD}")
    assert "1 row could not be read and was left out." in outcome.notes


def test_only_the_first_hundred_are_kept(read: Read) -> None:
    outcome = read(HEAD + GOOD * 100 + "a,b,c,d,e,f\n" * 250)
    assert (outcome.report.rejected_rows, len(outcome.report.rejected)) == (250, 100)


def test_line_numbers_count_lines_before_the_header(read: Read) -> None:
    outcome = read(f"My report,,,\n{HEAD}{GOOD}a,b,c,d,e,f\n")
    assert outcome.report.rejected[0].line == 6


def test_short_rows_are_counted(read: Read) -> None:
    outcome = read(HEAD + GOOD + "2024-01-08,4\n")
    assert outcome.rows[3][2:] == [None, None]
    assert "1 row had fewer cells than there are columns; empty cells were added." in outcome.notes


def test_a_line_that_is_too_long_is_rejected(read: Read) -> None:
    outcome = read(f'{HEAD}{GOOD}x,"y"z,{"w" * 1_100_000},2\n{GOOD}')
    assert (outcome.report.rows, outcome.report.rejected_rows) == (6, 1)
    assert outcome.report.rejected[0].reason == "The line is longer than 1,000,000 characters."


@pytest.mark.parametrize(
    "text",
    [
        "a,b\n" + '"x,1\n' * 30_000,
        'a,b\n1,2\n"' + "x,1\n" * 60_000,
        "a,b\n" + ",'a" * 15_000,
        '"' * 300_000,
        "".join(",".join("1" * (n % 7 + 1)) + "\n" for n in range(20_000)),
        "a,b\n" + "(" * 50_000 + ",1\n" + "1" * 50_000 + ",2\n",
    ],
)
def test_hostile_text_takes_no_more_than_linear_time(read: Read, text: str) -> None:
    start = time.process_time()
    with suppress(BadInput):
        read(text)
    assert time.process_time() - start < 20
