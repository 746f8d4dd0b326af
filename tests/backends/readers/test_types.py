"""What each column becomes: never a wrong number, never a wrong date."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest

from tests.backends.readers.conftest import Read

D, D2 = date, datetime
INF = float("inf")


@pytest.mark.parametrize(
    ("cells", "values", "kind"),
    [
        (["1", "-2", "+3"], [1, -2, 3], "int64"),
        (["1", "", "3"], [1, None, 3], "int64"),
        (["1", "N/A", "-"], [1, None, None], "int64"),
        ([" 1 ", "2", "   "], [1, 2, None], "int64"),
        (["1.5", "2", "1e3"], [1.5, 2.0, 1000.0], "double"),
        ([".5", "5.", "nan"], [0.5, 5.0, None], "double"),
        (["00123", "4567", "1"], ["00123", "4567", "1"], "string"),
        (["0", "10", "0.5"], [0.0, 10.0, 0.5], "double"),
        (["999999999999999", "1"], [999999999999999, 1], "int64"),
        (["12345678901234567", "1"], ["12345678901234567", "1"], "string"),
        (["12345678901234567.5", "1"], [12345678901234567.5, 1.0], "double"),
        (["1_000", "2"], ["1_000", "2"], "string"),
        (["0x1F", "2"], ["0x1F", "2"], "string"),
        (["inf", "2", "nan"], [INF, 2.0, None], "double"),
        (["-Infinity", "+inf", "1e3"], [-INF, INF, 1000.0], "double"),
        (["∞", "0.5"], [INF, 0.5], "double"),
        (["inf", "inf"], ["inf", "inf"], "string"),
        (["$5", "$6"], [5.0, 6.0], "double"),
        (["$5", "-$6.50", "($7)", "N/A"], [5.0, -6.5, -7.0, None], "double"),
        (['"$1,234.50"', "$6"], [1234.5, 6.0], "double"),
        (["$5", "€6"], ["$5", "€6"], "string"),
        (['"1.234,50 €"', "6 €"], [1234.5, 6.0], "double"),
        (["€1.234", "€2.000"], ["€1.234", "€2.000"], "string"),
        (["25%", "7.5 %", ""], [25.0, 7.5, None], "double"),
        (['"25,5%"', "7%"], [25.5, 7.0], "double"),
        (["5 kg", "6.5 kg"], [5.0, 6.5], "double"),
        (["5kg", "6 lb"], ["5kg", "6 lb"], "string"),
        (["12A", "13A"], ["12A", "13A"], "string"),
        (["1\u00a0234", "5"], [1234.0, 5.0], "double"),
        (['"1 234,50"', '"7,25"'], [1234.5, 7.25], "double"),
        (["555 123", "555 124"], ["555 123", "555 124"], "string"),
        (['"(1,234.50)"', "5.20"], [-1234.5, 5.2], "double"),
        (["(5)", "(6)"], ["(5)", "(6)"], "string"),
        (["2h 30m", "45m"], [9000.0, 2700.0], "double"),
        (["PT1H30M", "PT5S"], [5400.0, 5.0], "double"),
        (["26:00:00", "1:30:05"], [93600.0, 5405.0], "double"),
        (["10:00:00", "1:30:05"], ["10:00:00", "1:30:05"], "string"),
        (["2024-02-01T10:00:00+02:00"], [D2(2024, 2, 1, 8)], "timestamp[us]"),
        (["2024-02-01 10:00-0530"], [D2(2024, 2, 1, 15, 30)], "timestamp[us]"),
        (['"9,99"', '"8,50"'], [9.99, 8.5], "double"),
        (['"9,999"', '"8,50"'], [9.999, 8.5], "double"),
        (['"1,234"', '"12"'], [1234, 12], "int64"),
        (['"1,234,567"', "5"], [1234567, 5], "int64"),
        (['"1,234.5"', "5"], [1234.5, 5.0], "double"),
        (['"1,23,456"', "5"], ["1,23,456", "5"], "string"),
        (["1.234.567", '"1,5"'], [1234567.0, 1.5], "double"),
        (["true", "FALSE", ""], [True, False, None], "bool"),
        (["yes", "No"], [True, False], "bool"),
        (["no", "no"], ["no", "no"], "string"),
        (["ja", "nein"], [True, False], "bool"),
        (["yes", "perhaps"], ["yes", "perhaps"], "string"),
        (["2024-02-29", "2024-1-5"], [D(2024, 2, 29), D(2024, 1, 5)], "date32[day]"),
        (["2024-02-30", "2024-01-05"], ["2024-02-30", "2024-01-05"], "string"),
        (["2024/02/01", "2024/1/5"], [D(2024, 2, 1), D(2024, 1, 5)], "date32[day]"),
        (["2024-02-01", "N/A"], [D(2024, 2, 1), None], "date32[day]"),
        (["2024-02-01 10:30", "2024-02-01"], [datetime(2024, 2, 1, 10, 30), datetime(2024, 2, 1)], "timestamp[us]"),
        (["2024-02-01T10:30:05.25Z"], [datetime(2024, 2, 1, 10, 30, 5, 250000)], "timestamp[us]"),
        (["13/02/2024", "01/02/2024"], [D(2024, 2, 13), D(2024, 2, 1)], "date32[day]"),
        (["02/13/2024", "01/02/2024"], [D(2024, 2, 13), D(2024, 1, 2)], "date32[day]"),
        (["01/02/2024", "03/04/2024"], ["01/02/2024", "03/04/2024"], "string"),
        (["13/02/2024", "02/13/2024"], ["13/02/2024", "02/13/2024"], "string"),
        (["13.02.2024", "1.2.2024"], [D(2024, 2, 13), D(2024, 2, 1)], "date32[day]"),
        (["2/13/24", "1/2/24"], [D(2024, 2, 13), D(2024, 1, 2)], "date32[day]"),
        (["13/02/24", "01/02/24"], ["13/02/24", "01/02/24"], "string"),
        (["2/13/2024 5:07 PM", "1/2/2024 5:07am"], [D2(2024, 2, 13, 17, 7), D2(2024, 1, 2, 5, 7)], "timestamp[us]"),
        (["5-Jan-2024", "12 March 2024"], [D(2024, 1, 5), D(2024, 3, 12)], "date32[day]"),
        (['"Jan 5, 2024"', '"March 12, 2024"'], [D(2024, 1, 5), D(2024, 3, 12)], "date32[day]"),
        (["5-Foo-2024", "12 March 2024"], ["5-Foo-2024", "12 March 2024"], "string"),
        (["10:30:00", "09:05:07.5"], [time(10, 30), time(9, 5, 7, 500000)], "time64[us]"),
        (["10:30 AM", "9:05 pm", "12:00 a.m.", ""], [time(10, 30), time(21, 5), time(0), None], "time64[us]"),
        (["10:61:00", "09:05:07"], ["10:61:00", "09:05:07"], "string"),
        (["12:30", "13:45"], ["12:30", "13:45"], "string"),
        (["a", "NaN", "null"], ["a", None, None], "string"),
        (["a", "None", " "], ["a", "None", None], "string"),
        (["NA", "EU", "AS"], ["NA", "EU", "AS"], "string"),
        (["NA", "good", "bad"], [None, "good", "bad"], "string"),
        (["NA", "N/A", ""], [None, None, None], "string"),
        ([" x", "y  "], [" x", "y  "], "string"),
        (["=1+1", "@x"], ["=1+1", "@x"], "string"),
    ],
)  # fmt: skip
def test_a_column_of(read: Read, cells: list[str], values: list[object], kind: str) -> None:
    outcome = read("key,value\n" + "".join(f"k{n},{cell}\n" for n, cell in enumerate(cells)))
    assert ([row[1] for row in outcome.rows], outcome.types[1]) == (values, kind)


def test_a_late_cell_changes_the_column(read: Read) -> None:
    """Types come from every cell, not from a sample."""
    outcome = read("a,b,c\n" + "1,2024-01-01,1\n" * 30_000 + "x,2024-01-02 05:00,00007\n")
    assert outcome.types == ["string", "timestamp[us]", "string"]
    assert outcome.rows[-1] == ["x", datetime(2024, 1, 2, 5), "00007"]


def test_a_late_day_settles_the_order(read: Read) -> None:
    outcome = read("day,n\n" + "01/02/2024,1\n" * 30_000 + "31/12/2024,2\n")
    assert outcome.rows[0][0] == date(2024, 2, 1)
    assert "the day stands before the month" in outcome.notes


def test_what_was_decided_is_told(read: Read) -> None:
    outcome = read('a,b,c\n"9,99",01/02/2024,?\n"1,5",03/04/2024,7\n')
    assert "In “a”, “9,99” was read as 9.99." in outcome.notes
    assert "“b” was left as text: it does not show which number is the day." in outcome.notes
    assert "In “c”, 1 cell such as “N/A” was read as missing." in outcome.notes


def test_many_notes_are_cut(read: Read) -> None:
    outcome = read(",".join("a" * 100) + "\n" + ",".join("1" * 100) + "\n")
    assert (len(outcome.report.notes), outcome.report.notes[-1]) == (21, "And 79 more notes.")
