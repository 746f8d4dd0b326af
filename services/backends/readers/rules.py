"""The ways to read texts as values, from the plainest to the most particular. A column is read by the first that fits.

A rule fits when all its cells look like it says, and at least one cell rules out the other way to read them: "1/2/2024"
alone, or "€1.234", settles nothing, and the column stays text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from services.backends.connection import text
from services.backends.readers.shapes import MISSING_IN_TYPED
from services.facts import Kind
from services.sources import ColumnOptions, DateOrder

SIGN = "[+-]?"
WHOLE = r"(?:0|[1-9]\d*)"
EXPONENT = r"(?:[eE][+-]?\d{1,3})?"
CLOCK = r"\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?"
CLOCK_12 = r"(?: +\d{1,2}:\d{2}(?::\d{2})?(?: ?[AaPp][Mm])?)?"
CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")

CURRENCIES = ("\\$", "US\\$", "€", "£", "¥", "₹", "CHF", "USD", "EUR", "GBP", "kr")
UNITS = (
    *("kg", "g", "mg", "t", "lbs?", "oz", "km", "m", "cm", "mm", "mi", "miles", "ft", "km²", "m²", "ha", "l", "ml"),
    *("°C", "°F", "kWh", "MWh", "kW", "MW", "W", "V", "kB", "KB", "MB", "GB", "TB", "ms", "s", "sec", "min", "mins"),
    *("minutes", "h", "hrs", "hours", "days", "weeks", "months", "years", "km/h", "mph", "bpm", "px", "pts"),
)
"""Units that may stand behind every number of a column."""

YES_NO = (("yes", "no"), ("ja", "nein"), ("oui", "non"), ("sí", "no"))

GROUPED = r"(?:[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?|(?:0|[1-9]\d*)(?:\.\d{1,2}|\.\d{4,})?|\.\d+)"
"""A number with decimal point; "1.234" is left out, since it may be 1234 where currencies and units stand."""

GROUPED_COMMA = r"(?:[1-9]\d{0,2}(?:\.\d{3})+|0|[1-9]\d*)(?:,\d{1,2}|,\d{4,})?"


@dataclass(frozen=True)
class Rule:
    """A way to read texts: what they must look like, and the SQL that converts the text `{v}` (NULL where it is none).

    `settled` must be found in at least one value of the column: it rules out the other reading of the same texts.
    """

    pattern: str
    sql: str
    settled: str = ""
    is_date: bool = False
    note: str = ""
    kind: Kind = Kind.DECIMAL
    decimal: str = ""
    """The decimal mark it takes for granted, where another rule takes the other."""
    dates: DateOrder | None = None
    is_asked: bool = False
    """Used only where a person said so: the texts alone never settle it."""

    @cached_property
    def loose(self) -> str:
        """The pattern with marks of missing values and spaces around."""
        return rf"\s*(?:{self.pattern}|{MARKS_TYPED}|)\s*"

    @cached_property
    def matches(self) -> Callable[[str], re.Match[str] | None]:
        """Whether a text fits, marks and spaces included."""
        return re.compile(self.loose).fullmatch

    def convert(self, cell: str) -> str:
        """SQL: the value of the text in `cell`; NULL where it is a mark of a missing value."""
        value = self.sql.replace("{v}", f"trim({cell}, ' \t\n')" if self.is_date else cell)
        is_float = value.endswith("AS DOUBLE)")
        return f"CASE WHEN isnan({value}) THEN NULL ELSE {value} END" if is_float else value


def _alternatives(marks: frozenset[str]) -> str:
    return "|".join(re.escape(mark) for mark in sorted(marks - {""}))


MARKS_TYPED = _alternatives(MISSING_IN_TYPED)


def _dates(formats: Sequence[str], value: str) -> str:
    """SQL that reads a date by any of the formats."""
    return f"try_strptime({value}, [{', '.join(map(text, formats))}])"


def _day_month(order: str, settled: str, year: str, note: str, dates: DateOrder, *, is_asked: bool = False) -> Rule:
    slashed = "upper(replace(replace({v}, '.', '/'), '-', '/'))"
    spaced = f"regexp_replace(regexp_replace({slashed}, ' +', ' '), '(\\d)([AP]M)$', '\\1 \\2')"
    return Rule(
        pattern=rf"\d{{1,2}}[-/.]\d{{1,2}}[-/.]{year}{CLOCK_12}",
        sql=_dates([order + clock for clock in CLOCKS], spaced),
        settled=settled,
        is_date=True,
        note=note,
        kind=Kind.DATE,
        dates=dates,
        is_asked=is_asked,
    )


OFFSET = r"([+-])(\d{2}):?(\d{2})"
SHIFT = (
    f"to_minutes(CASE WHEN regexp_matches({{v}}, '{OFFSET}$') THEN "
    f"(regexp_extract({{v}}, '{OFFSET}$', 1) || '1')::BIGINT * (regexp_extract({{v}}, '{OFFSET}$', 2)::BIGINT * 60 "
    f"+ regexp_extract({{v}}, '{OFFSET}$', 3)::BIGINT) ELSE 0 END)"
)
"""SQL: how far the clock is ahead of UTC."""


def _number(value: str) -> str:
    """SQL: the number in a text that holds one, whatever signs stand around it; in brackets it is negative."""
    digits = f"TRY_CAST(regexp_replace({value}, '[^0-9.]', '', 'g') AS DOUBLE)"
    return f"(CASE WHEN regexp_matches({{v}}, '[-−(]') THEN -1 ELSE 1 END * {digits})"


POINT = _number("{v}")
COMMA = _number("replace(replace({v}, '.', ''), ',', '.')")


def _spaced_numbers() -> Iterator[Rule]:
    """ "1 234,50", "1'234": a plain space counts only beside decimals, since phone numbers have spaces too."""
    spaces = "[1-9]\\d{0,2}(?:[ \u00a0\u202f'’]\\d{3})+"
    sure = "[\u00a0\u202f'’]\\d{3}"
    for mark, sql in ((r"\.", POINT), (",", COMMA)):
        yield Rule(
            rf"{SIGN}(?:{spaces}|0|[1-9]\d*)(?:{mark}\d+)?",
            sql,
            settled=rf"\d ?{sure}|\d \d{{3}}{mark}\d{{1,2}}\s*$",
            note="“1 234” was read as 1234",
            decimal=mark[-1],
        )


def _booleans() -> Iterator[Rule]:
    for yes, no in YES_NO:
        yield Rule(
            f"(?i:{yes}|{no})",
            f"CASE lower(trim({{v}})) WHEN '{yes}' THEN true WHEN '{no}' THEN false END",
            settled=f"(?i:^\\s*{yes}\\s*$)",
            note=f"“{yes}” was read as true and “{no}” as false",
            kind=Kind.BOOLEAN,
        )


def _percents() -> Iterator[Rule]:
    note = "“25%” was read as 25, in percent"
    for number, sql, settled, mark in (
        (r"(?:0|[1-9]\d*)(?:\.\d+)?", POINT, "%", "."),
        (GROUPED_COMMA, COMMA, r",\d+ ?%", ","),
    ):
        yield Rule(rf"{SIGN}{number} ?%", sql, settled=settled, note=note, decimal=mark)


def _money() -> Iterator[Rule]:
    for sign in CURRENCIES:
        shown = sign.replace("\\", "")
        note = f"amounts in {shown} were read as numbers, such as {shown}5.20 as 5.2"
        for number, sql, mark, settled in (
            (GROUPED, POINT, ".", f"{sign} ?-?[\\d.]|\\d ?{sign}"),
            (GROUPED_COMMA, COMMA, ",", f"{sign} ?-?[\\d.]*,\\d{{1,2}}\\)?\\s*$|,\\d{{1,2}} ?{sign}"),
        ):
            forms = (
                f"[+-]?{sign} ?[+-]?{number}",
                f"[+-]?{number} ?{sign}",
                f"\\({sign} ?{number}\\)",
                f"[+-]?{number}",
            )
            yield Rule(f"(?:{'|'.join(forms)})", sql, settled=settled, note=note, decimal=mark)
    yield Rule(
        rf"\({GROUPED}\)|{SIGN}{GROUPED}",
        POINT,
        settled=r"\([1-9]\d{0,2}(?:,\d{3})+|\(\d+\.\d{1,2}\)",
        note="“(5.20)” was read as -5.2, as accounts write it",
    )


def _units() -> Iterator[Rule]:
    for unit in UNITS:
        note = f"numbers were read without their unit, {unit.removesuffix('s?')}"
        yield Rule(f"{SIGN}{GROUPED} ?{unit}", POINT, note=note, decimal=".")
        comma = r",\d{1,2} ?[^\d\s]"
        yield Rule(f"{SIGN}{GROUPED_COMMA} ?{unit}", COMMA, settled=comma, note=note, decimal=",")


def _durations() -> Iterator[Rule]:
    """ "2h 30m", "PT1H30M" and clocks beyond 24 hours, in seconds."""
    parts = (("h", "(?:ours?|rs?)?", 3600), ("m", "(?:in(?:ute)?s?)?", 60), ("s", "(?:ec(?:ond)?s?)?", 1))
    pattern = "".join(rf"(?:\d{{1,6}}(?:\.\d+)? ?{letter}{rest}[ ,]*)?" for letter, rest, _ in parts)
    seconds = " + ".join(
        f"coalesce(TRY_CAST(regexp_extract(lower({{v}}), '([0-9.]+) ?{letter}', 1) AS DOUBLE), 0) * {factor}"
        for letter, _, factor in parts
    )
    note = "the durations are in seconds"
    yield Rule(f"(?i:(?:PT)?{pattern})", f"({seconds})", settled=r"(?i:\d ?h.*\d ?m|\d ?m.*\d ?s|^\s*PT\d)", note=note)
    clock = " + ".join(
        f"TRY_CAST(split_part(trim({{v}}), ':', {place}) AS DOUBLE) * {factor}"
        for place, factor in ((1, 3600), (2, 60), (3, 1))
    )
    settled = r"^\s*(?:2[4-9]|[3-9]\d|\d{3,4}):"
    yield Rule(r"\d{1,4}:[0-5]\d:[0-5]\d(?:\.\d+)?", f"({clock})", settled=settled, note=note)


def _clocks() -> Iterator[Rule]:
    """Times of day. "12:30" alone may as well be minutes and seconds: it is one only where a person says so."""
    full, short = r"(?:[01]\d|2[0-3])(?::[0-5]\d){2}(?:\.\d{1,6})?", r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?"
    yield Rule(full, "TRY_CAST(trim({v}) AS TIME)", kind=Kind.TIME)
    half = r"regexp_replace(upper(trim({v})), ' ?([AP])\.?M\.?$', ' \1M')"
    spelled = f"try_strptime({half}, ['%I:%M %p', '%I:%M:%S %p'])::TIME"
    yield Rule(r"(?:0?[1-9]|1[0-2]):[0-5]\d(?::[0-5]\d)? ?(?i:[ap]\.?m\.?)", spelled, kind=Kind.TIME)
    yield Rule(short, "try_strptime(trim({v}), ['%H:%M', '%H:%M:%S'])::TIME", kind=Kind.TIME, is_asked=True)


MONTH_NAME = "upper(trim(regexp_replace({v}, '[-, ]+', ' ', 'g')))"

INFINITE = r"[+-]?(?i:inf|infinity)|[+-]?∞"
FINITE = r"^\s*[+-]?(?:\d|\.\d)"
TRUE_FALSE = "CASE lower(trim({v})) WHEN 'true' THEN true WHEN 'false' THEN false END"

NUMBERS = (
    Rule(r"[+-]?\d{1,18}", "TRY_CAST({v} AS BIGINT)", kind=Kind.INTEGER, is_asked=True),
    Rule(rf"{SIGN}(?:0|[1-9]\d{{0,14}})", "TRY_CAST({v} AS BIGINT)", kind=Kind.INTEGER),
    Rule(rf"{SIGN}(?:(?:0|[1-9]\d{{0,14}})|{WHOLE}\.\d*|\.\d+){EXPONENT}", "TRY_CAST({v} AS DOUBLE)", decimal="."),
    Rule(
        rf"{SIGN}(?:(?:0|[1-9]\d{{0,14}})|{WHOLE}\.\d*|\.\d+){EXPONENT}|{INFINITE}",
        "TRY_CAST(replace(replace({v}, '∞', 'inf'), '+', '') AS DOUBLE)",
        settled=FINITE,
        decimal=".",
    ),
    Rule(
        rf"{SIGN}(?:[1-9]\d{{0,2}}(?:,\d{{3}}){{1,4}}|0|[1-9]\d{{0,14}})",
        "TRY_CAST(replace({v}, ',', '') AS BIGINT)",
        settled=r",\d{3}\s*$",
        note="“1,234” was read as 1234",
        kind=Kind.INTEGER,
        decimal=".",
    ),
    Rule(
        rf"{SIGN}(?:[1-9]\d{{0,2}}(?:,\d{{3}})+|{WHOLE})(?:\.\d+)?",
        "TRY_CAST(replace({v}, ',', '') AS DOUBLE)",
        settled=r",\d{3}[,.]|[1-9]\d{0,2},\d{3}\s*$",
        note="“1,234” was read as 1234",
        decimal=".",
    ),
    Rule(
        rf"{SIGN}(?:[1-9]\d{{0,2}}(?:\.\d{{3}})+|{WHOLE})(?:,\d+)?",
        "TRY_CAST(replace(replace({v}, '.', ''), ',', '.') AS DOUBLE)",
        settled=r",\d{1,2}\s*$|,\d{4,}\s*$",
        note="“9,99” was read as 9.99",
        decimal=",",
    ),
)

DAY, MONTH, YEAR = DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST, DateOrder.YEAR_FIRST
DAY_NOTE, MONTH_NOTE = "the day stands before the month", "the month stands before the day"
SHORT_YEAR = r"\d{2}"

MOMENTS = (
    Rule(rf"\d{{4}}-\d{{1,2}}-\d{{1,2}}(?:[T ]{CLOCK})?", "TRY_CAST({v} AS TIMESTAMP)", is_date=True, kind=Kind.DATE),
    Rule(
        rf"\d{{4}}-\d{{1,2}}-\d{{1,2}}[T ]{CLOCK}(?:Z|\+00:?00)",
        "TRY_CAST(regexp_replace({v}, 'Z|\\+00:?00', '') AS TIMESTAMP)",
        is_date=True,
        note="the times are in UTC",
        kind=Kind.DATE,
    ),
    Rule(
        rf"\d{{4}}-\d{{1,2}}-\d{{1,2}}[T ]{CLOCK}(?:Z|[+-]\d{{2}}:?\d{{2}})",
        f"TRY_CAST(regexp_replace({{v}}, '(?:Z|{OFFSET})$', '') AS TIMESTAMP) - {SHIFT}",
        is_date=True,
        note="the times had an offset and are in UTC",
        kind=Kind.DATE,
    ),
    Rule(
        rf"\d{{4}}(?:/\d{{1,2}}/|\.\d{{1,2}}\.)\d{{1,2}}(?: {CLOCK})?",
        "TRY_CAST(regexp_replace({v}, '(\\d{4})[/.](\\d+)[/.]', '\\1-\\2-') AS TIMESTAMP)",
        is_date=True,
        kind=Kind.DATE,
    ),
    _day_month("%d/%m/%Y", r"^\s*(?:1[3-9]|2\d|3[01])[-/.]", r"\d{4}", DAY_NOTE, DAY),
    _day_month("%m/%d/%Y", r"^\s*\d{1,2}[-/.](?:1[3-9]|2\d|3[01])[-/.]", r"\d{4}", MONTH_NOTE, MONTH),
    _day_month("%m/%d/%y", r"^\s*\d{1,2}[-/.](?:1[3-9]|2\d|3[01])[-/.]", SHORT_YEAR, MONTH_NOTE, MONTH),
    _day_month("%d/%m/%y", "", SHORT_YEAR, DAY_NOTE, DAY, is_asked=True),
    _day_month("%y/%m/%d", "", r"\d{1,2}", "the year stands first", YEAR, is_asked=True),
    Rule(
        r"\d{1,2}[- ][A-Za-z]{3,9}[-, ]{1,2}(?:\d{4}|\d{2})|[A-Za-z]{3,9} \d{1,2},? \d{4}",
        _dates(("%d %b %Y", "%d %B %Y", "%b %d %Y", "%B %d %Y", "%d %b %y"), MONTH_NAME),
        is_date=True,
        kind=Kind.DATE,
    ),
)

RULES = (
    Rule("(?i:true|false)", TRUE_FALSE, kind=Kind.BOOLEAN),
    *NUMBERS,
    *_spaced_numbers(),
    *_booleans(),
    *_percents(),
    *_money(),
    *_units(),
    *_durations(),
    *_clocks(),
    *MOMENTS,
)


def allowed(told: ColumnOptions) -> tuple[Rule, ...]:
    """The rules that may be tried after what a person said; what they said settles what texts alone do not."""
    kinds = {Kind.INTEGER: (Kind.INTEGER, Kind.DECIMAL), Kind.DECIMAL: (Kind.INTEGER, Kind.DECIMAL)}
    wanted = kinds.get(told.kind, (Kind.DATE,) if told.kind.is_date else (told.kind,)) if told.kind else tuple(Kind)
    return tuple(
        _settled(rule, told)
        for rule in RULES
        if rule.kind in wanted
        and (not rule.decimal or rule.decimal == (told.decimal or rule.decimal))
        and (not rule.dates or rule.dates == (told.dates or rule.dates))
        and (not rule.is_asked or (told.dates if rule.is_date else told.kind))
    )


def _settled(rule: Rule, told: ColumnOptions) -> Rule:
    says = (rule.decimal and told.decimal) or (rule.dates and told.dates)
    return replace(rule, settled="") if says and rule.settled != FINITE else rule


def stricter(rule: Rule) -> Rule:
    """The rule where a comma more often begins decimals: "1,234" alone then settles nothing."""
    if rule.decimal == "." and rule.settled.startswith(r",\d{3}"):
        return replace(rule, settled=r",\d{3}[,.]")
    return rule
