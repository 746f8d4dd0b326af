"""Decides what each column of a table of texts holds, by looking at every value, and how to convert it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import duckdb

from services.backends.connection import only_row, text
from services.backends.readers.rules import MARKS_TYPED, Rule, allowed, stricter
from services.backends.readers.shapes import MISSING, MISSING_IN_TYPED
from services.facts import Kind
from services.sources import ColumnOptions, ReadOptions

SAMPLE_CELLS = 200_000
SAMPLE_ROWS = 2_000
BATCH_COLUMNS = 100
LONGEST_MARK = max(map(len, MISSING))
THREE_DIGITS = re.compile(r"\d[.,]\d{3}(?!\d)")
"""What may be thousands or decimals: "1,234"."""

SHORT_DATE = re.compile(r"\s*\d{1,2}[-/.]\d{1,2}[-/.](?:\d{2}|\d{4})\s*")
CANONICAL_WHOLE = re.compile(r"0|-?[1-9]\d{0,14}")
WHOLE_DIGITS, MOMENT_CHARS = 15, 19
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
ISO_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}")
UNSETTLED = {"dates": "which number is the day", "decimal": "whether “1,234” is about a thousand or about one"}


@dataclass(frozen=True)
class Reading:
    """The SQL that gives the column's values, and what a person should know about it."""

    sql: str
    notes: tuple[str, ...] = ()
    rule: Rule | None = None
    """None for texts."""
    sample: frozenset[str] = frozenset()
    """Some of its cells."""
    ambiguous: str = ""
    """The option that the cells do not settle: "dates" or "decimal"."""
    told: ColumnOptions = field(default_factory=ColumnOptions)
    has_clock: bool = False
    """Whether dates come with times."""
    kept: Kind | None = None
    """The kind of the values in a file that has kinds of its own, such as a workbook."""


@dataclass(frozen=True)
class Column:
    """A column of texts: its place, the name a person knows, and the rules that may still fit all its cells."""

    place: int
    name: str
    rules: tuple[Rule, ...]
    ambiguous: str = ""
    """What was not settled, where a rule fitted all cells but nothing ruled out another reading."""
    sample: frozenset[str] = frozenset()
    told: ColumnOptions = field(default_factory=ColumnOptions)

    @property
    def cell(self) -> str:
        return f"c{self.place}"

    @property
    def checks(self) -> tuple[str, str, str, str]:
        """Filled cells; then for the first rule: cells that fit it, cells that settle it, values it gives.

        Without a rule: marks of missing values, those that are NA, 0.
        """
        if not self.rules:
            na = f"count(*) FILTER ({self.cell} = 'NA')"
            return f"count({self.cell})", f"count(*) FILTER ({_is_missing(self.cell, MISSING)})", na, "0"
        rule = self.rules[0]
        settled = f"count(*) FILTER (regexp_matches({self.cell}, {text(rule.settled)}))" if rule.settled else "1"
        return f"count({self.cell})", _count(self.cell, rule.loose), settled, f"count({rule.convert(self.cell)})"


@dataclass(frozen=True)
class Wishes:
    """What a person said about columns, and whether a comma in a number is a decimal mark rather than a thousand mark
    for all that is known (cells are set apart by semicolons)."""

    options: ReadOptions = field(default_factory=ReadOptions)
    has_commas: bool = False

    def of(self, name: str) -> ColumnOptions:
        """What holds for a column."""
        own, all_ = self.options.columns.get(name, ColumnOptions()), self.options
        return ColumnOptions(kind=own.kind, decimal=own.decimal or all_.decimal, dates=own.dates or all_.dates)


NO_WISHES = Wishes()


