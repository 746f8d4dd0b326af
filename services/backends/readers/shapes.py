"""What a cell looks like by itself."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from enum import StrEnum

MISSING = frozenset(
    {"", "NA", "N/A", "n/a", "#N/A", "#NA", "<NA>", "NaN", "nan", "-nan", "-NaN", "NULL", "null", "#N/A N/A"}
)
"""Cells that mean "no value" in any column (those pandas knows, without "None", which is often a value)."""

MISSING_IN_TYPED = MISSING | {"None", "none", "-", "--", "?", ".", "N.A.", "na", "Null", "NAN"}
"""Cells that mean "no value" in a column that otherwise holds only numbers, dates or booleans."""

NUMBER = re.compile(r"[+-]?\(?[$€£¥]? ?(?:\d[\d,. ']*|\.\d+)(?:[eE][+-]?\d+)? ?[%€$£]?\)?")
DATE = re.compile(
    r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|\d{1,2}[- ][A-Za-z]{3,9}[- ,]{1,2}\d{2,4}"
    r"|[A-Za-z]{3,9} \d{1,2},? \d{4})(?:[T ]\d{1,2}:\d{2}.{0,20})?"
)
TIME = re.compile(r"\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[AaPp][Mm])?")
URL = re.compile(r"(?:https?://|www\.)\S+|[\w.+-]+@[\w-]+\.[\w.-]+")
SURE_SHARE = 0.9


class Shape(StrEnum):
    EMPTY = "empty"
    NUMBER = "number"
    DATE = "date"
    TIME = "time"
    BOOLEAN = "boolean"
    URL = "url"
    TEXT = "text"


def shape(cell: str) -> Shape:
    """The shape of one cell; cells longer than 60 characters are text or addresses."""
    cell = cell.strip()
    if cell in MISSING_IN_TYPED:
        return Shape.EMPTY
    if len(cell) <= 60:
        for found, pattern in ((Shape.DATE, DATE), (Shape.TIME, TIME), (Shape.NUMBER, NUMBER)):
            if pattern.fullmatch(cell):
                return found
        if cell.lower() in ("true", "false"):
            return Shape.BOOLEAN
    return Shape.URL if URL.fullmatch(cell) else Shape.TEXT


def common_shape(cells: Iterable[str]) -> Shape:
    """The shape of nine tenths of the filled cells; TEXT when there is none, EMPTY without filled cells."""
    counts = Counter(map(shape, cells))
    filled = counts.total() - counts[Shape.EMPTY]
    if not filled:
        return Shape.EMPTY
    del counts[Shape.EMPTY]
    found, number = counts.most_common(1)[0]
    return found if number >= SURE_SHARE * filled else Shape.TEXT


def column_shapes(rows: Sequence[Sequence[str]], width: int) -> list[Shape]:
    """One shape per column, from the rows of that width."""
    whole = [row for row in rows if len(row) == width]
    return [common_shape(row[place] for row in whole) for place in range(width)]
