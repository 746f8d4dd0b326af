"""Numbers that a workbook shows with leading zeros, by a format such as "00000": they are codes, not numbers.

python-calamine gives values without their formats, so those of .xlsx and .ods files are looked up here, where there are
any. (.xls and .xlsb keep them in binary records, which nothing here reads.)
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import ParseError

from services.backends.readers import padding_ods

CHUNK: Final = 1024 * 1024
MOST_BYTES: Final = 8 * 1024 * 1024
"""Of a file with styles or names of sheets."""
MOST_PADDED: Final = 5_000_000

FORMAT: Final = re.compile(rb"<(?:\w+:)?numFmt\b[^>]*>")
STYLES: Final = re.compile(rb"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.DOTALL)
STYLE: Final = re.compile(rb"<(?:\w+:)?xf\b[^>]*>")
SHEET: Final = re.compile(rb"<(?:\w+:)?sheet\b[^>]*>")
RELATION: Final = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>")
CELL: Final = re.compile(rb"<(?:\w+:)?c\b[^>]*>")
PADDED: Final = re.compile(r"0{2,}(?:[-/ .]?0+)*")
PLACE: Final = re.compile(r"([A-Z]{1,3})(\d{1,7})")

DAMAGED: Final = (KeyError, OSError, ValueError, ParseError, zipfile.BadZipFile, zlib.error, RuntimeError)

Places = dict[tuple[int, int], str]
"""Row and column, from 0, and the format of the cell there."""


def find(path: Path, sheet: str) -> Places:
    """The cells of a sheet that are shown with leading zeros; none where that cannot be told."""
    if not zipfile.is_zipfile(path):
        return {}
    try:
        with zipfile.ZipFile(path) as archive:
            if padding_ods.CONTENT in archive.namelist():
                return dict(islice(padding_ods.cells(archive, sheet), MOST_PADDED))
            styles = _styles(_read(archive, "xl/styles.xml"))
            name = _file_of(archive, sheet) if styles else ""
            return dict(_cells(archive, name, styles)) if name else {}
    except (
        KeyError,
        OSError,
        ValueError,
        ParseError,
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        RuntimeError,
    ):
        return {}


def shown(value: int, code: str) -> str:
    """The number as the format shows it: 7 as "00007", 123456789 as "123-45-6789"."""
    digits = str(abs(value)).rjust(code.count("0"), "0")
    extra = len(digits) - code.count("0")
    rest = iter(digits[extra:])
    return ("-" if value < 0 else "") + digits[:extra] + "".join(next(rest) if mark == "0" else mark for mark in code)


def _styles(content: bytes) -> dict[str, str]:
    """The numbers of the styles with leading zeros, and their formats."""
    codes = {
        _attribute(each, "numFmtId"): _attribute(each, "formatCode").replace("\\", "").replace("&quot;", "")
        for each in FORMAT.findall(content)
    }
    codes = {number: code for number, code in codes.items() if PADDED.fullmatch(code)}
    found = STYLES.search(content) if codes else None
    styles = STYLE.findall(found.group()) if found else []
    ids = enumerate(_attribute(each, "numFmtId") for each in styles)
    return {str(place): codes[number] for place, number in ids if number in codes}


def _file_of(archive: zipfile.ZipFile, sheet: str) -> str:
    """The file in the archive that holds the sheet of this name."""
    for each in SHEET.findall(_read(archive, "xl/workbook.xml")):
        if _unescaped(_attribute(each, "name")) == sheet:
            wanted = _attribute(each, "r:id") or _attribute(each, "id")
            for relation in RELATION.findall(_read(archive, "xl/_rels/workbook.xml.rels")):
                if _attribute(relation, "Id") == wanted:
                    target = _attribute(relation, "Target").lstrip("/")
                    return target if target.startswith("xl/") else f"xl/{target}"
    return ""


def _cells(archive: zipfile.ZipFile, name: str, styles: dict[str, str]) -> Iterator[tuple[tuple[int, int], str]]:
    count, rest = 0, b""
    with archive.open(name) as file:
        while chunk := file.read(CHUNK):
            text = rest + chunk
            end = text.rfind(b"<")
            rest = text[end:][-4096:] if end >= 0 else b""
            for each in CELL.findall(text[:end]):
                if code := styles.get(_attribute(each, "s")):
                    count += 1
                    place = PLACE.fullmatch(_attribute(each, "r"))
                    if place and count <= MOST_PADDED:
                        yield (int(place[2]) - 1, _column(place[1])), code


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as file:
        return file.read(MOST_BYTES)


def _attribute(element: bytes, name: str) -> str:
    found = re.search(rb"\s" + name.encode() + rb"=(?:\"([^\"]*)\"|'([^']*)')", element)
    return (found[1] or found[2] or b"").decode("utf-8", "replace") if found else ""


def _unescaped(text: str) -> str:
    for entity, char in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(entity, char)
    return text


def _column(letters: str) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - 64
    return place - 1
