"""What was found out about a file, and why, for a person to check and change."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from services.backends.readers.columns import Reading
from services.backends.readers.shapes import MISSING_IN_TYPED, Shape, shape
from services.facts import Kind
from services.sources import Choice, DateOrder, Detected

MOST_COLUMNS: Final = 300
"""Columns whose kinds are explained; beyond, nobody reads on."""
SHOWN_CHARS: Final = 40
ID: Final = re.compile(r"0\d+")
LONG: Final = re.compile(r"\d{16,}")
DATE: Final = re.compile(r"\s*(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4})")

KINDS: Final = {
    Kind.TEXT: "text",
    Kind.INTEGER: "whole number",
    Kind.DECIMAL: "number",
    Kind.DATE: "date",
    Kind.DATETIME: "date and time",
    Kind.TIME: "time of day",
    Kind.BOOLEAN: "yes or no",
}
KIND_CHOICES: Final = tuple(Choice(value=kind, label=label) for kind, label in KINDS.items())
DECIMALS: Final = (Choice(value=".", label="point (1,234.5)"), Choice(value=",", label="comma (1.234,5)"))
ORDERS: Final = {
    DateOrder.DAY_FIRST: "day first (31/12/2024)",
    DateOrder.MONTH_FIRST: "month first (12/31/2024)",
    DateOrder.YEAR_FIRST: "year first (2024/12/31)",
}


def of_columns(names: Sequence[str], readings: Iterable[Reading]) -> list[Detected]:
    """Each column's kind, and the decimal marks and orders of dates, settled or to be asked."""
    found: list[Detected] = []
    for name, reading in list(zip(names, readings, strict=True))[:MOST_COLUMNS]:
        found.append(_kind(name, reading))
        found += _decimal(name, reading)
        found += _dates(name, reading)
    return found


def kind_of(reading: Reading) -> Kind:
    """The kind the column is read as."""
    if reading.kept is not None:
        return reading.kept
    if reading.rule is None:
        return Kind.TEXT
    if reading.told.kind:
        return reading.told.kind
    return Kind.DATETIME if reading.has_clock else reading.rule.kind


def _kind(name: str, reading: Reading) -> Detected:
    kind, is_told = kind_of(reading), reading.told.kind is not None
    why, is_sure = ("You chose this.", True) if is_told else _why(reading, kind)
    return Detected(
        option="kind",
        column=name,
        value=kind,
        label=KINDS.get(kind, kind),
        evidence=why,
        is_sure=is_sure,
        is_told=is_told,
        choices=KIND_CHOICES,
    )


def _why(reading: Reading, kind: Kind) -> tuple[str, bool]:
    """Why a column is of its kind, and whether that is sure."""
    if reading.kept is not None:
        return f"The file itself says so: every filled cell is a {KINDS[kind]}.", True
    cells = _by_length(reading.sample - MISSING_IN_TYPED)
    if reading.rule is not None:
        shown = f", such as “{short(cells[-1])}”" if cells else ""
        note = f" {reading.rule.note[0].upper()}{reading.rule.note[1:]}." if reading.rule.note else ""
        return f"Every filled cell is a {KINDS[kind]}{shown}.{note}", True
    if not cells:
        return "No cell is filled.", False
    if found := next((cell for cell in cells if ID.fullmatch(cell.strip())), None):
        return f"“{short(found)}” begins with a zero: these are codes, not numbers.", True
    if found := next((cell for cell in cells if LONG.fullmatch(cell.strip())), None):
        return f"“{short(found)}” has more digits than a number keeps: these are codes.", True
    shapes = {cell: shape(cell) for cell in cells}
    typed = [cell for cell, each in shapes.items() if each in (Shape.NUMBER, Shape.DATE)]
    other = next((cell for cell, each in shapes.items() if each not in (Shape.NUMBER, Shape.DATE)), None)
    if other is not None and len(typed) >= 0.8 * len(cells):
        return f"Most cells are numbers or dates, but not all: “{short(other)}”.", False
    return f"The cells are words, such as “{short(cells[0])}”.", not reading.ambiguous


