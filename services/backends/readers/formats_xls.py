"""Formats of the cells of .xls files, from their binary records (MS-XLS 2.3, 2.4) in a compound file (MS-CFB)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from services.backends.readers.formats_xlsx import Found, Marked

SIGNATURE: Final = bytes.fromhex("d0cf11e0a1b11ae1")
MOST_BYTES: Final = 256 * 1024 * 1024
STREAMS: Final = ("Workbook", "Book")
HEAD_SECTORS: Final = 109
"""Sectors of the allocation table that the head of the file names itself."""
LAST: Final = 0xFFFFFFFA
"""From here on numbers of sectors mean something else."""
BEGIN, END, SHEET, FORMAT, STYLE = 0x0809, 0x000A, 0x0085, 0x041E, 0x00E0
NUMBERS: Final = frozenset({0x0203, 0x027E, 0x0006})
"""Cells that hold a number, a short number, and a formula."""
MANY: Final = 0x00BD
"""Cells beside each other that hold short numbers."""
NEWEST: Final = 0x0600


def cells(path: Path, sheet: str, marked: Marked) -> Found:
    """Row and column, from 0, of each cell whose format is marked, and the mark. Raises: what a damaged file does."""
    book = _book(path)
    is_newest = struct.unpack_from("<H", book, 4)[0] >= NEWEST if book else False
    codes: dict[int, str] = {}
    numbers: list[int] = []
    start = None
    for kind, body in _records(book, 0):
        if kind == FORMAT:
            codes[struct.unpack_from("<H", body)[0]] = _text(body, 2, 2 if is_newest else 1, is_newest)
        elif kind == STYLE:
            numbers.append(struct.unpack_from("<H", body, 2)[0])
        elif kind == SHEET and _text(body, 6, 1, is_newest) == sheet:
            (start,) = struct.unpack_from("<I", body)
    marks = {place: marked(number, codes.get(number, "")) for place, number in enumerate(numbers)}
    styles = {place: mark for place, mark in marks.items() if mark}
    for place, style in _cells(book, start) if styles and start is not None else ():
        if mark := styles.get(style):
            yield place, mark


def _cells(book: bytes, start: int) -> Iterator[tuple[tuple[int, int], int]]:
    """Row, column and style of each number on the sheet that begins there."""
    for kind, body in _records(book, start):
        if kind in NUMBERS:
            row, column, style = struct.unpack_from("<HHH", body)
            yield (row, column), style
        elif kind == MANY:
            row, column = struct.unpack_from("<HH", body)
            for place, at in enumerate(range(4, len(body) - 7, 6)):
                yield (row, column + place), struct.unpack_from("<H", body, at)[0]


def _records(book: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The kind and body of each record from there to the end of its part; charts within it are passed over."""
    depth = 0
    while at + 4 <= len(book):
        kind, size = struct.unpack_from("<HH", book, at)
        depth += (kind == BEGIN) - (kind == END)
        if depth <= 0:
            return
        if depth == 1:
            yield kind, book[at + 4 : at + 4 + size]
        at += 4 + size


def _text(body: bytes, at: int, width: int, is_newest: bool) -> str:
    """The text at this place: its length in so many bytes, since Excel 97 a flag, and the characters."""
    length = int.from_bytes(body[at : at + width], "little")
    at += width
    if not is_newest:
        return body[at : at + length].decode("cp1252", "replace")
    is_wide = body[at] & 1
    return body[at + 1 : at + 1 + length * (1 + is_wide)].decode("utf-16-le" if is_wide else "latin-1", "replace")


# The compound file around it: a file system with sectors, a table of which follows which, and a directory


def _book(path: Path) -> bytes:
    """The stream with the workbook; nothing where the file holds none, or is too large."""
    if path.stat().st_size > MOST_BYTES:
        return b""
    content = path.read_bytes()
    if not content.startswith(SIGNATURE):
        return content if content[:2] == BEGIN.to_bytes(2, "little") else b""
    sector = 1 << struct.unpack_from("<H", content, 0x1E)[0]
    small = 1 << struct.unpack_from("<H", content, 0x20)[0]
    table = _table(content, sector)
    directory = _chain(content, table, struct.unpack_from("<I", content, 0x30)[0], sector, sector)
    entries = {_name(directory, at): struct.unpack_from("<II", directory, at + 116) for at in _places(directory)}
    start, size = next(entries[name] for name in STREAMS if name in entries)
    if size >= struct.unpack_from("<I", content, 0x38)[0]:
        return _chain(content, table, start, sector, sector)[:size]
    inside = _chain(content, table, entries["Root Entry"][0], sector, sector)
    follows = _numbers(_chain(content, table, struct.unpack_from("<I", content, 0x3C)[0], sector, sector))
    return _chain(inside, follows, start, small, 0)[:size]


def _table(content: bytes, sector: int) -> list[int]:
    """Which sector follows which."""
    named = list(struct.unpack_from(f"<{HEAD_SECTORS}I", content, 0x4C))
    more, most = struct.unpack_from("<I", content, 0x44)[0], len(content) // sector
    while more < LAST and len(named) <= most + HEAD_SECTORS:
        further = _numbers(content[(more + 1) * sector : (more + 2) * sector])
        named, more = [*named, *further[:-1]], further[-1]
    return _numbers(b"".join(content[(each + 1) * sector : (each + 2) * sector] for each in named if each < LAST))


def _chain(content: bytes, follows: list[int], start: int, sector: int, offset: int) -> bytes:
    """The sectors from `start` on, one after the other; each once, whatever the table says."""
    parts: list[bytes] = []
    while start < LAST and len(parts) <= len(follows):
        parts.append(content[offset + start * sector : offset + (start + 1) * sector])
        start = follows[start]
    return b"".join(parts)


def _numbers(content: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(content) // 4}I", content[: len(content) // 4 * 4]))


def _places(directory: bytes) -> range:
    return range(0, len(directory) - 127, 128)


def _name(directory: bytes, at: int) -> str:
    (length,) = struct.unpack_from("<H", directory, at + 64)
    return directory[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
