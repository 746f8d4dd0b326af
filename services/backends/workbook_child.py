"""A process of its own that writes Parquet as an Excel file: a loop in Python would hold up every other page.

Texts are written as texts, so nothing in them is run as a formula or followed as a link.
"""

from __future__ import annotations

import json
import math
import sys
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import xlsxwriter

SHEET_ROWS, SHEET_COLUMNS, CELL_CHARS = 1_048_576, 16_384, 32_767
"""What a sheet of Excel holds, its header included."""
EXACT = 10**15
"""Excel keeps 15 digits: whole numbers beyond are written as texts, so that identifiers stay what they are."""
EPOCH = date(1900, 3, 1)
"""Days before are counted wrongly by Excel and written as texts."""
BATCH_ROWS = 5_000
WIDTHS = (8, 40)
"""Narrowest and widest column, in characters."""
OPTIONS = {
    "constant_memory": True,
    "strings_to_numbers": False,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "nan_inf_to_errors": False,
}


def main() -> None:
    """Reads what to write from standard input: the paths of both files."""
    told = json.load(sys.stdin)
    write(Path(told["source"]), Path(told["target"]))


def write(source: Path, target: Path) -> None:
    """The table in `source` as the only sheet of the workbook `target`, its names fixed at the top."""
    file = pq.ParquetFile(source)
    names = file.schema_arrow.names
    with xlsxwriter.Workbook(str(target), OPTIONS) as book:
        sheet = book.add_worksheet("Table")
        formats = {
            date: book.add_format({"num_format": "yyyy-mm-dd"}),
            datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            time: book.add_format({"num_format": "hh:mm:ss"}),
        }
        sheet.freeze_panes(1, 0)
        bold = book.add_format({"bold": True})
        for place, name in enumerate(names):
            sheet.set_column(place, place, min(WIDTHS[1], max(WIDTHS[0], len(name) + 2)))
        for place, name in enumerate(names):
            sheet.write_string(0, place, name[:CELL_CHARS], bold)
        _rows(file, sheet, formats)


def _rows(file: pq.ParquetFile, sheet: Any, formats: dict[type, Any]) -> None:
    row = 1
    for batch in file.iter_batches(BATCH_ROWS):
        columns = [column.to_pylist() for column in batch.columns]
        for cells in zip(*columns, strict=True):
            for place, cell in enumerate(cells):
                _cell(sheet, row, place, cell, formats)
            row += 1


def _cell(sheet: Any, row: int, place: int, cell: object, formats: dict[type, Any]) -> None:
    match cell:
        case None:
            return
        case bool():
            sheet.write_boolean(row, place, cell)
        case int() if abs(cell) < EXACT:
            sheet.write_number(row, place, cell)
        case float() | Decimal() if math.isfinite(cell):
            sheet.write_number(row, place, cell)
        case datetime() if cell.tzinfo is None and cell.date() >= EPOCH:
            sheet.write_datetime(row, place, cell, formats[datetime])
        case date() if not isinstance(cell, datetime) and cell >= EPOCH:
            sheet.write_datetime(row, place, cell, formats[date])
        case time() if cell.tzinfo is None:
            sheet.write_datetime(row, place, cell, formats[time])
        case float():
            return
        case _:
            sheet.write_string(row, place, str(cell)[:CELL_CHARS])


if __name__ == "__main__":
    main()
