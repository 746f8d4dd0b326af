"""Dates that can be misread, and dates and numbers that are kept as text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from services.code.detectors.idea import Column, Idea, Table, number_of, quoted, replaced
from services.code.steps.cast import CastColumn
from services.code.steps.dates import SettleDates
from services.code.steps.numbers import UNITS, NumberFromText
from services.code.steps.values import ReplaceValues

SHORT_DATE: Final = re.compile(r"\s*(\d{1,2})[-/.](\d{1,2})[-/.](\d{1,2})\s*")
LONG_DATE: Final = re.compile(
    r"\s*(\d{1,2}[-/.]\d{1,2}[-/.]\d{4}|\d{4}[-/.]\d{1,2}[-/.]\d{1,2})([ T]\d{1,2}:\d\d(:\d\d)?)?\s*"
)
NUMBER: Final = re.compile(r"\s*[-+(]?\s*[$€£]?\s*(\d+|\d{1,3}(,\d{3})+)(\.\d+)?\s*(%|[a-zA-Z€]{1,4}\.?)?\s*\)?\s*")
WITH_UNIT: Final = re.compile(r"\s*([-+]?\d+(?:[.,]\d+)*)\s*(%|[a-zA-Z]{1,7}\.?|)\s*")
PLAIN: Final = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?")
MOST: Final = 0.9
CODE: Final = 4
"""Digits from which numbers of one length are codes, such as postcodes."""
HABIT: Final = 0.05
"""Share of the values that must have what may be a unit, where nobody knows it as one."""
KNOWN: Final = frozenset({"%"}.union(*UNITS.values()))


def find(table: Table) -> tuple[list[Idea], Table]:
    ideas: list[Idea] = []
    for column in table.columns:
        if column.kind == "text" and column.filled >= 10:
            for idea, changed in _units(column):
                ideas.append(idea)
                column = changed
                table = table.with_column(changed)
            ideas += [*_settled(column), *_dates(column), *_numbers(column)]
    return ideas, table


def _share(column: Column, form: re.Pattern[str]) -> float:
    return sum(rows for text, rows in column.counts.items() if form.fullmatch(text)) / column.filled


def _settled(column: Column) -> Iterator[Idea]:
    """Two-digit years that could be days, in columns in which the order of the parts is known."""
    if _share(column, SHORT_DATE) < MOST:
        return
    parts = [
        (tuple(map(int, match.groups())), rows)
        for text, rows in column.counts.items()
        if (match := SHORT_DATE.fullmatch(text))
    ]
    order = _order([each for each, _ in parts])
    if not order:
        return
    new = {text: iso for text in column.counts if (iso := settled(text, order))}
    if not new:
        return
    cells, examples = replaced(column, dict(new))
    yield Idea(
        kind="ambiguous dates",
        columns=(column.name,),
        title=f"Write {number_of(len(cells), 'date')} of {quoted(column.name)} that can be misread with the year first",
        reason="With a year of two digits that could be a day, these dates mean different days to different readers "
        f"and programs. The others of the column show the order: {order}.",
        confidence=0.55,
        step=SettleDates(columns=(column.name,), order=order),
        cells=tuple(cells),
        examples=examples,
        rows=len(cells),
    )


def _order(parts: list[tuple[int, ...]]) -> str:
    """The order that fits every date, when only one does."""
    fits = []
    for name, (year, month, day) in {"month first": (2, 0, 1), "day first": (2, 1, 0), "year first": (0, 1, 2)}.items():
        if all(1 <= each[month] <= 12 and 1 <= each[day] <= 31 for each in parts) and any(
            each[year] > 31 for each in parts
        ):
            fits.append(name)
    return fits[0] if len(fits) == 1 else ""


def settled(text: str, order: str) -> str | None:
    """The date with the year first, where it can be read in several ways."""
    match = SHORT_DATE.fullmatch(text)
    if not match:
        return None
    parts = [int(each) for each in match.groups()]
    year, month, day = {"month first": (2, 0, 1), "day first": (2, 1, 0), "year first": (0, 1, 2)}[order]
    if not 1 <= parts[year] <= 31 or sum(each <= 12 for each in parts) < 2 or len(set(parts)) == 1:
        return None
    return f"{2000 + parts[year]}-{parts[month]:02}-{parts[day]:02}"


def _units(column: Column) -> Iterator[tuple[Idea, Column]]:
    """Numbers of which some have a unit behind them, or all have it in several spellings."""
    parts = {text: match for text in column.counts if (match := WITH_UNIT.fullmatch(text))}
    if sum(column.counts[text] for text in parts) < MOST * column.filled:
        return
    units = Counter[str]()
    for text, match in parts.items():
        units[match[2]] += column.counts[text]
    same = {unit.casefold().strip(". ") for unit in units if unit}
    known = same <= KNOWN or sum(rows for unit, rows in units.items() if unit) >= HABIT * column.filled
    if len(units) < 2 or len(same) > 3 or not known or (len(same) > 1 and _are_different(same)):
        return
    new = {text: match[1] for text, match in parts.items() if match[2]}
    cells, examples = replaced(column, dict(new))
    yield (
        Idea(
            kind="units",
            columns=(column.name,),
            title=f"Keep the number alone in {number_of(len(cells), 'cell')} of {quoted(column.name)}",
            reason=f"The unit is written in {number_of(len(units), 'way')}: "
            + ", ".join(f"{quoted(unit) if unit else 'none'} ({rows:,})" for unit, rows in units.most_common(4))
            + ".",
            confidence=0.7,
            step=ReplaceValues(columns=(column.name,), values=dict(new)),
            cells=tuple(cells),
            examples=examples,
            rows=len(cells),
        ),
        column.changed(dict(new)),
    )


def _are_different(units: set[str]) -> bool:
    """Whether two of the units have different factors: then dropping them would lose something."""
    return any(len({factors[unit] for unit in units if unit in factors}) > 1 for factors in UNITS.values())


def _dates(column: Column) -> Iterator[Idea]:
    share = _share(column, LONG_DATE)
    if share < MOST or len(column.counts) < 2:
        return
    with_time = any(":" in text for text in column.counts)
    yield Idea(
        kind="dates as text",
        columns=(column.name,),
        title=f"Read {quoted(column.name)} as dates",
        reason=f"{share:.1%} of the values are dates; as text they cannot be put in order or grouped by month.",
        confidence=0.9 if share == 1 else 0.7,
        step=CastColumn(column=column.name, to="datetime" if with_time else "date", unreadable="missing"),
        effect="form",
        rows=column.filled,
    )


def _numbers(column: Column) -> Iterator[Idea]:
    share = _share(column, NUMBER)
    lengths = {len(text) for text in column.counts if text.isdigit()}
    if lengths and len(lengths) == 1 and min(lengths) >= CODE:
        return
    leads = any(len(text) > 1 and text.strip()[:1] == "0" and text.strip().isdigit() for text in column.counts)
    if share < MOST or leads or len(column.counts) < 2:
        return
    is_plain = _share(column, PLAIN) == share
    step = (
        CastColumn(column=column.name, to="decimal", unreadable="missing")
        if is_plain
        else NumberFromText(columns=(column.name,))
    )
    yield Idea(
        kind="numbers as text",
        columns=(column.name,),
        title=f"Read {quoted(column.name)} as numbers",
        reason=f"{share:.1%} of the values are numbers; as text they cannot be added or averaged.",
        confidence=0.9 if share == 1 else 0.7,
        step=step,
        effect="form",
        rows=column.filled,
    )