def _decimal(name: str, reading: Reading) -> list[Detected]:
    if reading.ambiguous == "decimal" and not reading.told.decimal:
        one = next((cell for cell in sorted(reading.sample) if re.search(r"\d[.,]\d{3}(?!\d)", cell)), "1,234")
        ask = f"In “{short(name)}”, is “{short(one)}” more than a thousand, or a number with three decimals?"
        return [_asked("decimal", name, ask, "No cell has both marks or another number of digits.", DECIMALS)]
    if reading.rule is None or not reading.rule.decimal or not any(re.search(r"[.,]", c) for c in reading.sample):
        return []
    mark = reading.rule.decimal
    one = next((cell for cell in reversed(_by_length(reading.sample)) if mark in cell), "")
    shown = f"“{short(one)}” has it." if one else f"Other marks stand between thousands, as in “{_any(reading)}”."
    return [_settled("decimal", name, mark, DECIMALS, shown, is_told=bool(reading.told.decimal))]


def _dates(name: str, reading: Reading) -> list[Detected]:
    if reading.ambiguous == "dates" and not reading.told.dates:
        cells = sorted(reading.sample - MISSING_IN_TYPED)
        possible = [order for order in DateOrder if cells and all(is_date(cell, order) for cell in cells)]
        if len(possible) < 2:
            return []
        choices = tuple(Choice(value=order, label=f"{ORDERS[order]}: {said(cells[0], order)}") for order in possible)
        meanings = " or ".join(said(cells[0], order) for order in possible)
        ask = f"In “{short(name)}”, is “{short(cells[0])}” {meanings}?"
        return [_asked("dates", name, ask, "No cell rules out the other way to read it.", choices)]
    if reading.rule is None or reading.rule.dates is None:
        return []
    order, rule = reading.rule.dates, reading.rule
    proof = next((cell for cell in sorted(reading.sample) if _only(cell, order)), "")
    shown = f"“{short(proof)}” cannot be read otherwise." if proof else f"{rule.note.capitalize()}."
    choices = tuple(Choice(value=each, label=label) for each, label in ORDERS.items())
    return [_settled("dates", name, order, choices, shown, is_told=bool(reading.told.dates))]


def _asked(option: str, name: str, question: str, evidence: str, choices: tuple[Choice, ...]) -> Detected:
    return Detected(
        option=option,
        column=name,
        value="",
        label="not known",
        evidence=evidence,
        is_sure=False,
        question=question,
        choices=choices,
    )


def _settled(
    option: str, name: str, value: str, choices: tuple[Choice, ...], evidence: str, *, is_told: bool
) -> Detected:
    label = next((choice.label for choice in choices if choice.value == value), value)
    evidence = "You chose this." if is_told else evidence
    return Detected(
        option=option, column=name, value=value, label=label, evidence=evidence, is_told=is_told, choices=choices
    )


def _any(reading: Reading) -> str:
    return short(next(reversed(_by_length(reading.sample)), ""))


def _by_length(cells: Iterable[str]) -> list[str]:
    return sorted(cells, key=lambda cell: (len(cell), cell))


def is_date(cell: str, order: DateOrder) -> bool:
    """Whether the numbers of a date make sense in that order."""
    return (parts := _parts(cell, order)) is not None and 1 <= parts[1] <= 12 and 1 <= parts[0] <= 31


def said(cell: str, order: DateOrder) -> str:
    """The day in words: "1 February 2024"."""
    parts = _parts(cell, order)
    if parts is None:
        return cell
    day, month, year = parts
    return f"{day} {MONTHS[month - 1]} {year if year > 99 else 2000 + year if year < 69 else 1900 + year}"


def _parts(cell: str, order: DateOrder) -> tuple[int, int, int] | None:
    """Day, month and year; None where the order does not fit the lengths."""
    if (found := DATE.match(cell)) is None:
        return None
    first, second, third = found.groups()
    if (len(first) > 2) != (order is DateOrder.YEAR_FIRST) and (len(first) > 2 or len(third) > 2):
        return None
    one, two, three = int(first), int(second), int(third)
    day_month_year = {
        DateOrder.DAY_FIRST: (one, two, three),
        DateOrder.MONTH_FIRST: (two, one, three),
        DateOrder.YEAR_FIRST: (three, two, one),
    }
    return day_month_year[order]


def _only(cell: str, order: DateOrder) -> bool:
    return [each for each in DateOrder if is_date(cell, each)] == [order]


def short(cell: str) -> str:
    """The cell on one line, cut."""
    line = " ".join(cell.split())
    return line if len(line) <= SHOWN_CHARS else line[: SHOWN_CHARS - 1] + "…"


MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
