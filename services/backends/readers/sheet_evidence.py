"""What was found out about a table on a sheet: its cells and its header."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from services.backends.readers.evidence import short
from services.backends.readers.regions import Region
from services.sources import Choice, Detected, ReadOptions

ROWS: Final = 8


def of(
    told: ReadOptions, region: Region, header: int, texts: Sequence[Sequence[str]], numbers: Sequence[int]
) -> list[Detected]:
    """The evidence for the cells and the header row of a table; `numbers` are the rows on the sheet, from 1."""
    return [_cells(told, region), _header(told, header, texts, numbers)]


def _cells(told: ReadOptions, region: Region) -> Detected:
    return Detected(
        option="cells",
        value=region.label,
        label=region.label,
        evidence="You chose this." if told.cells else "Blank rows and columns stand around these cells.",
        is_told=told.cells is not None,
    )


def _header(told: ReadOptions, header: int, texts: Sequence[Sequence[str]], numbers: Sequence[int]) -> Detected:
    rows = [
        Choice(value=str(number), label=f"row {number}: {short(', '.join(cell for cell in row if cell.strip()))}")
        for number, row in list(zip(numbers, texts, strict=True))[:200]
        if number in numbers[:ROWS] or number == header
    ]
    found = "Its cells are names: they differ from what stands below." if header else "The first row holds values."
    return Detected(
        option="header",
        value=str(header),
        label=f"row {header}" if header else "none",
        evidence="You chose this." if told.header is not None else found,
        is_told=told.header is not None,
        choices=(Choice(value="0", label="none: number the columns"), *rows),
    )
