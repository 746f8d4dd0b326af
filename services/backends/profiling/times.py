"""Which periods a date column covers, where time stands still, and dates that lie far from the rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from services.backends.profiling.look import Look, Table
from services.domain import Coverage, Gap, Kind

if TYPE_CHECKING:
    from services.backends.engine import OpenTable

DAY: Final = 86_400.0
GRAINS: Final = (("minute", 60.0), ("hour", 3_600.0), ("day", DAY), ("week", 7 * DAY))
MONTHS: Final = (("month", 1), ("quarter", 3), ("year", 12))
DENSE: Final = 0.85
"""Share of the steps from period to period that are one period long, for the period to be the table's rhythm."""
MOST_PERIODS: Final = 400_000
STRAY_SHARE: Final = 0.02
STRAY_DAYS: Final = 730.0
UNLIKELY: Final = 9.0
"""A pause this many mean pauses longer than the longest to be expected is no chance: odds of one in 8,000."""
LISTED: Final = 10
SERIES: Final = 1.05
"""Rows a period up to which a column is a series of one row a period."""
STRICT: Final = 0.98
ENDS: Final = 0.02
"""Share of the rows at either end where events thin out."""


@dataclass(frozen=True)
class Rhythm:
    """The moments of a column as whole periods, ascending and distinct."""

    grain: str
    periods: np.ndarray
    starts: np.ndarray
    """The beginning of each period, in seconds."""


def covered(opened: OpenTable, table: Table) -> Iterator[Look]:
    """Every column; those of dates with the periods they cover."""
    for look in table.looks:
        if not look.kind.is_date or len(look.present) < 3:
            yield look
            continue
        coverage = _coverage(bulk(np.unique(_moments(opened, look))), look.present)
        yield replace(look, facts=look.facts.model_copy(update={"coverage": coverage}))


def _moments(opened: OpenTable, look: Look) -> np.ndarray:
    """Every moment in the sample when that is all; else every day of the table."""
    if look.sample.is_whole:
        return look.present
    days = opened.connection.execute(
        f"SELECT DISTINCT epoch(date_trunc('day', {look.column.sql})) FROM {opened.source} "
        f"WHERE isfinite({look.column.sql}) LIMIT {MOST_PERIODS}"
    ).fetchnumpy()
    return np.asarray(next(iter(days.values())), dtype=float)


def bulk(moments: np.ndarray) -> np.ndarray:
    """The ascending moments without a few at either end that lie far from all others."""
    low, high = strays(moments)
    return moments[(moments >= low) & (moments <= high)]


def strays(moments: np.ndarray) -> tuple[float, float]:
    """The first and last moment that belong to the rest."""
    ordered = np.sort(moments)
    few = max(1, int(STRAY_SHARE * len(ordered)))
    first, last = 0, len(ordered) - 1
    if len(ordered) < 10:
        return float(ordered[0]), float(ordered[-1])
    core = ordered[-1 - few] - ordered[few]
    far = max(STRAY_DAYS * DAY, 1.5 * core)
    for place in range(few):
        if ordered[place + 1] - ordered[place] > far:
            first = place + 1
        if ordered[-1 - place] - ordered[-2 - place] > far:
            last = len(ordered) - 2 - place
    return float(ordered[first]), float(ordered[last])


def _coverage(moments: np.ndarray, present: np.ndarray) -> Coverage | None:
    """`moments` are distinct, `present` are those of all rows of the sample."""
    if len(moments) < 3 or moments[-1] <= moments[0]:
        return None
    rhythm = _rhythm(moments)
    is_series = rhythm is not None and len(present) <= SERIES * len(rhythm.periods)
    gaps = _irregular(moments) if rhythm is None else _missed(rhythm) if is_series else _empty(rhythm, present)
    grain = rhythm.grain if rhythm else "month" if moments[-1] - moments[0] > 90 * DAY else "day"
    periods = rhythm.periods if rhythm else np.unique(_numbered(moments, grain))
    listed = tuple(sorted(gaps, key=lambda gap: -gap.periods)[:LISTED])
    return Coverage(grain=grain, periods=int(periods[-1] - periods[0] + 1), filled=len(periods), gaps=listed)


