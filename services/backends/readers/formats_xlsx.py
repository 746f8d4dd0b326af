"""Formats of the cells of .xlsx files, found by patterns: nothing is parsed that does not matter."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from typing import Final

CHUNK: Final = 1024 * 1024
MOST_BYTES: Final = 8 * 1024 * 1024
"""Of a file with styles or names of sheets."""
LONGEST: Final = 4096
"""Bytes of the beginning of a cell."""

FORMAT: Final = re.compile(rb"<(?:\w+:)?numFmt\b[^>]*>")
STYLES: Final = re.compile(rb"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.DOTALL)
STYLE: Final = re.compile(rb"<(?:\w+:)?xf\b[^>]*>")
SHEET: Final = re.compile(rb"<(?:\w+:)?sheet\b[^>]*>")
RELATION: Final = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>")
PLACE: Final = re.compile(r"([A-Z]{1,3})(\d{1,7})")
ENTITIES: Final = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&"))

Found = Iterator[tuple[tuple[int, int], str]]
Marked = Callable[[int, str], str]


def cells(archive: zipfile.ZipFile, sheet: str, marked: Marked) -> Found:
    """Row and column, from 0, of each cell whose format is marked, and the mark. Raises: what a damaged file does."""
    styles = _styles(read(archive, "xl/styles.xml"), marked)
    name = _file_of(archive, sheet) if styles else ""
    return _cells(archive, name, styles) if name else iter(())


def read(archive: zipfile.ZipFile, name: str) -> bytes:
    """The first 8 MB of a file in the archive."""
    with archive.open(name) as file:
        return file.read(MOST_BYTES)


def target_of(archive: zipfile.ZipFile, relations: str, id: str) -> str:
    """The file in the archive that a relation of the workbook points at; "" where there is none."""
    for relation in RELATION.findall(read(archive, relations)):
        if _attribute(relation, "Id") == id:
            target = _attribute(relation, "Target").lstrip("/")
            return target if target.startswith("xl/") else f"xl/{target}"
    return ""


def _styles(content: bytes, marked: Marked) -> Mapping[str, str]:
    """The numbers of the styles that are marked, and their marks."""
    codes = {_attribute(each, "numFmtId"): _attribute(each, "formatCode") for each in FORMAT.findall(content)}
    found = STYLES.search(content)
    styles = STYLE.findall(found.group()) if found else []
    marks: dict[str, str] = {}
    for place, each in enumerate(styles):
        number = _attribute(each, "numFmtId")
        if mark := marked(int(number) if number.isdecimal() else 0, _unescaped(codes.get(number, ""))):
            marks[str(place)] = mark
    return marks


def _file_of(archive: zipfile.ZipFile, sheet: str) -> str:
    for each in SHEET.findall(read(archive, "xl/workbook.xml")):
        if _unescaped(_attribute(each, "name")) == sheet:
            wanted = _attribute(each, "r:id") or _attribute(each, "id")
            return target_of(archive, "xl/_rels/workbook.xml.rels", wanted)
    return ""


def _cells(archive: zipfile.ZipFile, name: str, styles: Mapping[str, str]) -> Found:
    numbers = "|".join(styles).encode()
    styled = re.compile(rb"<(?:\w+:)?c\s(?:[^>]*\s)?s=[\"'](?:" + numbers + rb")[\"'][^>]*>")
    rest = b""
    with archive.open(name) as file:
        while chunk := file.read(CHUNK):
            text = rest + chunk
            end = text.rfind(b"<")
            rest = text[end:][-LONGEST:] if end >= 0 else b""
            for each in styled.findall(text, 0, max(0, end)):
                if place := PLACE.fullmatch(_attribute(each, "r")):
                    yield (int(place[2]) - 1, _column(place[1])), styles[_attribute(each, "s")]


def _attribute(element: bytes, name: str) -> str:
    found = re.search(rb"\s" + name.encode() + rb"=(?:\"([^\"]*)\"|'([^']*)')", element)
    return (found[1] or found[2] or b"").decode("utf-8", "replace") if found else ""


def _unescaped(text: str) -> str:
    for entity, char in ENTITIES:
        text = text.replace(entity, char)
    return text


def _column(letters: str) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - 64
    return place - 1
