"""Decides what each column of a table of texts holds, by looking at every value, and how to convert it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from services.backends.connection import only_row, text
from services.backends.readers.shapes import MISSING, MISSING_IN_TYPED

SAMPLE_CELLS = 200_000
SAMPLE_ROWS = 2_000
BATCH_COLUMNS = 100

SIGN = "[+-]?"
WHOLE = r"(?:0|[1-9]\d*)"
EXPONENT = r"(?:[eE][+-]?\d{1,3})?"
CLOCK = r"\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?"
CLOCK_12 = r"(?: \d{1,2}:\d{2}(?::\d{2})?(?: ?[AaPp][Mm])?)?"
CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")


@dataclass(frozen=True)
class Rule:
    """A way to read texts: what they must look like, and the SQL that converts the text `{v}`.

    `settled` must be found in at least one value of the column: it rules out the other reading of the same texts.
    """

    pattern: str
    sql: str
    settled: str = ""
    is_date: bool = False
    note: str = ""


def _dates(formats: Sequence[str], value: str) -> str:
    """SQL that reads a date by any of the formats."""
    return f"try_strptime({value}, [{', '.join(map(text, formats))}])"


def _day_month(order: str, settled: str, year: str, note: str) -> Rule:
    value = "upper(replace(replace({v}, '.', '/'), '-', '/'))"
    return Rule(
        pattern=rf"\d{{1,2}}[-/.]\d{{1,2}}[-/.]{year}{CLOCK_12}",
        sql=_dates([order + clock for clock in CLOCKS], _one_slash(value)),
        settled=settled,
        is_date=True,
        note=note,
    )


def _one_slash(value: str) -> str:
    """A clock such as "5:07PM" with the space that the formats expect."""
    return f"regexp_replace({value}, '(\\d)([AP]M)$', '\\1 \\2')"


MONTH_NAME = "upper(trim(regexp_replace({v}, '[-, ]+', ' ', 'g')))"

RULES = (
    Rule("(?i)true|false", "lower({v}) = 'true'"),
    Rule(rf"{SIGN}(?:0|[1-9]\d{{0,14}})", "{v}::BIGINT"),
    Rule(rf"{SIGN}(?:(?:0|[1-9]\d{{0,14}})|{WHOLE}\.\d*|\.\d+){EXPONENT}", "{v}::DOUBLE"),
    Rule(
        rf"{SIGN}(?:[1-9]\d{{0,2}}(?:,\d{{3}})+|{WHOLE})(?:\.\d+)?",
        "replace({v}, ',', '')::DOUBLE",
        settled=r",\d{3}[,.]|[1-9]\d{0,2},\d{3}$",
        note="“1,234” was read as 1234",
    ),
    Rule(
        rf"{SIGN}(?:[1-9]\d{{0,2}}(?:\.\d{{3}})+|{WHOLE})(?:,\d+)?",
        "replace(replace({v}, '.', ''), ',', '.')::DOUBLE",
        settled=r",\d{1,2}$|,\d{4,}$",
        note="“9,99” was read as 9.99",
    ),
    Rule(
        rf"\d{{4}}(?:-\d{{1,2}}-|/\d{{1,2}}/|\.\d{{1,2}}\.)\d{{1,2}}(?:[T ]{CLOCK}Z?)?",
        "TRY_CAST(concat(replace(replace({v}[:10], '/', '-'), '.', '-'), {v}[11:]) AS TIMESTAMP)",
        is_date=True,
    ),
    _day_month("%d/%m/%Y", r"^(?:1[3-9]|2\d|3[01])[-/.]", r"\d{4}", "the day stands before the month"),
    _day_month("%m/%d/%Y", r"^\d{1,2}[-/.](?:1[3-9]|2\d|3[01])[-/.]", r"\d{4}", "the month stands before the day"),
    _day_month("%m/%d/%y", r"^\d{1,2}[-/.](?:1[3-9]|2\d|3[01])[-/.]", r"\d{2}", "the month stands before the day"),
    Rule(
        r"\d{1,2}[- ][A-Za-z]{3,9}[-, ]{1,2}(?:\d{4}|\d{2})|[A-Za-z]{3,9} \d{1,2},? \d{4}",
        _dates(("%d %b %Y", "%d %B %Y", "%b %d %Y", "%B %d %Y", "%d %b %y"), MONTH_NAME),
        is_date=True,
    ),
)
AMBIGUOUS_DATE = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})(?: .*)?")


@dataclass(frozen=True)
class Reading:
    """The SQL that gives the column's values, and what a person should know about it."""

    sql: str
    notes: tuple[str, ...] = ()


