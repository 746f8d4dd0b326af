"""Stretches of time counted back from the newest date of the table: "last month", "past 30 days", "year to date"."""

# ruff: noqa: E501 — a pattern is easier to read on one line
from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

from services.assistant.builtin.grammar.dates import date_column
from services.assistant.builtin.language.question import Draft, Period, Unreadable
from services.domain import ColumnProfile

_UNITS: Final = ("day", "week", "month", "quarter", "year")
_UNIT: Final = r"(?:(?P<unit>day|week|month|quarter|year)s?|C(?P<column>\d+))"
RELATIVE: Final = re.compile(
    rf"\b(?P<lead>(?:in|during|over|within|for|from|of|since) )?(?:the )?(?P<which>last|past|previous|prior|preceding|this|current|most recent|latest)(?: (?:N(?P<number>\d+)|(?P<few>few|couple of)))? {_UNIT}(?! ?(?:of|in) (?:C|D))\b"
    r"|\b(?P<day>yesterday|today)\b"
    r"|\b(?:(?P<span>year|month|quarter|week) to date|(?P<short>ytd|mtd|qtd)|so far this (?P<far>year|month|quarter|week))\b"
)
_COMPARED: Final = re.compile(r"\b(?:compared|relative|versus|vs|than)\b[^.?]*\b(?:last|previous|prior)\b")


def read_relative(draft: Draft) -> None:
    """Puts a period in place of each phrase that counts back from the newest date, and says which one it is.

    Raises: Unreadable, when the table has no dates, or only years where days are asked for.
    """
    if _COMPARED.search(draft.text):
        return
    at = 0
    while match := RELATIVE.search(draft.text, at):
        unit = _unit(draft, match)
        if not unit:
            at = match.end()
            continue
        found = date_column(draft)
        first, last = _stretch(match, unit, _newest(found), _number(draft, match))
        if found.kind.is_number and unit != "year":
            raise Unreadable(f"“{found.name}” holds years only, so a {unit} cannot be told apart.")
        said = re.sub(r"\b[CND]\d+\b", lambda mark: _shown(draft, mark[0]), match[0]).strip()
        is_year = unit == "year" and first.year == last.year and found.kind.is_number
        period = Period(said, first.isoformat(), last.isoformat(), first.year if is_year else None)
        draft.periods = [*draft.periods, period]
        when = (
            f"{first.isoformat()} to {last.isoformat()}" if not found.kind.is_number else f"{first.year} to {last.year}"
        )
        draft.assumed.append(f"“{said}” is counted back from the newest “{found.name}”, {found.high}: {when}.")
        since = "since" if match["lead"] == "since " else "in"
        draft.erase(*match.span(), mark=f"{since} D{len(draft.periods) - 1}")
        at = 0


def _unit(draft: Draft, match: re.Match[str]) -> str:
    if match["day"]:
        return "day"
    short = {"ytd": "year", "mtd": "month", "qtd": "quarter"}.get(match["short"] or "", "")
    if plain := match["unit"] or match["span"] or match["far"] or short:
        return plain
    text = draft.mentions[int(match["column"])].text.casefold().rstrip("s")
    return text if text in _UNITS else ""


def _number(draft: Draft, match: re.Match[str]) -> int:
    """How many units: 0 where none is said, which means the one before."""
    if match["number"]:
        return max(1, int(draft.numbers[int(match["number"])].number or 1))
    return {"few": 3, "couple of": 2}.get(match["few"] or "", 0)


def _shown(draft: Draft, mark: str) -> str:
    at = int(mark[1:])
    return draft.numbers[at].text if mark[0] == "N" else draft.mentions[at].text if mark[0] == "C" else mark


def _newest(found: ColumnProfile) -> date:
    try:
        return (
            date(int(float(found.high or "")), 12, 31)
            if found.kind.is_number
            else date.fromisoformat((found.high or "")[:10])
        )
    except ValueError:
        raise Unreadable(f"“{found.name}” has no newest date to count back from.") from None


def _stretch(match: re.Match[str], unit: str, newest: date, number: int) -> tuple[date, date]:
    """The first and the last day that are meant."""
    if match["day"]:
        day = newest - timedelta(days=match["day"] == "yesterday")
        return day, day
    start = _start(newest, unit)
    if match["span"] or match["short"] or match["far"]:
        return start, newest
    if number:
        return _back(newest, unit, number) + timedelta(days=1), newest
    if match["which"] in ("this", "current", "most recent", "latest"):
        return start, _back(_start(_back(start, unit, -1), unit), "day", 1)
    return _start(start - timedelta(days=1), unit), start - timedelta(days=1)


def _start(day: date, unit: str) -> date:
    """The first day of the unit the day lies in; weeks begin on Monday."""
    if unit == "week":
        return day - timedelta(days=day.weekday())
    month = {"month": day.month, "quarter": (day.month - 1) // 3 * 3 + 1, "year": 1}.get(unit, 0)
    return day.replace(month=month, day=1) if month else day


def _back(day: date, unit: str, number: int) -> date:
    """So many units before; the end of a month stays within it."""
    if unit in ("day", "week"):
        return day - timedelta(days=number * (7 if unit == "week" else 1))
    months = day.year * 12 + day.month - 1 - number * {"month": 1, "quarter": 3, "year": 12}[unit]
    if not 12 <= months < 12 * 9999:
        raise Unreadable("This is further back than any date.")
    year, month = divmod(months, 12)
    ends = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, ends))
