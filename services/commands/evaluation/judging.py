"""Whether an answer is right: the rules of the three sets, which leave order, names of columns and writing aside."""

from __future__ import annotations

import itertools
import math
import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from sandbox.messages import Output, Table, Value
from services.assistant.builtin.writing.seen import rows_of
from services.commands.evaluation.cases import Case, Form

CLOSE: Final = 1e-6
WIDE: Final = 12
"""Most columns of an answer among which the right ones are looked for."""
_NUMBER: Final = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_GROUPED: Final = re.compile(r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_DAY: Final = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)(?:[T ]00:00(?::00(?:\.0+)?)?)?")
_MARK: Final = re.compile(r"@(\w+)\[(.*?)\]")


def is_right(case: Case, outputs: Sequence[Output], text: str) -> bool:
    """Whether the outputs, or the marks in the text, are the known answer."""
    if case.form is Form.MARKS:
        return marks_match(text, case.gold)
    rows = cells(outputs)
    if case.form is Form.LIST:
        return lists_match(listed(outputs, rows), case.gold)
    return bool(rows) and rows_match(rows, case.gold)


def cells(outputs: Sequence[Output]) -> list[list[Any]]:
    """The rows of the first table that is shown, or the values, one a row."""
    shown = [output for output in outputs if not output.name.startswith("_")]
    table = next((output for output in shown if isinstance(output, Table)), None)
    if table is not None:
        return [[_cell(value) for value in row.values()] for row in rows_of(table)]
    return [[_cell(output.value)] for output in shown if isinstance(output, Value)]


def listed(outputs: Sequence[Output], rows: Sequence[Sequence[Any]]) -> list[str]:
    """The answer as a list: the value, or the first column of the table."""
    values = [one.value for one in outputs if isinstance(one, Value) and not one.name.startswith("_")]
    if len(values) == 1 and isinstance(values[0], list):
        return [str(_cell(one)) for one in values[0]]
    if len(values) == 1 and not isinstance(values[0], dict):
        return [str(values[0])]
    return [str(row[0]) for row in rows]


def _cell(value: Any) -> Any:
    return value.isoformat().replace("T", " ") if isinstance(value, date) else value


def plain(value: Any) -> Any:
    """A cell in a form to compare: numbers as float, days as ISO text, texts folded."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return float(value)
    text = unicodedata.normalize("NFKC", str(value)).strip()
    digits = text.replace(",", "") if _GROUPED.fullmatch(text) else text
    if _NUMBER.fullmatch(digits):
        return float(digits)
    if day := _DAY.fullmatch(text):
        return f"{day[1]}-{int(day[2]):02}-{int(day[3]):02}"
    return " ".join(text.split()).casefold()


def same(one: Any, two: Any, decimals: int = 2) -> bool:
    """Whether two cells are equal, within rounding to so many decimals."""
    one, two = plain(one), plain(two)
    if isinstance(one, float) and isinstance(two, float):
        return abs(one - two) <= max(CLOSE * max(1.0, abs(one), abs(two)), 0.51 * 10.0**-decimals)
    if isinstance(one, float) or isinstance(two, float):
        number, text = (one, two) if isinstance(one, float) else (two, one)
        return bool(text in (f"{number:g}", f"{number:g}-01-01"))
    return bool(one == two)


def rows_match(found: Sequence[Sequence[Any]], wanted: Sequence[Sequence[Any]]) -> bool:
    """Whether some of the columns found, in some order, are the rows wanted, in any order."""
    if not wanted or len(found) != len(wanted):
        return not wanted and not found
    width, wide = len(wanted[0]), len(found[0])
    if wide < width or wide > WIDE:
        return False
    picks = itertools.permutations(range(wide), width)
    return any(_equal([[row[at] for at in pick] for row in found], wanted) for pick in picks)


def _equal(found: Sequence[Sequence[Any]], wanted: Sequence[Sequence[Any]]) -> bool:
    pairs = zip(sorted(found, key=_place), sorted(wanted, key=_place), strict=True)
    return all(len(one) == len(two) and all(map(same, one, two)) for one, two in pairs)


def _place(row: Sequence[Any]) -> tuple[tuple[int, float, str], ...]:
    values = (plain(value) for value in row)
    return tuple((0, round(value, 3), "") if isinstance(value, float) else (1, 0.0, value) for value in values)


def lists_match(found: Sequence[str], wanted: Sequence[Any]) -> bool:
    """Whether both hold the same items, remarks in brackets at their end aside."""
    left = [_bare(item) for item in wanted]
    for item in found:
        hit = next((each for each in left if same(_bare(item), each, decimals=6)), None)
        if hit is None:
            return False
        left.remove(hit)
    return not left


def _bare(item: Any) -> str:
    text = unicodedata.normalize("NFKD", str(item)).translate({0x2019: "'", 0x2013: "-", 0x2014: "-"}).strip()
    return re.sub(r"(?<!^)\s*\([^)]*\)$|\[[^\]]*\]", "", text).strip(" \"'.")


def marks_match(text: str, wanted: Sequence[Sequence[Any]]) -> bool:
    """Whether the text holds every `@name[value]`."""
    said = dict(_MARK.findall(text))
    return bool(wanted) and all(_is_said(said.get(str(name)), str(value)) for name, value in wanted)


def _is_said(said: str | None, wanted: str) -> bool:
    if said is None:
        return False
    try:
        return abs(float(said) - float(wanted)) < CLOSE
    except ValueError:
        return said.strip() == wanted.strip()
