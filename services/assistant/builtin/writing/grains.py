"""Parts of dates as code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from services.assistant.builtin.intent import Grain, Intent, Key
from services.domain import Kind, Profile


def date_code(column: str, source: str, profile: Profile) -> str:
    """The column as timestamps."""
    found = profile.column(column)
    plain = f"{source}[{column!r}]"
    return plain if found is not None and found.kind is Kind.DATETIME else f"pd.to_datetime({plain})"


def grain_code(key: Key, source: str, profile: Profile) -> str:
    """The part of the date, in a form that sorts in time."""
    date = date_code(key.column, source, profile)
    parts = {
        Grain.DAY: f"{date}.dt.floor('D')",
        Grain.WEEK: f"{date}.dt.to_period('W').dt.start_time",
        Grain.MONTH: f"{date}.dt.to_period('M')",
        Grain.QUARTER: f"{date}.dt.to_period('Q')",
        Grain.YEAR: f'{date}.dt.year.astype("Int64")',
        Grain.WEEKDAY: f"{date}.dt.day_of_week.map(dict(enumerate(weekdays)))",
        Grain.MONTH_OF_YEAR: f"{date}.dt.month.map(dict(enumerate(months, start=1)))",
        Grain.HOUR: f'{date}.dt.hour.astype("Int64")',
    }
    assert key.grain is not None
    return parts[key.grain]


_TEXTS: Final = {Grain.DAY: "%Y-%m-%d", Grain.MONTH: "%Y-%m", Grain.QUARTER: "%Y-Q%q"}


def dates_as_text(intent: Intent, keys: Sequence[str]) -> list[str]:
    """Days, months and quarters as text once they are grouped: a million dates are not formatted one by one."""
    return [
        f".assign(**{{{name!r}: lambda found: found[{name!r}].dt.strftime({_TEXTS[key.grain]!r})}})"
        for key, name in zip(intent.keys, keys, strict=True)
        if key.grain in _TEXTS
    ]
