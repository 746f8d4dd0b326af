"""Cuts the filled part of a sheet into tables: blocks of cells with blank rows or columns between them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from services.backends.readers.shapes import Shape, shape

Grid = Sequence[Sequence[str]]
TYPED = (Shape.NUMBER, Shape.DATE, Shape.TIME, Shape.BOOLEAN)


@dataclass(frozen=True)
class Region:
    """Rows `top` to `bottom` and columns `left` to `right`, the ends excluded."""

    top: int
    bottom: int
    left: int
    right: int

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def label(self) -> str:
        """As spreadsheets write it: "B2:D10"."""
        return f"{letters(self.left)}{self.top + 1}:{letters(self.right - 1)}{self.bottom}"

    def over(self, other: Region) -> Region:
        """The smallest region that holds both."""
        return Region(
            min(self.top, other.top),
            max(self.bottom, other.bottom),
            min(self.left, other.left),
            max(self.right, other.right),
        )


def letters(place: int) -> str:
    """The name of a column of a sheet: 0 is A, 26 is AA."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name


NAMED = re.compile(r"\$?([A-Za-z]{1,3})?\$?(\d{1,7})?(?::\$?([A-Za-z]{1,3})?\$?(\d{1,7})?)?")


def named(text: str, height: int, width: int) -> Region | None:
    """The region that a person names, such as "B3:F90", "B:F" or "3:90", within a sheet; None when there is none."""
    found = NAMED.fullmatch(text.strip())
    if found is None or not height or not any(found.groups()):
        return None
    left, top, right, bottom = found.groups()
    rows = sorted((int(top or 1), int(bottom or (height if ":" in text or not top else top))))
    columns = sorted(
        (
            _place(left) if left else 0,
            _place(right) if right else (width - 1 if ":" in text or not left else _place(left)),
        )
    )
    region = Region(rows[0] - 1, min(rows[1], height), columns[0], min(columns[1] + 1, width))
    return region if region.height > 0 and region.width > 0 and region.top >= 0 else None


def _place(letters_: str) -> int:
    place = 0
    for letter in letters_.upper():
        place = place * 26 + ord(letter) - 64
    return place - 1


def find(grid: Grid) -> list[Region]:
    """The tables of a sheet from top to bottom; one for all of it when the blocks are no tables of their own."""
    filled = [[bool(cell.strip()) for cell in row] for row in grid]
    whole = _trimmed(filled, Region(0, len(grid), 0, max(map(len, grid), default=0)))
    if whole is None:
        return []
    blocks = _blocks(filled, whole)
    tables = _joined(grid, [block for block in blocks if block.height > 1 and (block.width > 1 or len(blocks) == 1)])
    return tables if len(tables) > 1 else [whole]


def _trimmed(filled: Sequence[Sequence[bool]], region: Region) -> Region | None:
    """The region without blank rows and columns around; None when nothing is in it."""
    rows = [place for place in range(region.top, region.bottom) if any(filled[place][region.left : region.right])]
    if not rows:
        return None
    span = range(region.left, region.right)
    inside = range(rows[0], rows[-1] + 1)
    columns = [place for place in span if any(filled[row][place : place + 1] == [True] for row in inside)]
    return Region(rows[0], rows[-1] + 1, columns[0], columns[-1] + 1)


def _blocks(filled: Sequence[Sequence[bool]], region: Region) -> list[Region]:
    """The region cut at blank rows, then at blank columns, until nothing is left to cut."""
    rows = _runs([any(filled[row][region.left : region.right]) for row in range(region.top, region.bottom)])
    if len(rows) > 1:
        parts = [Region(region.top + start, region.top + end, region.left, region.right) for start, end in rows]
        return [block for part in parts for block in _inside(filled, part)]
    inside = range(region.top, region.bottom)
    has = [
        any(filled[row][place : place + 1] == [True] for row in inside) for place in range(region.left, region.right)
    ]
    columns = _runs(has)
    if len(columns) > 1:
        parts = [Region(region.top, region.bottom, region.left + start, region.left + end) for start, end in columns]
        return [block for part in parts for block in _inside(filled, part)]
    return [region]


def _inside(filled: Sequence[Sequence[bool]], part: Region) -> list[Region]:
    trimmed = _trimmed(filled, part)
    return _blocks(filled, trimmed) if trimmed else []


def _runs(flags: Sequence[bool]) -> list[tuple[int, int]]:
    """Start and end of each stretch of true flags."""
    found: list[tuple[int, int]] = []
    for place, flag in enumerate(flags):
        if flag and found and found[-1][1] == place:
            found[-1] = (found[-1][0], place + 1)
        elif flag:
            found.append((place, place + 1))
    return found


def _joined(grid: Grid, blocks: Sequence[Region]) -> list[Region]:
    """The blocks; one without a header of its own goes on with the table above it or to its left."""
    tables: list[Region] = []
    for block in blocks:
        above = next((table for table in reversed(tables) if _goes_on(grid, table, block)), None)
        if above is None:
            tables.append(block)
        else:
            tables[tables.index(above)] = above.over(block)
    return tables


def _goes_on(grid: Grid, table: Region, block: Region) -> bool:
    is_below = block.top >= table.bottom and block.left >= table.left and block.right <= table.right
    is_beside = block.left >= table.right and (block.top, block.bottom) == (table.top, table.bottom)
    is_own = _has_header(grid, block) and block.width > 1
    return (is_beside or is_below) and not is_own


def _has_header(grid: Grid, block: Region) -> bool:
    """Whether the first row is all texts, and something below it is not, or it stands where the texts differ."""
    first = [cell for cell in grid[block.top][block.left : block.right] if cell.strip()]
    if len(first) < block.width or any(shape(cell) in TYPED for cell in first):
        return False
    rest = [cell for row in grid[block.top + 1 : block.bottom] for cell in row[block.left : block.right]]
    return any(shape(cell) in TYPED for cell in rest) and len(set(first)) == len(first)