def decide(
    connection: duckdb.DuckDBPyConnection, source: str, names: Mapping[int, str], wishes: Wishes = NO_WISHES
) -> dict[int, Reading]:
    """One reading for each of these columns, c0, c1 …, of the table of texts `source`, which a person knows by name."""
    readings: dict[int, Reading] = {}
    if not names:
        return readings
    open_columns = []
    for first in _first_cells(connection, source, names, wishes):
        column = first if first.sample - MISSING_IN_TYPED else _filled(connection, source, first, wishes)
        if column.told.kind:
            readings[column.place] = _forced(connection, source, column)
        else:
            open_columns.append(column)
    while open_columns:
        again: list[Column] = []
        for start in range(0, len(open_columns), BATCH_COLUMNS):
            batch = open_columns[start : start + BATCH_COLUMNS]
            checks = ", ".join(check for column in batch for check in column.checks)
            found = only_row(connection, f"SELECT {checks} FROM {source}")
            for number, column in enumerate(batch):
                decided = _decide(connection, source, column, found[4 * number : 4 * number + 4])
                if isinstance(decided, Column):
                    again.append(decided)
                else:
                    readings[column.place] = decided
        open_columns = again
    return readings


def guess(
    connection: duckdb.DuckDBPyConnection, source: str, names: Mapping[int, str], wishes: Wishes = NO_WISHES
) -> list[Reading]:
    """Readings by the first rows alone, whose SQL fails on the first later cell that does not bear them out.

    None when the first rows do not settle a column or hold marks of missing values.
    """
    readings = [_guessed(column) for column in _first_cells(connection, source, names, wishes)]
    return [reading for reading in readings if reading] if all(readings) else []


def _guessed(column: Column) -> Reading | None:
    cell, cells = column.cell, column.sample
    if column.told.kind or not cells or cells & MISSING_IN_TYPED or any(map(str.isspace, cells)):
        return None
    if not column.rules:
        is_mark = f"{_is_missing(cell, MISSING)}"
        if column.ambiguous or _orders(cells):
            return None
        return Reading(f"CASE WHEN {is_mark} THEN error({cell}) ELSE {cell} END", sample=cells)
    rule = column.rules[0]
    if rule.settled and not any(re.search(rule.settled, each) for each in cells):
        return None
    if kind := _canonical(rule, cells):
        most = WHOLE_DIGITS if kind == "BIGINT" else MOMENT_CHARS
        is_same = f"strlen({cell}) <= {most} AND CAST({cell} AS {kind})::VARCHAR = {cell}"
        same = f"CASE WHEN {cell} IS NULL OR ({is_same}) THEN CAST({cell} AS {kind})"
        sql, notes = f"{same} ELSE error({cell}) END", _notes(column.name, rule, 0)
        return Reading(sql, notes, rule, cells, told=column.told, has_clock=kind == "TIMESTAMP")
    fits = f"regexp_full_match({cell}, {text(rule.pattern)})"
    kind = ""
    if rule.is_date:
        has_clock = any(":" in each for each in cells)
        kind = "::TIMESTAMP" if has_clock else "::DATE"
        fits += "" if has_clock else f" AND NOT contains({cell}, ':')"
    value = f"coalesce(({rule.sql.replace('{v}', cell)}){kind}, error({cell}))"
    checked = f"CASE WHEN {cell} IS NULL THEN NULL WHEN {fits} THEN {value} ELSE error({cell}) END"
    notes = _notes(column.name, rule, 0)
    return Reading(checked, notes, rule, cells, told=column.told, has_clock=kind == "::TIMESTAMP")


def _canonical(rule: Rule, cells: frozenset[str]) -> str:
    """The SQL kind whose values are written exactly as the cells are, which is checked faster than by their looks."""
    if rule.kind is Kind.INTEGER and not rule.settled and all(map(CANONICAL_WHOLE.fullmatch, cells)):
        return "BIGINT"
    if rule.kind is Kind.DATE and all(map(ISO_DATE.fullmatch, cells)):
        return "DATE"
    return "TIMESTAMP" if rule.kind is Kind.DATE and all(map(ISO_MOMENT.fullmatch, cells)) else ""


def quoted(name: str) -> str:
    """A name in SQL."""
    return '"' + name.replace('"', '""') + '"'


