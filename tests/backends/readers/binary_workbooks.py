"""Writes small .xlsb and .xls files record by record, as the formats say, without a library."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Sequence

from tests.backends.readers.workbooks import HEAD, PACKAGE, relations

Cell = str | tuple[float, int] | None
"""A text; or a number with the place of its format in `FORMATS`."""
Formats = Sequence[tuple[int, str]]
FORMATS: Formats = ((0, ""), (164, "00000"), (10, ""), (14, ""), (165, '0.0"%"'), (166, '#,##0.0 "x" %'))
"""Numbers and codes: plain, leading zeros, "0.00%", a date, a percent sign that is only text, and one that is not."""


def xlsb(rows: Sequence[Sequence[Cell]], sheet: str = "Data") -> bytes:
    """A workbook of binary records in a ZIP."""
    file = io.BytesIO()
    kinds = {"workbook": "sheet.binary.macroEnabled.main", "worksheets/sheet1": "worksheet", "styles": "styles"}
    parts = "".join(
        f'<Override PartName="/xl/{name}.bin" ContentType="application/vnd.ms-excel.{kind}"/>'
        for name, kind in kinds.items()
    )
    defaults = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    with zipfile.ZipFile(file, "w") as archive:
        types = f'{HEAD}<Types xmlns="{PACKAGE}/content-types">{defaults}{parts}</Types>'
        archive.writestr("[Content_Types].xml", types)
        archive.writestr("_rels/.rels", relations([("officeDocument", "xl/workbook.bin")]))
        links = [("worksheet", "worksheets/sheet1.bin"), ("styles", "styles.bin")]
        archive.writestr("xl/_rels/workbook.bin.rels", relations(links))
        named = _bin(156, struct.pack("<II", 0, 1) + _wide("rId1") + _wide(sheet))
        archive.writestr("xl/workbook.bin", _bin(131) + _bin(143) + named + _bin(144) + _bin(132))
        archive.writestr("xl/styles.bin", _styles())
        archive.writestr("xl/worksheets/sheet1.bin", _sheet(rows))
    return file.getvalue()


def _styles() -> bytes:
    own = [_bin(44, struct.pack("<H", number) + _wide(code)) for number, code in FORMATS if code]
    used = [_bin(47, struct.pack("<HH", 0, number) + bytes(12)) for number, _ in FORMATS]
    formats = _bin(615, struct.pack("<I", len(own))) + b"".join(own) + _bin(616)
    # The styles of styles come first, and are not those of cells.
    named = _bin(626, struct.pack("<I", 1)) + _bin(47, struct.pack("<HH", 0, 9) + bytes(12)) + _bin(627)
    cells = _bin(617, struct.pack("<I", len(used))) + b"".join(used) + _bin(618)
    return _bin(278) + formats + named + cells + _bin(279)


def _sheet(rows: Sequence[Sequence[Cell]]) -> bytes:
    size = struct.pack("<IIII", 0, len(rows) - 1, 0, max(map(len, rows)) - 1)
    body = b""
    for number, row in enumerate(rows):
        body += _bin(0, struct.pack("<I", number) + bytes(13))
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                body += _bin(6, struct.pack("<II", column, 0) + _wide(cell))
            elif cell:
                body += _bin(5, struct.pack("<IId", column, cell[1], cell[0]))
    return _bin(129) + _bin(148, size) + _bin(145) + body + _bin(146) + _bin(130)


def _bin(kind: int, body: bytes = b"") -> bytes:
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size = len(body)
    return head + (bytes([size]) if size < 0x80 else bytes([size & 0x7F | 0x80, size >> 7])) + body


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def xls(rows: Sequence[Sequence[Cell]], sheet: str = "Data", *, padding: int = 4096) -> bytes:
    """A workbook of Excel 97 in a compound file; a stream of less than 4,096 bytes is kept in small sectors."""
    begin = struct.pack("<HHHHII", 0x0600, 0, 0, 1997, 0, 0)
    fonts = _rec(0x31, struct.pack("<HHHHHBBBB", 200, 0, 0x7FFF, 400, 0, 0, 0, 0, 0) + _short("Arial")) * 4
    own = b"".join(_rec(0x41E, struct.pack("<HHB", n, len(code), 0) + code.encode()) for n, code in FORMATS if code)
    used = b"".join(_rec(0xE0, struct.pack("<HHH", 0, number, 0) + bytes(14)) for number, _ in FORMATS)
    first = _rec(0x809, begin[:2] + b"\x05\x00" + begin[4:]) + _rec(0x42, struct.pack("<H", 1200)) + fonts + own + used
    named = _short(sheet)
    size = len(first) + 4 + 6 + len(named) + 4
    first += _rec(0x85, struct.pack("<IH", size, 0) + named) + _rec(0x0A)
    table = _rec(0x809, begin[:2] + b"\x10\x00" + begin[4:])
    table += _rec(0x200, struct.pack("<IIHHH", 0, len(rows), 0, max(map(len, rows)), 0))
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            place = struct.pack("<HH", number, column)
            if isinstance(cell, str):
                text = struct.pack("<HHB", 0, len(cell), 0) + cell.encode("latin-1")
                table += _rec(0x204, place + text)
            elif cell and number % 2:
                table += _rec(0x203, place + struct.pack("<Hd", cell[1], cell[0]))
            elif cell:
                # The upper half of the number, without its last two bits.
                short = struct.unpack("<II", struct.pack("<d", cell[0]))[1] & 0xFFFFFFFC
                table += _rec(0xBD, place + struct.pack("<HIH", cell[1], short, column))
    return _compound(first + table + _rec(0x0A), padding)


def _rec(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _short(text: str) -> bytes:
    return struct.pack("<BB", len(text), 0) + text.encode("latin-1")


def _compound(stream: bytes, padding: int) -> bytes:
    """One stream called Workbook in sectors of 512 bytes, small ones of 64."""
    stream = stream.ljust(padding, b"\0")
    is_small = len(stream) < 4096
    unit = 64 if is_small else 512
    held = [stream[at : at + unit].ljust(unit, b"\0") for at in range(0, len(stream), unit)]
    follows = [*range(1, len(held)), 0xFFFFFFFE]
    data = b"".join(held)
    data = data.ljust(-(-len(data) // 512) * 512, b"\0")
    sectors = len(data) // 512
    # Sectors: the allocation table, the directory, the table of small sectors, then the stream.
    table = [0xFFFFFFFD, 0xFFFFFFFE, 0xFFFFFFFE, *(3 + each for each in range(1, sectors)), 0xFFFFFFFE]
    root = _entry("Root Entry", 5, 1, 3 if is_small else 0xFFFFFFFE, len(data) if is_small else 0)
    file = _entry("Workbook", 2, 0xFFFFFFFF, 0 if is_small else 3, len(stream))
    small = follows if is_small else []
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 2, 1 if is_small else 0, 0xFFFFFFFE, 0)
    head += struct.pack("<I", 0) + b"\xff" * (108 * 4)
    return head + _words(table) + (root + file).ljust(512, b"\0") + _words(small) + data


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    wide = name.encode("utf-16-le")
    head = wide.ljust(64, b"\0") + struct.pack("<HBBIII", len(wide) + 2, kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
    return head + bytes(36) + struct.pack("<III", start, size, 0)


def _words(numbers: Sequence[int]) -> bytes:
    return struct.pack(f"<{len(numbers)}I", *numbers).ljust(512, b"\xff")
