"""Conditions on dates."""

# ruff: noqa: E501 — a pattern is easier to read on one line
from __future__ import annotations

import re

from services.assistant.builtin.grammar.patterns import LINK, NEAR
from services.assistant.builtin.intent import Condition, Grain, Op, Scalar
from services.assistant.builtin.language.question import Draft, Period, Unreadable
from services.assistant.builtin.language.resolve import column
from services.domain import ColumnProfile, Semantic


def within(target: ColumnProfile, first: str, last: str, year: int | None, until: int | None) -> Condition:
    if target.kind.is_number:
        low, high = year or int(first[:4]), until or int(last[:4])
        if low == high:
            return Condition(column=target.name, op=Op.EQ, values=(low,))
        return Condition(column=target.name, op=Op.BETWEEN, values=(low, high))
    return Condition(column=target.name, op=Op.BETWEEN, values=(first, last))


def date_column(draft: Draft) -> ColumnProfile:
    """The column that says when; said so when there are several."""
    dates = draft.columns.dates()
    if not dates:
        raise Unreadable("This table has no date column.")
    if len(dates) > 1:
        said = draft.question.casefold()
        named = [
            one
            for one in dates
            if any(len(w) > 3 and w in said for w in draft.columns.words[one.name] if w not in ("date", "year", "time"))
        ]
        chosen = named[0] if named else dates[0]
        note = f"Dates are read from “{chosen.name}”."
        if note not in draft.assumed:
            draft.assumed.append(note)
        return chosen
    return dates[0]


def read_dates(draft: Draft) -> bool:
    lead = r"(?P<how>in|during|for|on|of|at|from|since|after|before|until|till|by|op_\w+|starting(?: from)?|through|op_not)?"
    match = re.search(
        rf"\b(?:{LINK})(?:(C\d+) {NEAR})?{lead} ?(?:the )?(?:year )?(D\d+)(?P<on> onwards?| or later| and later| or earlier)?",
        draft.text,
    )
    if match is None:
        return False
    period = draft.periods[int(match[3][1:])]
    named = match[1] and column(draft, match[1], _is_orderable)
    how, start = match["how"] or "in", match.start()
    if match[1] and re.search(r"\b(?:by|per|each|every|across|over) (?:the )?$", draft.text[: match.start(1)]):
        start = match.end(1)
    if named and not (named.kind.is_date or named.semantic is Semantic.YEAR):
        if named.kind.is_number and period.year is not None and how.startswith("op_"):
            return draft.keep(match.span(), Condition(column=named.name, op=Op.EQ, values=(period.year,)))
        named, start = None, match.start(2) if match["how"] else match.start(3)
    target = named or date_column(draft)
    return draft.keep((start, match.end()), _dated(target, period, how, match["on"] or ""))


def _dated(target: ColumnProfile, period: Period, how: str, on: str) -> Condition:
    if period.month is not None and not period.first:
        if target.kind.is_number:
            raise Unreadable(f"“{target.name}” holds years only, so months cannot be told apart.")
        return Condition(column=target.name, op=Op.EQ, values=(period.month,), part=Grain.MONTH_OF_YEAR)
    value: Scalar = period.first
    ops = {
        "since": Op.GE,
        "starting": Op.GE,
        "starting from": Op.GE,
        "after": Op.GT,
        "before": Op.LT,
        "until": Op.LE,
        "till": Op.LE,
        "through": Op.LE,
    }
    op = Op.GE if "later" in on or "onward" in on else Op.LE if "earlier" in on else ops.get(how)
    if how == "op_not" or how == "op_ne":
        op = Op.NE
    if target.kind.is_number:
        year = period.year if period.year is not None else int(period.first[:4])
        if period.first[5:] == "01-01" and period.last[5:] == "12-31" and period.last[:4] > period.first[:4]:
            return _in_years(target, int(period.first[:4]), int(period.last[:4]), op)
        if op is None and period.year is None:
            raise Unreadable(f"“{target.name}” holds years only, so {period.text} cannot be told apart.")
        return Condition(column=target.name, op=op or Op.EQ, values=(year,))
    if op is Op.NE and period.year is not None:
        return Condition(column=target.name, op=Op.NE, values=(period.year,), part=Grain.YEAR)
    if op is None:
        if period.year is not None:
            return Condition(column=target.name, op=Op.EQ, values=(period.year,), part=Grain.YEAR)
        return Condition(column=target.name, op=Op.BETWEEN, values=(period.first, period.last))
    value = period.last if op in (Op.GT, Op.LE) else period.first
    return Condition(column=target.name, op=op, values=(value,))


def _in_years(target: ColumnProfile, first: int, last: int, op: Op | None) -> Condition:
    """Years of a decade, or those before or after it."""
    if op is None:
        return Condition(column=target.name, op=Op.BETWEEN, values=(first, last))
    if op is Op.NE:
        raise Unreadable("I can only keep the years of a decade, not leave them out.")
    return Condition(column=target.name, op=op, values=(last if op in (Op.GT, Op.LE) else first,))


def _is_orderable(profile: ColumnProfile) -> bool:
    return profile.kind.is_number or profile.kind.is_date
