"""Conditions as pandas masks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from services.assistant.builtin.intent import Condition, Grain, Op
from services.domain import ColumnProfile, Kind, Profile

_SIGNS: Final = {Op.EQ: "==", Op.NE: "!=", Op.GT: ">", Op.GE: ">=", Op.LT: "<", Op.LE: "<="}
_PARTS: Final = {
    Grain.YEAR: "year",
    Grain.MONTH_OF_YEAR: "month",
    Grain.WEEKDAY: "day_of_week",
    Grain.QUARTER: "quarter",
}
_TEXTS: Final = {Op.STARTS: "startswith", Op.ENDS: "endswith"}


def mask(any_of: Sequence[Condition], profile: Profile, table: str = "df") -> str:
    """The mask of the rows of the table that satisfy at least one of the conditions."""
    parts = [_mask(one, profile, table) for one in any_of]
    return parts[0] if len(parts) == 1 else " | ".join(f"({part})" for part in parts)


def _mask(condition: Condition, profile: Profile, table: str) -> str:
    found = profile.column(condition.column)
    cell = f"{table}[{condition.column!r}]"
    if condition.op in (Op.MISSING, Op.PRESENT):
        return f"{cell}.isna()" if condition.op is Op.MISSING else f"{cell}.notna()"
    if condition.op in ALONE:
        return _of_all(condition.op, cell, f"df[{condition.column!r}]")
    if found is not None and found.kind.is_date:
        return _date_mask(condition, cell, found)
    if condition.op in (Op.CONTAINS, Op.LACKS):
        inside = (
            f"{_as_text(cell, found)}.str.contains({str(condition.values[0])!r}, case=False, regex=False, na=False)"
        )
        return inside if condition.op is Op.CONTAINS else f"~{inside}"
    if condition.op in _TEXTS:
        text = str(condition.values[0]).casefold()
        return f"{_as_text(cell, found)}.str.casefold().str.{_TEXTS[condition.op]}({text!r}, na=False)"
    return _plain_mask(condition, cell, found)


ALONE: Final = (Op.FAR, Op.HIGH, Op.LOW)
"""Tests against all values of the column."""


def _of_all(op: Op, cell: str, column: str) -> str:
    if op is not Op.FAR:
        return f"{cell} {'>' if op is Op.HIGH else '<'} {column}.mean()"
    low = f"2.5 * {column}.quantile(0.25) - 1.5 * {column}.quantile(0.75)"
    high = f"2.5 * {column}.quantile(0.75) - 1.5 * {column}.quantile(0.25)"
    return f"({cell} < {low}) | ({cell} > {high})"


def _as_text(cell: str, found: ColumnProfile | None) -> str:
    return cell if found is None or found.kind is Kind.TEXT else f"{cell}.astype(str)"


def _plain_mask(condition: Condition, cell: str, found: ColumnProfile | None) -> str:
    values = condition.values
    if condition.op is Op.BETWEEN:
        return f"{cell}.between({values[0]!r}, {values[1]!r})"
    present = f" & {cell}.notna()" if found is not None and found.missing else ""
    if condition.op is Op.IN:
        return f"{cell}.isin({list(values)!r})"
    if condition.op is Op.NOT_IN:
        return f"~{cell}.isin({list(values)!r})" + present
    if condition.op is Op.NE and present:
        return f"({cell} != {values[0]!r}){present}"
    return f"{cell} {_SIGNS[condition.op]} {values[0]!r}"


def _date_mask(condition: Condition, cell: str, found: ColumnProfile) -> str:
    """Dates are compared as whole days: the last day of a range counts up to midnight."""
    date = cell if found.kind is Kind.DATETIME else f"pd.to_datetime({cell})"
    if condition.part is not None and condition.op is Op.IN:
        return f"{date}.dt.{_PARTS[condition.part]}.isin({list(condition.values)!r})"
    if condition.part is not None:
        return f"{date}.dt.{_PARTS[condition.part]} {_SIGNS[condition.op]} {condition.values[0]!r}"
    day = date if found.kind is Kind.DATE else f"{date}.dt.normalize()"
    if condition.op is Op.BETWEEN:
        return f"{day}.between({condition.values[0]!r}, {condition.values[1]!r})"
    return f"{day} {_SIGNS[condition.op]} {condition.values[0]!r}"
