"""Formats of cells that change what a number says: leading zeros ("00000" makes codes of numbers), and percent.

python-calamine gives values without their formats, so those are looked up here, where a workbook has any that matter.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from itertools import islice
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import ParseError

from services.backends.readers import formats_ods, formats_xls, formats_xlsb, formats_xlsx

MOST_CELLS: Final = 5_000_000
PERCENT: Final = "%"
PERCENT_IDS: Final = (9, 10)
"""The numbers that "0%" and "0.00%" have in every workbook."""
LITERAL: Final = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
PADDED: Final = re.compile(r"0{2,}(?:[-/ .]?0+)*")

DAMAGED: Final = (
    LookupError,
    NotImplementedError,
    OSError,
    ParseError,
    RuntimeError,
    ValueError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)

Places = dict[tuple[int, int], str]
"""Row and column, from 0, and how the number there is shown: a pattern of zeros, or "%"."""


def find(path: Path, sheet: str) -> Places:
    """The cells of a sheet whose numbers are shown with leading zeros or in percent; none where that cannot be told."""
    try:
        if not zipfile.is_zipfile(path):
            return dict(islice(formats_xls.cells(path, sheet, marked), MOST_CELLS))
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if formats_ods.CONTENT in names:
                return dict(islice(formats_ods.cells(archive, sheet), MOST_CELLS))
            read = formats_xlsb.cells if formats_xlsb.STYLES in names else formats_xlsx.cells
            return dict(islice(read(archive, sheet, marked), MOST_CELLS))
    except DAMAGED:
        return {}


def marked(number: int, code: str) -> str:
    """What matters of a format with this number and code: a pattern of zeros, "%", or nothing."""
    if number in PERCENT_IDS or "%" in LITERAL.sub("", code):
        return PERCENT
    plain = code.replace("\\", "").replace('"', "")
    return plain if PADDED.fullmatch(plain) else ""


def shown(value: int, code: str) -> str:
    """The number as the format shows it: 7 as "00007", 123456789 as "123-45-6789"."""
    digits = str(abs(value)).rjust(code.count("0"), "0")
    extra = len(digits) - code.count("0")
    rest = iter(digits[extra:])
    return ("-" if value < 0 else "") + digits[:extra] + "".join(next(rest) if mark == "0" else mark for mark in code)
