"""Files that are no table: a clear sentence, and nothing half-written."""

from __future__ import annotations

import io
import random
import zipfile
from pathlib import Path

import pytest

from services.backends.readers.readers import Readers, shown_name
from services.errors import BadInput
from tests.backends.readers.conftest import Read


def zipped(entry: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(entry, "x")
    return file.getvalue()


PROSE = (
    "Call me Ishmael. Some years ago, never mind how long precisely, having little money in my purse.\n"
    "And nothing particular to interest me on shore, I thought I would sail about a little.\n"
    "It is a way I have of driving off the spleen and regulating the circulation of the blood.\n"
    "Whenever I find myself growing grim about the mouth, whenever it is a damp, drizzly November.\n"
)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"  \n\n \t", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"\xff\xfe", "is empty"),
        (bytes(1000), "is empty"),
        (b"a,b,c\n", r"has column names but no rows \(a, b, c\)"),
        (b"a,b,c\n\n\n", "has column names but no rows"),
        (b"a,b\n,\n,\n", "most of its lines do not fit|no rows"),
        (zipped("xl/workbook.xml"), "could not be read as a workbook"),
        (zipped("word/document.xml"), "a Word document"),
        (zipped("content.xml"), "could not be read as a workbook"),
        (b"PK\x03\x04broken", "a damaged zip archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "could not be read as a workbook"),
        (b"%PDF-1.7 ...", "a PDF document"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "a picture"),
        (b"PAR1....", "could not be read as a Parquet file"),
        (b"SQLite format 3\x00...", "could not be read as a SQLite database"),
        (b"\x1f\x8b\x08....", "cannot be unpacked"),
        (random.Random(1).randbytes(50_000), "a binary file"),
        (b'[{"a": 1}, {"a": 2}', "is not valid JSON: .* in line 1"),
        (b'{"a": ' + b"[" * 100_000, "nested too deeply"),
        (bytes(257) + b"ustar" + bytes(99), "a tar archive"),
        (b"<!DOCTYPE html><html><body>x,y</body></html>", "a web page"),
        (b"<table><tr><td>1</td></tr></table>", "a web page"),
        (b'<?xml version="1.0"?>\n<a><b>1</b></a>', "a web page or XML"),
        (PROSE.encode(), "ordinary text"),
        (b"x" * 2_000_000, "no line breaks: its first line is longer than 1,000,000 characters"),
        (b"a,b\n" + b"1,2,3,4,x,y\n" * 5 + b"1\n", ""),
    ],
)
def test_no_table(read: Read, content: bytes, message: str) -> None:
    if not message:
        assert read(content).report.rows > 0
        return
    with pytest.raises(BadInput, match=message) as caught:
        read(content)
    assert caught.value.hint
    assert "“table.csv”" in caught.value.message


@pytest.mark.parametrize("columns", [3_000, 100_000])
def test_too_many_columns(read: Read, columns: int) -> None:
    text = ",".join(f"c{n}" for n in range(columns)) + "\n" + ",".join("1" * columns) + "\n"
    with pytest.raises(BadInput, match=f"has {columns:,} columns; at most 2,000"):
        read(text)


def test_the_limit_itself(read: Read) -> None:
    assert read("a,b,c\n1,2,3\n", max_columns=3).report.rows == 1
    with pytest.raises(BadInput, match="has 3 columns; at most 2"):
        read("a,b,c\n1,2,3\n", max_columns=2)


@pytest.mark.parametrize(
    "name", ["TABLE.CSV", "x.tsv", "../../x.txt", "C:\\x\\y.csv", "a\u202ecsv.csv", "x.xlsx", "x", ""]
)
def test_the_content_decides_and_not_the_name(read: Read, name: str) -> None:
    assert read("a,b\n1,2\n", name).rows == [[1, 2]]


def test_names_in_messages_are_clean() -> None:
    assert shown_name("../../etc/pass\nwd\u202e.csv") == "passwd.csv"
    assert len(shown_name("x" * 500 + ".csv")) == 120


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is not there or is not a file"):
        Readers(10, is_isolating=False).read(tmp_path / "gone.csv", tmp_path / "out.parquet", "gone.csv")
    with pytest.raises(BadInput, match="is not there or is not a file"):
        Readers(10, is_isolating=False).read(tmp_path, tmp_path / "out.parquet", "folder.csv")
    assert list(tmp_path.iterdir()) == []


class LockedPath(type(Path())):  # type: ignore[misc]
    """A file that this account may not open (permissions mean nothing to root)."""

    def open(self, *args: object, **kwargs: object) -> io.BytesIO:
        raise PermissionError(13, "Permission denied")


def test_a_file_that_may_not_be_opened(tmp_path: Path) -> None:
    path = LockedPath(tmp_path / "locked.csv")
    path.touch()
    with pytest.raises(BadInput, match="may not be opened"):
        Readers(10, is_isolating=False).read(path, tmp_path / "out.parquet", "locked.csv")


class FullPath(type(Path())):  # type: ignore[misc]
    """A source on a disk that answers as a full one does."""

    def open(self, *args: object, **kwargs: object) -> io.BytesIO:
        raise OSError(28, "No space left on device")


def test_a_full_disk(tmp_path: Path) -> None:
    path = FullPath(tmp_path / "big.csv")
    path.touch()
    with pytest.raises(BadInput, match="The disk is full"):
        Readers(10, is_isolating=False).read(path, tmp_path / "out.parquet", "big.csv")
    assert [found.name for found in tmp_path.iterdir()] == ["big.csv"]


def test_an_older_result_survives_a_failure(tmp_path: Path) -> None:
    source, target = tmp_path / "a.csv", tmp_path / "out.parquet"
    source.write_text("a,b\n1,2\n")
    Readers(10, is_isolating=False).read(source, target, "a.csv")
    before = target.read_bytes()
    source.write_text("")
    with pytest.raises(BadInput):
        Readers(10, is_isolating=False).read(source, target, "a.csv")
    assert target.read_bytes() == before
