"""Delimiters, quotes, headers, encodings and names of delimited text."""

from __future__ import annotations

import pytest

from tests.backends.readers.conftest import Read

PEOPLE = [["José", 1], ["Zoë, Ms", 2]]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "||", "^", "~", ", "])
def test_delimiters(read: Read, delimiter: str) -> None:
    lines = [["name", "n", "day"], ['"Smith, J"', "1", "2024-01-05"], ["x", "2", "2024-01-06"]]
    outcome = read("".join(delimiter.join(line) + "\n" for line in lines))
    assert outcome.report.delimiter == delimiter
    assert [row[:2] for row in outcome.rows] == [["Smith, J", 1], ["x", 2]]


def test_spaces_between_numbers(read: Read) -> None:
    assert read("x y z\n1 2 3\n4 5 6\n").rows == [[1, 2, 3], [4, 5, 6]]


def test_a_list_of_names_is_one_column(read: Read) -> None:
    outcome = read("city\nNew York\nLos Angeles\n\nRome\n\n")
    assert outcome.rows == [["New York"], ["Los Angeles"], ["Rome"]]
    assert read("time\n12:30\n13:45\n").rows == [["12:30"], ["13:45"]]
    assert read("price\n9,99\n8,50\n").rows == [[9.99], [8.5]]


def test_the_spreadsheet_line_that_names_the_delimiter(read: Read) -> None:
    assert read("sep=;\na;b,c\n1;2,5\n").table.to_pylist() == [{"a": 1, "b,c": 2.5}]


def test_quotes(read: Read) -> None:
    assert read('a,b\n1,"say ""hi"", ok"\n2,"two\nlines"\n').rows == [[1, 'say "hi", ok'], [2, "two\nlines"]]
    assert read("a,b\n1,'x, y'\n2,'z'\n").rows == [[1, "x, y"], [2, "z"]]
    assert read('a,b\n1,"say \\"hi\\", ok"\n2,"y"\n').rows == [[1, 'say "hi", ok'], [2, "y"]]
    assert read('a,b\n1,6" nail\n2,say "hi"\n').rows == [[1, '6" nail'], [2, 'say "hi"']]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(read: Read, end: str) -> None:
    outcome = read(end.join(["a,b", "1,2", '3,"x' + end + 'y"', "5,6"]))
    assert outcome.rows == [[1, "2"], [3, "x\ny"], [5, "6"]]


@pytest.mark.parametrize(
    ("codec", "label"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16"),
        ("utf-16-be", "utf-16"),
        ("utf-32", "utf-32"),
        ("cp1252", "cp1252"),
        ("mac_roman", "mac_roman"),
    ],
)
def test_encodings(read: Read, codec: str, label: str) -> None:
    outcome = read('name,n\nJosé,1\n"Zoë, Ms",2\n'.encode(codec))
    assert (outcome.rows, outcome.report.encoding) == (PEOPLE, label)
    assert outcome.table.column_names == ["name", "n"]


@pytest.mark.parametrize(
    ("codec", "words"),
    [
        ("cp1251", ["Иван", "Санкт-Петербург"]),
        ("koi8_r", ["Ольга", "Казань"]),
        ("shift_jis", ["太郎", "東京"]),
        ("gb18030", ["张伟", "北京市"]),
        ("cp1250", ["Žofie", "Třebíč"]),
        ("cp1254", ["Ayşe", "Diyarbakır"]),
    ],
)
def test_encodings_of_other_scripts(read: Read, codec: str, words: list[str]) -> None:
    outcome = read(("first,second\n" + f"{','.join(words)}\n" * 10).encode(codec))
    assert (outcome.rows[0], outcome.report.encoding) == (words, codec)


def test_a_few_bytes_that_do_not_fit(read: Read) -> None:
    outcome = read(b"name,n\n" + "José,1\n".encode() * 20 + b"Jos\xe9,2\n")
    assert outcome.report.encoding == "utf-8"
    assert (outcome.rows[0][0], outcome.rows[-1][0]) == ("José", "Jos\ufffd")
    assert "could not be decoded and show as “\ufffd”: 1." in outcome.notes


def test_windows_characters_that_went_through_latin_1(read: Read) -> None:
    assert read("name,n\nd\u0092Angludet,1\n").rows == [["d’Angludet", 1]]


def test_names(read: Read) -> None:
    outcome = read(" price ,,price,price_2,Price,price\n1,2,3,4,5,6\n")
    assert outcome.table.column_names == ["price", "column_2", "price_3", "price_2", "Price", "price_4"]
    assert "There is more than one column “price”; the one at place 3 is called “price_3”." in outcome.notes
    assert "Column 2 has no name and is called “column_2”." in outcome.notes


def test_hostile_names(read: Read) -> None:
    outcome = read('"a""b",{x},__class__,a;DROP TABLE t--,"line\nbreak",it\'s,\u202eevil\n1,2,3,4,5,6,7\n')
    expected = ['a"b', "{x}", "__class__", "a;DROP TABLE t--", "line break", "it's", "evil"]
    assert outcome.table.column_names == expected


def test_a_very_long_name_is_cut(read: Read) -> None:
    assert len(read("a" * 5000 + ",b\n1,2\n").table.column_names[0]) == 200


def test_no_header(read: Read) -> None:
    outcome = read("1,2024-01-05,x\n2,2024-01-06,y\n")
    assert (outcome.report.header, outcome.table.column_names) == (False, ["column_1", "column_2", "column_3"])
    assert len(outcome.rows) == 2


def test_years_are_names(read: Read) -> None:
    assert read("country,2019,2020\nFR,1,2\nDE,3,4\n").table.column_names == ["country", "2019", "2020"]


def test_lines_before_the_header(read: Read) -> None:
    outcome = read("Sales report,,\n,,\nregion,units,price\nwest,1,2\neast,3,4\n")
    assert outcome.rows == [["west", 1, 2], ["east", 3, 4]]
    assert "The 2 lines before the header were left out, beginning with “Sales report,,”." in outcome.notes
    assert read("# made by x\na,b,c\n1,2,3\n4,5,6\n").table.column_names == ["a", "b", "c"]


def test_a_header_over_several_lines(read: Read) -> None:
    outcome = read("region,sales,,costs\n,units,price,total\nwest,1,2,3\neast,3,4,5\nnorth,5,6,7\n")
    assert outcome.table.column_names == ["region", "sales units", "sales price", "costs total"]
    assert len(outcome.rows) == 3


def test_a_header_one_cell_short(read: Read) -> None:
    outcome = read("units,price\nw,1,2\ne,3,4\n")
    assert outcome.table.column_names == ["column_1", "units", "price"]


def test_rows_that_are_no_rows(read: Read) -> None:
    outcome = read("a,b\n1,2\n,\na,b\n3,4\n,\n")
    assert (outcome.rows, outcome.types) == ([[1, 2], [3, 4]], ["int64", "int64"])
    assert "Empty rows left out: 2. Rows left out that repeat the header: 1." in outcome.notes


def test_zero_characters_are_taken_out(read: Read) -> None:
    assert read("a,b\n1,\x002\n").rows == [[1, 2]]


def test_a_wide_table(read: Read) -> None:
    outcome = read("".join(",".join(f"{row}{n}" if row else f"c{n}" for n in range(1000)) + "\n" for row in range(5)))
    assert (outcome.table.num_columns, outcome.rows[3][999]) == (1000, 4999)
