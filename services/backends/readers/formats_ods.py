"""Formats of the cells of .ods files: such a file keeps the text that is shown, and says what is a percentage."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element, iterparse

CHUNK: Final = 1024 * 1024
CONTENT: Final = "content.xml"
TABLE_NS: Final = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE_NS: Final = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TEXT: Final = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}p"
CELLS: Final = (f"{TABLE_NS}table-cell", f"{TABLE_NS}covered-table-cell")
SHOWN: Final = re.compile(rb">0\d|\"percentage\"")
CODE: Final = re.compile(r"0\d*(?:[-/ .]?\d+)*")
MOST_REPEATED: Final = 1_000

Found = Iterator[tuple[tuple[int, int], str]]


def cells(archive: zipfile.ZipFile, sheet: str) -> Found:
    """Row and column, from 0, of each number that is shown with leading zeros or in percent, and "00000" or "%"."""
    if not _may_hold(archive):
        return
    row, is_inside = 0, False
    with archive.open(CONTENT) as file:
        for event, element in iterparse(file, events=("start", "end")):
            if event == "start":
                if element.tag == f"{TABLE_NS}table":
                    is_inside, row = element.get(f"{TABLE_NS}name") == sheet, 0
            elif element.tag == f"{TABLE_NS}table-row":
                repeated = _count(element, "number-rows-repeated")
                for place in range(min(repeated, MOST_REPEATED) if is_inside else 0):
                    yield from (((row + place, column), code) for column, code in _row(element))
                row += repeated
                element.clear()
            elif element.tag == f"{TABLE_NS}table" and is_inside:
                return


def _may_hold(archive: zipfile.ZipFile) -> bool:
    """Whether a text begins with a zero and a digit, or a percentage is there: else nothing needs to be parsed."""
    rest = b""
    with archive.open(CONTENT) as file:
        while chunk := file.read(CHUNK):
            if SHOWN.search(rest + chunk):
                return True
            rest = chunk[-12:]
    return False


def _row(row: Element) -> Iterator[tuple[int, str]]:
    column = 0
    for cell in row:
        if cell.tag in CELLS:
            repeated = _count(cell, "number-columns-repeated")
            if code := _code(cell):
                for place in range(min(repeated, MOST_REPEATED)):
                    yield column + place, code
            column += repeated


def _code(cell: Element) -> str:
    """The format of a number that is shown with leading zeros, or in percent, else ""."""
    if cell.get(f"{OFFICE_NS}value-type") == "percentage":
        return "%"
    text = "".join(part for each in cell.findall(TEXT) for part in each.itertext()).strip()
    value = cell.get(f"{OFFICE_NS}value", "")
    if cell.get(f"{OFFICE_NS}value-type") != "float" or not CODE.fullmatch(text) or len(text) < 2:
        return ""
    digits = re.sub(r"\D", "", text)
    is_same = value.partition(".")[0].isdecimal() and float(value) == int(digits) and digits.startswith("0")
    return re.sub(r"\d", "0", text) if is_same and "." not in text else ""


def _count(element: Element, name: str) -> int:
    told = element.get(f"{TABLE_NS}{name}", "1")
    return int(told) if told.isdecimal() else 1
