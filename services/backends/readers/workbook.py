"""Reads the tables of Excel and OpenDocument workbooks (.xlsx .xlsm .xlsb .xls .ods).

python-calamine parses them: one small wheel for all five formats, several times as fast as openpyxl and xlrd, with the
values that formulas had when the file was saved.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from zipfile import is_zipfile

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum

from services.backends.readers import evidence, failures, formats, headers, packed, regions, sheet_evidence
from services.backends.readers.columns import Reading
from services.backends.readers.found import File, choose, no_rows, others_note, table_found
from services.backends.readers.headers import Header
from services.backends.readers.regions import Region
from services.backends.readers.shapes import column_shapes
from services.backends.readers.staging import Code, Stage
from services.errors import BadInput
from services.facts import Kind
from services.sources import ReadReport, TableInFile

MOST_CELLS = 10_000_000
SHEETS = 200
HEADER_ROWS = 200
EXACT = 2**53
ERRORS = frozenset({"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#GETTING_DATA"})

Cell = object
Rows = list[list[Cell]]


@dataclass(frozen=True)
class Grid:
    """What stands on a sheet, from its first cell on; and which of its cells show their number in percent: the rows by
    column."""

    sheet: str
    values: Rows
    texts: list[list[str]]
    percents: Mapping[int, Sequence[int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Part:
    """A table on a sheet: its rows of values, header included, and where they stand on the sheet (from 1)."""

    name: str
    sheet: str
    region: Region
    rows: Rows
    texts: list[list[str]]
    numbers: list[int]
    notes: tuple[str, ...] = ()
    percents: frozenset[int] = frozenset()
    """The places of the columns whose numbers are shown in percent."""


def tables(file: File) -> list[TableInFile]:
    """Each table on each sheet; a sheet without cells counts as a table without rows. Raises: BadInput."""
    with _book(file) as book:
        return [_counted(part) for part in _parts(book, file, _sheets(book))]


def read(file: File, target: Path, table: str) -> ReadReport:
    """Raises: BadInput."""
    with _book(file) as book:
        sheets = _sheets(book)
        sheet = _sheet_of(sheets, table)
        parts = list(_parts(book, file, [sheet] if sheet else sheets))
        if file.options.cells:
            parts = [_cut(book, file, sheet or _first(parts, sheets, file))]
    found = [_counted(part) for part in parts]
    chosen = found[0] if file.options.cells else choose(found, table, file.name)
    part = next(part for part in parts if part.name == chosen.name)
    if not part.rows:
        raise no_rows(file.name, chosen.name)
    return _write(file, target, part, found, chosen)


def _counted(part: Part) -> TableInFile:
    if not part.rows:
        return TableInFile(name=part.name, rows=0, columns=0)
    header = _header(part, None)
    rows = len(part.rows) - header.first - header.height
    return TableInFile(name=part.name, rows=rows, columns=len(header.names))


def _parts(book: CalamineWorkbook, file: File, sheets: Sequence[str]) -> Iterator[Part]:
    for number, sheet in enumerate(sheets):
        file.meter.at(number / len(sheets))
        yield from _on_sheet(book, sheet, file) or [Part(sheet, sheet, Region(0, 0, 0, 0), [], [], [])]


def _sheets(book: CalamineWorkbook) -> list[str]:
    """The names of the sheets that hold cells rather than a chart or a macro."""
    return [sheet.name for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet][:SHEETS]


def _sheet_of(sheets: Sequence[str], table: str) -> str:
    """The sheet a table is on: "Sales B2:D10" is on "Sales"; empty when there is none."""
    fitting = [sheet for sheet in sheets if table == sheet or table.startswith(f"{sheet} ")]
    return max(fitting, key=len, default="") if table else ""


def _first(parts: Sequence[Part], sheets: Sequence[str], file: File) -> str:
    """The first sheet with cells. Raises: BadInput, when there is none."""
    if not sheets:
        raise no_rows(file.name, file.name)
    return next((part.sheet for part in parts if part.rows), sheets[0])


def _grid(book: CalamineWorkbook, name: str, file: File) -> Grid:
    """The values and texts of a sheet from its first cell on; nothing where it is empty. Raises: BadInput."""
    sheet = book.get_sheet_by_name(name)
    if sheet.start is None or sheet.end is None:
        return Grid(name, [], [])
    _check_size(sheet, file)
    values: Rows = [list(row) for row in sheet.to_python(skip_empty_area=False)]
    _spread_merged(values, sheet.merged_cell_ranges or [])
    percents: dict[int, list[int]] = {}
    for (row, column), code in formats.find(file.path, name).items():
        if code == formats.PERCENT:
            percents.setdefault(column, []).append(row)
        elif row < len(values) and column < len(values[row]):
            values[row][column] = _padded(values[row][column], code)
    return Grid(name, values, [[_text(cell) for cell in row] for row in values], percents)


def _padded(value: Cell, code: str) -> Cell:
    """The number as a code with its zeros; anything else stays."""
    whole = _value(value)
    return Code(formats.shown(whole, code)) if isinstance(whole, int) and not isinstance(whole, bool) else value


def _on_sheet(book: CalamineWorkbook, name: str, file: File) -> list[Part]:
    grid = _grid(book, name, file)
    texts, found = grid.texts, regions.find(grid.texts)
    outside = sum(bool(cell.strip()) for row in texts for cell in row) - sum(_filled(texts, region) for region in found)
    told = (f"Filled cells of the sheet “{name}” that belong to none of its tables: {outside:,}.",) if outside else ()
    alone = len(found) == 1
    return [_part(grid, region, name if alone else f"{name} {region.label}", told) for region in found]


def _cut(book: CalamineWorkbook, file: File, sheet: str) -> Part:
    """The cells that a person asked for. Raises: BadInput, when these are none."""
    grid = _grid(book, sheet, file)
    region = regions.named(file.options.cells or "", len(grid.texts), max(map(len, grid.texts), default=0))
    if region is None:
        raise BadInput(
            f"There are no cells “{(file.options.cells or '')[:40]}” on the sheet “{sheet}”.",
            "Write them as spreadsheets do: B3:F90, B:F for columns, 3:90 for rows.",
        )
    return _part(grid, region, sheet, ())


def _filled(texts: list[list[str]], region: Region) -> int:
    rows = texts[region.top : region.bottom]
    return sum(bool(cell.strip()) for row in rows for cell in row[region.left : region.right])


def _part(grid: Grid, region: Region, name: str, told: tuple[str, ...]) -> Part:
    rows = [row[region.left : region.right] for row in grid.values[region.top : region.bottom]]
    shown = [row[region.left : region.right] for row in grid.texts[region.top : region.bottom]]
    kept = [place for place, row in enumerate(shown) if any(map(str.strip, row))]
    blank = len(rows) - len(kept)
    notes = (f"Empty rows left out: {blank:,}.",) if blank else ()
    return Part(
        name,
        grid.sheet,
        region,
        [rows[place] for place in kept],
        [shown[place] for place in kept],
        [region.top + place + 1 for place in kept],
        (*told, *notes),
        _percents(grid, region),
    )


def _percents(grid: Grid, region: Region) -> frozenset[int]:
    columns = ((column, grid.percents.get(column, ())) for column in range(region.left, region.right))
    here = (column for column, rows in columns if any(region.top <= row < region.bottom for row in rows))
    return frozenset(column - region.left for column in here)


def _check_size(sheet: CalamineSheet, file: File) -> None:
    cells = sheet.total_height * sheet.total_width
    if cells > MOST_CELLS:
        raise BadInput(
            f"The sheet “{sheet.name}” of “{file.name}” spans {cells:,} cells; at most {MOST_CELLS:,} can be read.",
            "Save the sheet as CSV and upload that, or clear cells far away from the table.",
        )


def _spread_merged(values: Rows, merged: Sequence[tuple[tuple[int, int], tuple[int, int]]]) -> None:
    """Gives every cell of a merged area its value, save in titles."""
    width = max(map(len, values), default=0)
    for (top, left), (bottom, right) in merged:
        if right - left + 1 >= width > 1 or top >= len(values) or left >= len(values[top]):
            continue
        if left < right and _stands_apart(values, top, left, bottom):
            continue
        value = values[top][left]
        for row in values[top : bottom + 1]:
            for place in range(left, min(right + 1, len(row))):
                row[place] = value


def _stands_apart(values: Rows, top: int, left: int, bottom: int) -> bool:
    """Whether a merged area is all there is in its first row and nothing follows right under it: a title."""
    below = values[bottom + 1] if bottom + 1 < len(values) else []
    beside = (cell for place, cell in enumerate(values[top]) if place != left)
    return all(cell in (None, "") for cell in (*beside, *below))


def _header(part: Part, row: int | None) -> Header:
    """The header, found or told; none where nothing stands below it: a single row holds values."""
    sample = part.texts[:HEADER_ROWS]
    width = len(sample[0])
    if row == 0:
        return headers.without(width)
    if row is not None:
        return _told(part, row, width)
    found = headers.find(sample, width)
    return found if found.first + found.height < len(part.rows) else headers.without(width)


def _told(part: Part, row: int, width: int) -> Header:
    """The header in the row that a person named. Raises: BadInput, when nothing stands there or below it."""
    if row not in part.numbers[:-1]:
        raise BadInput(
            f"Row {row:,} of “{part.sheet}” cannot be the header: it is empty, outside the table, or the last.",
            f"Choose one from {part.numbers[0]:,} to {part.numbers[-1] - 1:,}, or none.",
        )
    place = part.numbers.index(row)
    names, notes = headers.name_columns(part.texts[place])
    shapes = column_shapes(part.texts[place + 1 :][:HEADER_ROWS], width)
    return Header(place, 1, names, tuple(shapes), (part.texts[place],), notes)


def _write(file: File, target: Path, part: Part, found: list[TableInFile], chosen: TableInFile) -> ReadReport:
    header = _header(part, file.options.header)
    file.check_width(len(header.names))
    stage = Stage(file.work)
    stage.declare(range(len(header.names)))
    errors, is_part = 0, False
    for row in part.rows[header.first + header.height :]:
        cells: dict[Hashable, Cell] = {place: _value(cell) for place, cell in enumerate(row)}
        errors += sum(cell in ERRORS for cell in row if isinstance(cell, str))
        stage.add(cells)
        if is_part := file.is_enough(stage.rows):
            break
    if not stage.rows:
        raise no_rows(file.name, part.name, header.names)
    readings = stage.write(file, target, header.names)
    notes = tuple(note for reading in readings for note in reading.notes)
    told = (f"Cells that hold an error such as #N/A and are missing here: {errors:,}.",) if errors else ()
    told = (*told, *_percent_note(part, header, readings))
    line = part.numbers[header.first] if header.height else 0
    used = {"table": part.name, "header": line, "cells": part.region.label}
    return ReadReport(
        rows=stage.rows,
        columns=header.names,
        header=header.height > 0,
        notes=(*others_note(found, chosen), *_preamble(part, header), *header.notes, *part.notes, *told, *notes),
        options=file.options.model_copy(update=used),
        detected=(
            table_found(found, chosen, file),
            *sheet_evidence.of(file.options, part.region, line, part.texts, part.numbers),
            *evidence.of_columns(header.names, readings),
        ),
        is_part=is_part,
    )


def _percent_note(part: Part, header: Header, readings: Sequence[Reading]) -> tuple[str, ...]:
    """Which columns hold shares that the workbook shows as percentages."""
    numbers = (Kind.INTEGER, Kind.DECIMAL)
    found = [header.names[place] for place in sorted(part.percents) if evidence.kind_of(readings[place]) in numbers]
    names = ", ".join(f"“{name[:60]}”" for name in found[:5]) + (f" and {len(found) - 5:,} more" if found[5:] else "")
    return (f"The workbook shows {names} in percent: what it shows as 25% is 0.25 here.",) if found else ()


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
            f"“{file.name}” is damaged: it could not be read as a workbook ({failures.reason(error)}).",
            "Open it in a spreadsheet and save it again, or save the sheet as CSV.",
        ) from error