def decide(connection: duckdb.DuckDBPyConnection, source: str, names: Sequence[str]) -> list[Reading]:
    """One reading per column c0, c1 … of the table of texts `source`, whose columns a person knows as `names`."""
    rows = max(50, min(SAMPLE_ROWS, SAMPLE_CELLS // len(names)))
    sample = connection.sql(f"SELECT * FROM {source} LIMIT {rows}").to_arrow_table()
    chances = [_chances(column.to_pylist()) for column in sample.columns]
    readings: list[Reading] = []
    for start in range(0, len(names), BATCH_COLUMNS):
        batch = range(start, min(start + BATCH_COLUMNS, len(names)))
        readings += _decide(connection, source, [(place, names[place], chances[place]) for place in batch])
    return readings


def _chances(cells: Sequence[str | None]) -> list[Rule]:
    """The rules that every cell of the sample fits."""
    seen = {cell.strip() for cell in cells if cell is not None} - MISSING_IN_TYPED
    chances: list[Rule] = []
    for rule in RULES:
        pattern = re.compile(rule.pattern)
        if all(pattern.fullmatch(cell) for cell in seen):
            chances.append(rule)
    return chances


Candidate = tuple[int, str, list[Rule]]


def _decide(connection: duckdb.DuckDBPyConnection, source: str, columns: Sequence[Candidate]) -> list[Reading]:
    expressions = [sql for place, _, rules in columns for sql in _checks(place, rules)]
    found = only_row(connection, f"SELECT {', '.join(expressions)} FROM {source}")
    readings: list[Reading] = []
    start = 0
    for place, name, rules in columns:
        end = start + len(_checks(place, rules))
        readings.append(_reading(connection, source, (place, name, rules), found[start:end]))
        start = end
    return readings


def _checks(place: int, rules: Sequence[Rule]) -> list[str]:
    """Filled cells as text, marks of missing values in a text, the same in a typed column, then three per rule."""
    typed = _typed(place)
    checks = [
        f"count({typed})",
        f"count(*) FILTER (c{place} <> '' AND {_trimmed(place)} IN {_texts(MISSING)})",
        f"count(*) FILTER (c{place} <> '' AND {_trimmed(place)} IN {_texts(MISSING_IN_TYPED)})",
        f"count(*) FILTER (c{place} = 'NA')",
    ]
    for rule in rules:
        misfit = f"NOT regexp_full_match({typed}, {text(rule.pattern)})"
        if rule.is_date:
            misfit += f" OR {rule.sql.replace('{v}', typed)} IS NULL"
        checks.append(f"count(*) FILTER ({typed} IS NOT NULL AND ({misfit}))")
        checks.append(f"count(*) FILTER (regexp_matches({typed}, {text(rule.settled)}))" if rule.settled else "1")
        checks.append(f"count(*) FILTER ({typed} LIKE '%:%')" if rule.is_date else "0")
    return checks


def _reading(connection: duckdb.DuckDBPyConnection, source: str, column: Candidate, found: Sequence[int]) -> Reading:
    place, name, rules = column
    filled, marks, typed_marks, na = found[:4]
    for number, rule in enumerate(rules):
        misfits, settled, clocks = found[4 + 3 * number : 7 + 3 * number]
        if filled and not misfits and settled:
            return Reading(_convert(rule, place, clocks > 0), _notes(name, rule, typed_marks))
    keeps_na = na > 0 and _are_codes(connection, source, place)
    notes = _missing_note(name, marks - (na if keeps_na else 0))
    if filled and any(rule.is_date for rule in rules):
        notes = (*notes, f"“{name}” was left as text: it does not show which number is the day.")
    return Reading(_as_text(place, MISSING - {"NA"} if keeps_na else MISSING), notes)


def _are_codes(connection: duckdb.DuckDBPyConnection, source: str, place: int) -> bool:
    """Whether the column holds short codes in capitals, such as continents, where NA is one of them."""
    others = f"{_trimmed(place)} NOT IN {_texts(MISSING)}"
    codes = f"count(*) FILTER (regexp_full_match(c{place}, '[A-Z]{{2,3}}'))"
    all_cells, code_cells = only_row(connection, f"SELECT count(*), {codes} FROM {source} WHERE {others}")
    return bool(0 < all_cells == code_cells)


def _convert(rule: Rule, place: int, has_clock: bool) -> str:
    value = rule.sql.replace("{v}", _typed(place))
    if not rule.is_date:
        return value
    return f"({value})::TIMESTAMP" if has_clock else f"({value})::DATE"


def _as_text(place: int, missing: frozenset[str]) -> str:
    return f"CASE WHEN {_trimmed(place)} IN {_texts(missing)} THEN NULL ELSE c{place} END"


def _typed(place: int) -> str:
    """The trimmed text, NULL where it means a missing value in a typed column."""
    return f"(CASE WHEN {_trimmed(place)} IN {_texts(MISSING_IN_TYPED)} THEN NULL ELSE {_trimmed(place)} END)"


def _trimmed(place: int) -> str:
    return f"trim(c{place}, ' \t\n\u00a0')"


def _texts(values: frozenset[str]) -> str:
    return f"({', '.join(text(value) for value in sorted(values))})"


def _notes(name: str, rule: Rule, missing: int) -> tuple[str, ...]:
    told = (f"In “{name}”, {rule.note}.",) if rule.note else ()
    return (*told, *_missing_note(name, missing))


def _missing_note(name: str, number: int) -> tuple[str, ...]:
    cells = "1 cell" if number == 1 else f"{number:,} cells"
    return (f"In “{name}”, {cells} such as “N/A” were read as missing.",) if number else ()