def _rhythm(moments: np.ndarray) -> Rhythm | None:
    """The finest period that nearly every step is one of; none for events at any time."""
    for grain, seconds in GRAINS:
        if (moments[-1] - moments[0]) / seconds > MOST_PERIODS:
            continue
        found = _in(grain, moments)
        if _is_dense(found.periods):
            return found
        working = _working_days(found) if grain == "day" else None
        if working is not None and _is_dense(working.periods):
            return working
    for grain, _ in MONTHS:
        found = _in(grain, moments)
        if _is_dense(found.periods):
            return found
    return None


def _in(grain: str, moments: np.ndarray) -> Rhythm:
    periods, first = np.unique(_numbered(moments, grain), return_index=True)
    return Rhythm(grain, periods, moments[first])


def _numbered(moments: np.ndarray, grain: str) -> np.ndarray:
    """Periods since 1970 of each moment."""
    if seconds := dict(GRAINS).get(grain):
        return np.floor((moments + (3 * DAY if grain == "week" else 0)) / seconds).astype(np.int64)
    months = moments.astype("datetime64[s]").astype("datetime64[M]").astype(np.int64)
    return np.asarray(months // dict(MONTHS)[grain])


def _is_dense(periods: np.ndarray) -> bool:
    return len(periods) >= 3 and float((np.diff(periods) == 1).mean()) >= DENSE


def _working_days(days: Rhythm) -> Rhythm | None:
    """The days numbered without Saturdays and Sundays; None when there are such days."""
    weekdays = (days.periods + 3) % 7
    if (weekdays >= 5).any():
        return None
    return Rhythm("day", (days.periods + 3) // 7 * 5 + weekdays, days.starts)


def _missed(rhythm: Rhythm) -> list[Gap]:
    """Where periods are missing from a series of one row a period."""
    steps = np.diff(rhythm.periods)
    least = 2 if float((steps == 1).mean()) >= STRICT else max(3, int(3 * np.quantile(steps, 0.95)))
    return _gaps(rhythm, steps, least)


def _empty(rhythm: Rhythm, present: np.ndarray) -> list[Gap]:
    """Where more periods have no row than chance leaves empty, away from the thin ends."""
    first, last = np.quantile(present, (ENDS, 1 - ENDS))
    inside = (rhythm.starts >= first) & (rhythm.starts <= last)
    inner = Rhythm(rhythm.grain, rhythm.periods[inside], rhythm.starts[inside])
    steps = np.diff(inner.periods)
    if len(steps) < 3:
        return []
    chance = min(1 - 1 / len(steps), float((steps == 1).mean()))
    return _gaps(inner, steps, 2 + int((np.log(len(steps)) + UNLIKELY) / -np.log(1 - chance)))


def _gaps(rhythm: Rhythm, steps: np.ndarray, least: int) -> list[Gap]:
    return [
        _gap(rhythm.starts[place], rhythm.starts[place + 1], int(steps[place]) - 1)
        for place in np.flatnonzero(steps >= least)
    ]


def _irregular(moments: np.ndarray) -> list[Gap]:
    """Pauses far longer than events at random moments would make."""
    steps = np.diff(moments)
    usual = float(np.median(steps)) / np.log(2)
    spread = float(np.mean(steps)) if usual == 0 else usual
    limit = max(spread, float(np.quantile(steps, 0.9)) / np.log(10)) * (np.log(len(steps)) + UNLIKELY)
    return [
        _gap(moments[place], moments[place + 1], max(1, int(steps[place] // DAY)))
        for place in np.flatnonzero(steps > limit)
    ]


def _gap(start: float, end: float, periods: int) -> Gap:
    return Gap(start=iso(start), end=iso(end), periods=periods)


def iso(moment: float) -> str:
    """Seconds since 1970 as ISO text; a midnight as its day."""
    found = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=round(float(moment)))).replace(tzinfo=None)
    return found.date().isoformat() if (found.hour, found.minute, found.second) == (0, 0, 0) else found.isoformat(" ")


def backward(look: Look) -> int:
    """Steps back in time from row to row, where nearly all rows go forward (or nearly all go back)."""
    steps = np.diff(look.numbers[np.isfinite(look.numbers)])
    if len(steps) < 20 or look.kind not in (Kind.DATE, Kind.DATETIME):
        return 0
    back, forth = int((steps < 0).sum()), int((steps > 0).sum())
    fewer, more = min(back, forth), max(back, forth)
    return fewer if fewer <= 0.05 * len(steps) and more >= 0.3 * len(steps) else 0
