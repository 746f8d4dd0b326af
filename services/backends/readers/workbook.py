"""Reads the tables of Excel and OpenDocument workbooks (.xlsx .xlsm .xlsb .xls .ods).

python-calamine parses them: one small wheel for all five formats, several times as fast as openpyxl and xlrd, with the
values that formulas had when the file was saved.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from zipfile import is_zipfile

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum

from services.backends.readers import headers, packed, regions
from services.backends.readers.found import File, choose, no_rows, others_note
from services.backends.readers.headers import Header
from services.backends.readers.regions import Region
from services.backends.readers.staging import Stage
from services.domain import ReadReport, TableInFile
from services.errors import BadInput

MOST_CELLS = 10_000_000
SHEETS = 200
HEADER_ROWS = 200
EXACT = 2**53
ERRORS = frozenset({"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#GETTING_DATA"})

Cell = object
Rows = list[list[Cell]]


@dataclass(frozen=True)
class Part:
    """A table on a sheet: its rows of values, header included, and where it stands."""

    name: str
    sheet: str
    rows: Rows
    texts: list[list[str]]
    notes: tuple[str, ...] = ()


def tables(file: File) -> list[TableInFile]:
    """Each table on each sheet; a sheet without cells counts as a table without rows. Raises: BadInput."""
    with _book(file) as book:
        return _listed(book, file)


def read(file: File, target: Path, table: str) -> ReadReport:
    """Raises: BadInput."""
    with _book(file) as book:
        found = _listed(book, file)
        chosen = choose(found, table, file.name)
        part = next((part for part in _parts(book, file) if part.name == chosen.name), None)
    if part is None:
        raise no_rows(file.name, chosen.name)
    return _write(file, target, part, others_note(found, chosen))


def _listed(book: CalamineWorkbook, file: File) -> list[TableInFile]:
    found: list[TableInFile] = []
    for sheet in _sheets(book):
        parts = _on_sheet(book, sheet, file)
        found += [_counted(part) for part in parts] or [TableInFile(name=sheet, rows=0, columns=0)]
    return found


def _counted(part: Part) -> TableInFile:
    header = _header(part)
    rows = len(part.rows) - header.first - header.height
    return TableInFile(name=part.name, rows=rows, columns=len(header.names))


def _parts(book: CalamineWorkbook, file: File) -> Iterator[Part]:
    for sheet in _sheets(book):
        yield from _on_sheet(book, sheet, file)


def _sheets(book: CalamineWorkbook) -> list[str]:
    """The names of the sheets that hold cells rather than a chart or a macro."""
    return [sheet.name for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet][:SHEETS]


def _on_sheet(book: CalamineWorkbook, name: str, file: File) -> list[Part]:
    sheet = book.get_sheet_by_name(name)
    if sheet.start is None or sheet.end is None:
        return []
    _check_size(sheet, file)
    values: Rows = [list(row) for row in sheet.to_python(skip_empty_area=False)]
    _spread_merged(values, sheet.merged_cell_ranges or [])
    texts = [[_text(cell) for cell in row] for row in values]
    found = regions.find(texts)
    outside = sum(bool(cell.strip()) for row in texts for cell in row) - sum(_filled(texts, region) for region in found)
    told = (f"Filled cells of the sheet “{name}” that belong to none of its tables: {outside:,}.",) if outside else ()
    return [_part(values, texts, region, name, told, alone=len(found) == 1) for region in found]


def _filled(texts: list[list[str]], region: Region) -> int:
    rows = texts[region.top : region.bottom]
    return sum(bool(cell.strip()) for row in rows for cell in row[region.left : region.right])


def _part(
    values: Rows, texts: list[list[str]], region: Region, sheet: str, told: tuple[str, ...], *, alone: bool
) -> Part:
    rows = [row[region.left : region.right] for row in values[region.top : region.bottom]]
    shown = [row[region.left : region.right] for row in texts[region.top : region.bottom]]
    kept = [place for place, row in enumerate(shown) if any(map(str.strip, row))]
    blank = len(rows) - len(kept)
    notes = (f"Empty rows left out: {blank:,}.",) if blank else ()
    name = sheet if alone else f"{sheet} {region.label}"
    return Part(name, sheet, [rows[place] for place in kept], [shown[place] for place in kept], (*told, *notes))


def _check_size(sheet: CalamineSheet, file: File) -> None:
    cells = sheet.total_height * sheet.total_width
    if cells > MOST_CELLS:
        raise BadInput(
            f"The sheet “{sheet.name}” of “{file.name}” spans {cells:,} cells; at most {MOST_CELLS:,} can be read.",
            "Save the sheet as CSV and upload that, or clear cells far away from the table.",
        )


def _spread_merged(values: Rows, merged: Sequence[tuple[tuple[int, int], tuple[int, int]]]) -> None:
    """Gives every cell of a merged area its value, save in titles that span the whole sheet."""
    width = max(map(len, values), default=0)
    for (top, left), (bottom, right) in merged:
        if right - left + 1 >= width > 1 or top >= len(values) or left >= len(values[top]):
            continue
        value = values[top][left]
        for row in values[top : bottom + 1]:
            for place in range(left, min(right + 1, len(row))):
                row[place] = value


def _header(part: Part) -> Header:
    """The header; none where nothing stands below it: a single row holds values."""
    sample = part.texts[:HEADER_ROWS]
    found = headers.find(sample, len(sample[0]))
    return found if found.first + found.height < len(part.rows) else headers.without(len(sample[0]))


def _write(file: File, target: Path, part: Part, others: tuple[str, ...]) -> ReadReport:
    header = _header(part)
    file.check_width(len(header.names))
    stage = Stage(file.work)
    stage.declare(range(len(header.names)))
    errors = 0
    for row in part.rows[header.first + header.height :]:
        cells: dict[Hashable, Cell] = {place: _value(cell) for place, cell in enumerate(row)}
        errors += sum(cell in ERRORS for cell in row if isinstance(cell, str))
        stage.add(cells)
    if not stage.rows:
        raise no_rows(file.name, part.name, header.names)
    notes = stage.write(file, target, header.names)
    told = (f"Cells that hold an error such as #N/A and are missing here: {errors:,}.",) if errors else ()
    skipped = _preamble(part, header)
    return ReadReport(
        rows=stage.rows,
        columns=header.names,
        header=header.height > 0,
        notes=(*others, *skipped, *header.notes, *part.notes, *told, *notes),
    )


def _preamble(part: Part, header: Header) -> tuple[str, ...]:
    if not header.first:
        return ()
    shown = " ".join(cell.strip() for cell in part.texts[0] if cell.strip())[:80]
    return (f"Lines above the header that were left out: {header.first}, beginning with “{shown}”.",)


def _value(cell: Cell) -> Cell:
    """The value of a cell; spreadsheets know no whole numbers, so 3.0 is 3."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < EXACT:
        return int(cell)
    return None if isinstance(cell, str) and cell in ERRORS else cell


def _text(cell: Cell) -> str:
    return cell if isinstance(cell, str) else str(_value(cell))


@contextmanager
def _book(file: File) -> Iterator[CalamineWorkbook]:
    if is_zipfile(file.path):
        packed.check_declared(file)
    try:
        book = CalamineWorkbook.from_path(file.path)
        try:
            yield book
        finally:
            book.close()
    except PasswordError as error:
        raise BadInput(
            f"“{file.name}” is protected with a password.", "Save it without a password and choose it again."
        ) from error
    except (CalamineError, ValueError, OverflowError) as error:
        raise BadInput(
            f"“{file.name}” is damaged: it could not be read as a workbook ({str(error)[:200]}).",
            "Open it in a spreadsheet and save it again, or save the sheet as CSV.",
        ) from error