def _first_cells(
    connection: duckdb.DuckDBPyConnection, source: str, names: Mapping[int, str], wishes: Wishes
) -> list[Column]:
    """Each column with some of its first cells, and the rules that these fit."""
    rows = max(50, min(SAMPLE_ROWS, SAMPLE_CELLS // len(names)))
    cells = ", ".join(f"c{place}" for place in names)
    sample = connection.sql(f"SELECT {cells} FROM {source} LIMIT {rows}").to_arrow_table()
    columns = []
    for (place, name), column in zip(names.items(), sample.columns, strict=True):
        seen = frozenset(cell for cell in column.to_pylist() if cell is not None)
        told = wishes.of(name)
        columns.append(Column(place, name, _chances(seen, told, wishes.has_commas), sample=seen, told=told))
    return columns


def _filled(connection: duckdb.DuckDBPyConnection, source: str, column: Column, wishes: Wishes) -> Column:
    """A column whose first cells say nothing, with some later ones; where none says anything, it holds texts.

    Otherwise every rule would fit, and a look at all rows go to each of them.
    """
    cell, marks = column.cell, text(rf"\s*(?:{MARKS_TYPED}|)\s*")
    later = f"SELECT {cell} FROM {source} WHERE {cell} IS NOT NULL AND NOT regexp_full_match({cell}, {marks}) LIMIT 100"
    found = frozenset(value for (value,) in connection.execute(later).fetchall())
    rules = _chances(found, column.told, wishes.has_commas) if found else ()
    return replace(column, rules=rules, sample=found or column.sample)


def _chances(seen: frozenset[str], told: ColumnOptions, has_commas: bool) -> tuple[Rule, ...]:
    """The rules that every cell of the sample fits."""
    rules = allowed(told)
    found = tuple(rule for rule in rules if all(map(rule.matches, seen)))
    return tuple(map(stricter, found)) if has_commas and not told.decimal else found


def _decide(
    connection: duckdb.DuckDBPyConnection, source: str, column: Column, found: Sequence[int]
) -> Reading | Column:
    """The reading, or the column with the rule that failed taken away."""
    if not column.rules:
        return _text_reading(connection, source, column, found)
    cells, fitting, settled, values = found
    rule = column.rules[0]
    fits = fitting == cells and values > 0
    if fits and settled and (values == cells or not rule.is_date or _all_convert(connection, source, column, values)):
        value = _typed_value(connection, source, rule, column.cell)
        notes = _notes(column.name, rule, cells - values)
        has_clock = value.endswith("::TIMESTAMP")
        return Reading(value, notes, rule, column.sample, told=column.told, has_clock=has_clock)
    ambiguous = _unsettled(rule, column.sample) if fits and not settled else ""
    return replace(column, rules=column.rules[1:], ambiguous=column.ambiguous or ambiguous)


def _unsettled(rule: Rule, sample: frozenset[str]) -> str:
    """The option that would settle how to read the cells."""
    if rule.is_date:
        return "dates"
    return "decimal" if rule.decimal and any(map(THREE_DIGITS.search, sample)) else ""


def _orders(cells: Iterable[str]) -> bool:
    """Whether the cells look like dates in numbers that no rule reads by itself."""
    return all(map(SHORT_DATE.fullmatch, cells))


SQL_KINDS = {
    Kind.INTEGER: "BIGINT",
    Kind.DECIMAL: "DOUBLE",
    Kind.BOOLEAN: "BOOLEAN",
    Kind.DATE: "DATE",
    Kind.DATETIME: "TIMESTAMP",
    Kind.TIME: "TIME",
}


def _forced(connection: duckdb.DuckDBPyConnection, source: str, column: Column) -> Reading:
    """The column as the kind a person wants; cells that are none are missing, and counted."""
    kind, cell = column.told.kind, column.cell
    rules = allowed(column.told) if kind in SQL_KINDS else ()
    fits = {rule: sum(rule.matches(each) is not None for each in column.sample) for rule in rules}
    best = max(fits, key=lambda rule: fits[rule], default=None)
    if kind is None or best is None or not fits[best]:
        sure = () if kind is Kind.TEXT else (f"“{column.name}” was left as text: no cell can be read as {kind}.",)
        return Reading(cell, sure, None, column.sample, told=column.told)
    is_open = best.settled and not any(re.search(best.settled, each) for each in column.sample)
    if is_open and (ambiguous := _unsettled(best, column.sample)):
        note = f"“{column.name}” was left as text: it does not show {UNSETTLED[ambiguous]}."
        return Reading(cell, (note,), None, column.sample, ambiguous, column.told)
    marks = text(rf"\s*(?:{MARKS_TYPED}|)\s*")
    found = best.convert(cell)
    if kind is Kind.INTEGER and best.kind is Kind.DECIMAL:
        found = f"CASE WHEN ({found}) = floor({found}) THEN {found} END"
    sql = f"CASE WHEN regexp_full_match({cell}, {text(best.loose)}) THEN TRY_CAST({found} AS {SQL_KINDS[kind]}) END"
    where = f"{cell} IS NOT NULL AND NOT regexp_full_match({cell}, {marks}) AND ({sql}) IS NULL"
    lost, one = only_row(connection, f"SELECT count(*), min({cell}) FROM {source} WHERE {where}")
    told = f"In “{column.name}”, {lost:,} cells are missing because they cannot be read as {kind}, such as “{one}”."
    return Reading(sql, (told[:300],) if lost else (), best, column.sample, told=column.told)


def _all_convert(connection: duckdb.DuckDBPyConnection, source: str, column: Column, values: int) -> bool:
    """Whether every date exists, the marks of missing values aside: there is no 31 February."""
    marks = _count(column.cell, rf"\s*(?:{MARKS_TYPED}|)\s*")
    (filled,) = only_row(connection, f"SELECT count({column.cell}) - {marks} FROM {source}")
    return bool(filled == values)


def _typed_value(connection: duckdb.DuckDBPyConnection, source: str, rule: Rule, cell: str) -> str:
    value = rule.convert(cell)
    if not rule.is_date:
        return value
    (clocks,) = only_row(connection, f"SELECT count(*) FILTER (contains({cell}, ':')) FROM {source}")
    return f"({value})::{'TIMESTAMP' if clocks else 'DATE'}"


def _text_reading(connection: duckdb.DuckDBPyConnection, source: str, column: Column, found: Sequence[int]) -> Reading:
    _, marks, na, _ = found
    keeps_na = na > 0 and _are_codes(connection, source, column.cell)
    missing = MISSING - {"NA"} if keeps_na else MISSING
    notes = _missing_note(column.name, marks - (na if keeps_na else 0))
    ambiguous = column.ambiguous or ("dates" if column.sample and _orders(column.sample - MISSING_IN_TYPED) else "")
    if ambiguous:
        notes = (*notes, f"“{column.name}” was left as text: it does not show {UNSETTLED[ambiguous]}.")
    sql = f"CASE WHEN {_is_missing(column.cell, missing)} THEN NULL ELSE {column.cell} END" if marks else column.cell
    return Reading(sql, notes, None, column.sample, ambiguous, column.told)


def _are_codes(connection: duckdb.DuckDBPyConnection, source: str, cell: str) -> bool:
    """Whether the column holds short codes in capitals, such as continents, where NA is one of them."""
    others = f"NOT {_is_missing(cell, MISSING)}"
    codes = f"count(*) FILTER (regexp_full_match({cell}, '[A-Z]{{2,3}}'))"
    filled, found = only_row(connection, f"SELECT count({cell}), {codes} FROM {source} WHERE {others}")
    return bool(0 < filled == found)


def _is_missing(cell: str, marks: frozenset[str]) -> str:
    """SQL: the text is one of the marks or holds only blanks, all of which sort before "!"."""
    return (
        f"((strlen({cell}) <= {LONGEST_MARK} AND {cell} IN ({', '.join(text(mark) for mark in sorted(marks))})) "
        f"OR ({cell} < '!' AND regexp_full_match({cell}, '\\s+')))"
    )


def _count(cell: str, pattern: str) -> str:
    """SQL: the number of cells that match."""
    return f"count(*) FILTER (regexp_full_match({cell}, {text(pattern)}))"


def _notes(name: str, rule: Rule, missing: int) -> tuple[str, ...]:
    told = (f"In “{name}”, {rule.note}.",) if rule.note else ()
    return (*told, *_missing_note(name, missing))


def _missing_note(name: str, number: int) -> tuple[str, ...]:
    if not number:
        return ()
    cells = "1 cell such as “N/A” was" if number == 1 else f"{number:,} cells such as “N/A” were"
    return (f"In “{name}”, {cells} read as missing.",)
