"""What is easily misread: a last period that is not over, averages of averages, sums over several units."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

import pyarrow as pa

from sandbox.messages import Table
from services.assistant.checks import shown
from services.assistant.checks.case import Case
from services.domain import AlertKind, Check, ColumnProfile, Kind, Outcome, Profile

NAME: Final = "reading"
FEWEST: Final = 3
"""Periods before one of them is compared with the others."""
_ADDED: Final = re.compile(r"\b(?:sum|count|size|value_counts|nunique|cumsum|len)\b")
_AVERAGED: Final = re.compile(r"\b(?:sum|mean|average|median|cumsum)\b")
_UNIT: Final = re.compile(
    r"(?:.*[ _.-])?(?:currency|curr|ccy|uom|unit|units? of measure|einheit|währung|devise)(?:[ _.-]?code)?",
    re.IGNORECASE,
)
MOST_UNITS: Final = 20
_LABELS: Final = (
    ("year", re.compile(r"(\d{4})(?:\.0)?")),
    ("quarter", re.compile(r"(\d{4})[- ]?Q([1-4])")),
    ("month", re.compile(r"(\d{4})[-/](\d{2})")),
)
Note = tuple[str, str]
"""A sentence, and what shows it."""


def weigh(case: Case) -> Check | None:
    """Warned for what the reader should know. None where none of it could be, such as for a list of rows."""
    notes = [*_periods(case), *_averages(case), *_units(case)]
    if not notes and not _AVERAGED.search(case.code) and not _ADDED.search(case.code):
        return None
    if not notes:
        sentence = "No unfinished period, no average of averages, no mixed units."
        return Check(name=NAME, outcome=Outcome.PASSED, sentence=sentence)
    sentence = " ".join(dict.fromkeys(text for text, _ in notes))
    evidence = tuple(dict.fromkeys(line for _, line in notes if line))
    return Check(name=NAME, outcome=Outcome.WARNED, sentence=sentence, evidence=evidence)


# Periods


def _periods(case: Case) -> Iterator[Note]:
    if not _ADDED.search(case.code):
        return
    for output in case.outputs:
        if isinstance(output, Table) and output.rows >= FEWEST:
            for column in shown.opened(output).columns:
                yield from _unfinished(column, case)
                # Only the first column that holds periods is the line in time.
                if _labels(column):
                    break


def _unfinished(column: pa.ChunkedArray, case: Case) -> Iterator[Note]:
    found = _labels(column)
    if found is None:
        return
    grain, starts = found
    for profile in case.profiles.values():
        for dated in profile.columns:
            if (ends := _ends(dated)) is not None:
                yield from _cut(grain, starts, *ends)
                return


def _labels(column: pa.ChunkedArray) -> tuple[str, list[date]] | None:
    """The grain of a column of periods, and their first days; None for anything else."""
    values = [value for value in column.to_pylist() if value is not None]
    if len(set(values)) < FEWEST:
        return None
    if all(isinstance(value, date) for value in values):
        return _grain_of([value if not hasattr(value, "date") else value.date() for value in values])
    for grain, pattern in _LABELS:
        matches = [pattern.fullmatch(str(value)) for value in values]
        if all(matches):
            starts = [start for match in matches if match and (start := _start(grain, match)) is not None]
            return (grain, starts) if len(starts) == len(values) else None
    return None


def _start(grain: str, match: re.Match[str]) -> date | None:
    year = int(match[1])
    month = 1 if grain == "year" else 3 * int(match[2]) - 2 if grain == "quarter" else int(match[2])
    return date(year, month, 1) if 1800 <= year <= 2200 and 1 <= month <= 12 else None


def _grain_of(days: list[date]) -> tuple[str, list[date]] | None:
    """Moments that all begin, or all end, a month are months, and so on."""
    starts = [day + timedelta(days=1) for day in days] if all(day.day > 27 for day in days) else days
    if any(day.day != 1 for day in starts):
        return None
    if starts is not days:
        starts = [(day - timedelta(days=1)).replace(day=1) for day in starts]
    if len({day.month for day in starts}) == 1:
        return ("year", [day.replace(month=1) for day in starts])
    gap = min((b - a).days for a, b in zip(sorted(set(starts)), sorted(set(starts))[1:], strict=False))
    return ("quarter" if gap > 80 else "month", starts)


def _ends(column: ColumnProfile) -> tuple[date, date, float] | None:
    """First and last day of a column of days, and the days that usually lie between two of them."""
    if not column.kind.is_date or not column.low or not column.high:
        return None
    first, last = date.fromisoformat(column.low[:10]), date.fromisoformat(column.high[:10])
    days = (last - first).days
    return first, last, max(1.0, days / max(1, min(column.distinct - 1, days)))


def _cut(grain: str, starts: list[date], first: date, last: date, usual: float) -> Iterator[Note]:
    """More than twice the usual gap, and a tenth of the period, without data at its end or its beginning."""
    newest, oldest = max(starts), min(starts)
    left = (_next(newest, grain) - last).days - 1
    slack = max(2 * usual, 0.1 * (_next(newest, grain) - newest).days)
    if newest <= last and left > slack:
        yield f"The last {grain} is not over: the data end {left:,} days before it does.", f"Data up to {last}"
    missed = (first - oldest).days
    if oldest <= first < _next(oldest, grain) and missed > slack:
        yield f"The first {grain} is not whole: the data begin {missed:,} days after it does.", f"Data from {first}"


def _next(start: date, grain: str) -> date:
    months = {"month": 1, "quarter": 3, "year": 12}[grain]
    at = start.year * 12 + start.month - 1 + months
    return date(at // 12, at % 12 + 1, 1)


# Averages of averages


def _averages(case: Case) -> Iterator[Note]:
    try:
        tree = ast.parse(case.code)
    except (SyntaxError, ValueError, RecursionError):
        return
    grouped: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and _is_grouped_mean(node.value):
            grouped |= {one.id for target in node.targets for one in ast.walk(target) if isinstance(one, ast.Name)}
    for node in ast.walk(tree):
        if _is_mean(node) and (_is_grouped_mean(_of(node)) or _is_plain_read(_of(node), grouped)):
            yield (
                "An average of averages: every group counts the same, however many rows it has.",
                ast.unparse(node)[:160],
            )
            return


def _of(node: ast.AST) -> ast.AST:
    """What a method is called on."""
    return node.func.value if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else node


def _is_mean(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "mean"


def _is_grouped_mean(node: ast.AST) -> bool:
    """A mean, or an aggregate called so, right of a grouping."""
    while isinstance(node, ast.Call | ast.Attribute | ast.Subscript):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            told = node.func.attr == "mean" or (node.func.attr in ("agg", "aggregate") and "mean" in ast.unparse(node))
            if told and "groupby(" in ast.unparse(node.func.value):
                return True
        node = node.func if isinstance(node, ast.Call) else node.value
    return False


def _is_plain_read(node: ast.AST, names: set[str]) -> bool:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return isinstance(node, ast.Name) and node.id in names


# Units


def _units(case: Case) -> Iterator[Note]:
    if not _AVERAGED.search(case.code):
        return
    for profile in case.profiles.values():
        used = [column for column in profile.columns if _is_read(column.name, case.code)]
        yield from _several(profile, used, case.code)
        for alert in profile.alerts:
            if alert.kind is AlertKind.UNIT_MIX and any(column.name in alert.columns for column in used):
                yield f"Mixed units: {alert.text}", ""


def _several(profile: Profile, used: list[ColumnProfile], code: str) -> Iterator[Note]:
    measured = any(column.kind.is_number and column.semantic.is_amount for column in used)
    for column in profile.columns:
        is_unit = column.kind is Kind.TEXT and _UNIT.fullmatch(column.name) and 2 <= column.distinct <= MOST_UNITS
        if is_unit and measured and not _is_read(column.name, code):
            values: list[Any] = [count.value for count in column.top[:5]]
            yield (
                f"Amounts in {column.distinct} different units are put together: see “{column.name}”.",
                ", ".join(values),
            )


def _is_read(name: str, code: str) -> bool:
    return repr(name) in code or f'"{name}"' in code or re.search(rf"\.{re.escape(name)}\b", code) is not None
