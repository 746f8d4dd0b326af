"""Decides what each column of a table of texts holds, by looking at every value, and how to convert it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from services.backends.connection import only_row, text
from services.backends.readers.rules import MARKS_TYPED, RULES, Rule
from services.backends.readers.shapes import MISSING, MISSING_IN_TYPED

SAMPLE_CELLS = 200_000
SAMPLE_ROWS = 2_000
BATCH_COLUMNS = 100
LONGEST_MARK = max(map(len, MISSING))


@dataclass(frozen=True)
class Reading:
    """The SQL that gives the column's values, and what a person should know about it."""

    sql: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Column:
    """A column of texts: its place, the name a person knows, and the rules that may still fit all its cells."""

    place: int
    name: str
    rules: tuple[Rule, ...]
    is_ambiguous: bool = False
    """Whether a rule fitted all cells but nothing ruled out another reading."""

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


def decide(connection: duckdb.DuckDBPyConnection, source: str, names: Mapping[int, str]) -> dict[int, Reading]:
    """One reading for each of these columns, c0, c1 …, of the table of texts `source`, which a person knows by name."""
    readings: dict[int, Reading] = {}
    if not names:
        return readings
    open_columns = _sampled(connection, source, names)
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


def guess(connection: duckdb.DuckDBPyConnection, source: str, names: Mapping[int, str]) -> list[Reading]:
    """Readings by the first rows alone, whose SQL fails on the first later cell that does not bear them out.

    None when the first rows do not settle a column or hold marks of missing values.
    """
    readings = [_guessed(column, cells) for column, cells in _first_cells(connection, source, names)]
    return [reading for reading in readings if reading] if all(readings) else []


def _guessed(column: Column, cells: set[str]) -> Reading | None:
    cell = column.cell
    if not cells or cells & MISSING_IN_TYPED or any(map(str.isspace, cells)):
        return None
    if not column.rules:
        is_mark = f"{_is_missing(cell, MISSING)}"
        return Reading(f"CASE WHEN {is_mark} THEN error({cell}) ELSE {cell} END")
    rule = column.rules[0]
    if rule.settled and not any(re.search(rule.settled, each) for each in cells):
        return None
    fits = f"regexp_full_match({cell}, {text(rule.pattern)})"
    kind = ""
    if rule.is_date:
        has_clock = any(":" in each for each in cells)
        kind = "::TIMESTAMP" if has_clock else "::DATE"
        fits += "" if has_clock else f" AND NOT contains({cell}, ':')"
    value = f"coalesce(({rule.sql.replace('{v}', cell)}){kind}, error({cell}))"
    checked = f"CASE WHEN {cell} IS NULL THEN NULL WHEN {fits} THEN {value} ELSE error({cell}) END"
    return Reading(checked, _notes(column.name, rule, 0))


def quoted(name: str) -> str:
    """A name in SQL."""
    return '"' + name.replace('"', '""') + '"'


def _sampled(connection: duckdb.DuckDBPyConnection, source: str, names: Mapping[int, str]) -> list[Column]:
    return [column for column, _ in _first_cells(connection, source, names)]


def _first_cells(
    connection: duckdb.DuckDBPyConnection, source: str, names: Mapping[int, str]
) -> list[tuple[Column, set[str]]]:
    """Each column with the rules that its first cells fit, and those cells."""
    rows = max(50, min(SAMPLE_ROWS, SAMPLE_CELLS // len(names)))
    cells = ", ".join(f"c{place}" for place in names)
    sample = connection.sql(f"SELECT {cells} FROM {source} LIMIT {rows}").to_arrow_table()
    seen = [{cell for cell in column.to_pylist() if cell is not None} for column in sample.columns]
    return [
        (Column(place, name, _chances(cells)), cells) for (place, name), cells in zip(names.items(), seen, strict=True)
    ]


def _chances(seen: set[str]) -> tuple[Rule, ...]:
    """The rules that every cell of the sample fits."""
    return tuple(rule for rule in RULES if all(map(rule.matches, seen)))


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
        return Reading(_typed_value(connection, source, rule, column.cell), _notes(column.name, rule, cells - values))
    is_ambiguous = column.is_ambiguous or (fits and rule.is_date and not settled)
    return Column(column.place, column.name, column.rules[1:], is_ambiguous)


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
    if column.is_ambiguous:
        notes = (*notes, f"“{column.name}” was left as text: it does not show which number is the day.")
    sql = f"CASE WHEN {_is_missing(column.cell, missing)} THEN NULL ELSE {column.cell} END" if marks else column.cell
    return Reading(sql, notes)


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
