"""Formats of the cells of .xlsb files, from their binary records (MS-XLSB 2.3, 2.4)."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterator, Mapping
from typing import IO, Final

from services.backends.readers.formats_xlsx import Found, Marked, target_of

WORKBOOK: Final = "xl/workbook.bin"
STYLES: Final = "xl/styles.bin"
RELATIONS: Final = "xl/_rels/workbook.bin.rels"
ROW, FORMAT, STYLE, SHEET, DATA_END, CELL_STYLES, CELL_STYLES_END = 0, 44, 47, 156, 146, 617, 618
NUMBERS: Final = frozenset({2, 5, 9})
"""Cells that hold a short number, a number, and a formula that gave one."""
MOST_BYTES: Final = 64 * 1024 * 1024
"""Of one record."""


def cells(archive: zipfile.ZipFile, sheet: str, marked: Marked) -> Found:
    """Row and column, from 0, of each cell whose format is marked, and the mark. Raises: what a damaged file does."""
    with archive.open(STYLES) as file:
        styles = _styles(file, marked)
    name = _file_of(archive, sheet) if styles else ""
    if not name:
        return
    row = 0
    with archive.open(name) as file:
        for kind, body in _records(file):
            if kind == ROW:
                (row,) = struct.unpack_from("<I", body)
            elif kind in NUMBERS:
                column, style = struct.unpack_from("<II", body)
                if mark := styles.get(style & 0xFFFFFF):
                    yield (row, column), mark
            elif kind == DATA_END:
                return


def _styles(file: IO[bytes], marked: Marked) -> Mapping[int, str]:
    """The numbers of the styles that are marked, and their marks."""
    codes: dict[int, str] = {}
    found: dict[int, str] = {}
    place, is_inside = 0, False
    for kind, body in _records(file):
        if kind == FORMAT:
            codes[struct.unpack_from("<H", body)[0]] = _text(body, 2)
        elif kind in (CELL_STYLES, CELL_STYLES_END):
            is_inside = kind == CELL_STYLES
        elif kind == STYLE and is_inside:
            number = struct.unpack_from("<H", body, 2)[0]
            if mark := marked(number, codes.get(number, "")):
                found[place] = mark
            place += 1
    return found


def _file_of(archive: zipfile.ZipFile, sheet: str) -> str:
    with archive.open(WORKBOOK) as file:
        for kind, body in _records(file):
            if kind == SHEET:
                relation = _text(body, 8)
                if _text(body, 12 + 2 * len(relation)) == sheet:
                    return target_of(archive, RELATIONS, relation)
    return ""


def _records(file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """The kind and body of each record. Raises: ValueError, for a record of a size that none has."""
    while head := file.read(1):
        kind = head[0]
        if kind & 0x80:
            kind = kind & 0x7F | (file.read(1)[0] & 0x7F) << 7
        size = _size(file)
        if size > MOST_BYTES:
            raise ValueError(f"A record of {size} bytes.")
        yield kind, file.read(size)


def _size(file: IO[bytes]) -> int:
    size = 0
    for shift in (0, 7, 14, 21):
        byte = file.read(1)[0]
        size |= (byte & 0x7F) << shift
        if not byte & 0x80:
            break
    return size


def _text(body: bytes, at: int) -> str:
    """The text at this place: its length in characters, and UTF-16."""
    (length,) = struct.unpack_from("<I", body, at)
    return body[at + 4 : at + 4 + 2 * length].decode("utf-16-le", "replace")
