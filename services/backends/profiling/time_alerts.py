"""Alerts about columns of dates: gaps, jumps, days that cannot be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import numpy as np

from services.backends.profiling import times
from services.backends.profiling.look import Look
from services.backends.profiling.wording import alert, code, filled, percent, quoted, rows, view
from services.backends.semantics import Facts
from services.domain import Alert, AlertKind, Comparison, Condition, Severity, View

BIRTHS = frozenset({"birth", "birthday", "birthdate", "dob", "born"})


def found(look: Look) -> Iterator[Alert]:
    """The alerts of one column of dates."""
    if not look.kind.is_date or len(look.present) < 3:
        return
    facts = Facts(look.name, look.kind, look.filled, look.facts.distinct)
    if not BIRTHS.isdisjoint(facts.words):
        yield from _future(look)
        return
    yield from _gaps(look)
    yield from _jumps(look)


def _future(look: Look) -> Iterator[Alert]:
    now = datetime.now(UTC)
    beyond = int((look.present > now.timestamp()).sum())
    if not beyond:
        return
    name, found_rows = look.name, max(1, round(beyond / len(look.present) * look.filled))
    today = now.date().isoformat()
    yield alert(
        AlertKind.IMPOSSIBLE,
        Severity.HIGH,
        [name],
        f"{quoted(name)} lies in the future in {rows(found_rows)}.",
        reason=f"Nobody is born after today ({today}).",
        found=found_rows,
        total=look.sample.total,
        view=view((name, Comparison.OVER, today)),
        remedy=code(
            f"Make those dates of {quoted(name)} missing",
            f"df[{name!r}] = df[{name!r}].mask(pd.to_datetime(df[{name!r}]) > pd.Timestamp({today!r}))",
        ),
    )


def _gaps(look: Look) -> Iterator[Alert]:
    coverage = look.facts.coverage
    if coverage is None or not coverage.gaps:
        return
    longest, number = coverage.gaps[0], len(coverage.gaps)
    many = f"{number} gaps" if number < times.LISTED else "many gaps"
    share = sum(gap.periods for gap in coverage.gaps) / max(1, coverage.periods)
    yield alert(
        AlertKind.TIME_GAP,
        Severity.MEDIUM if share >= 0.02 else Severity.LOW,
        [look.name],
        f"{quoted(look.name)} has {'a gap' if number == 1 else many}; the longest is from {longest.start} "
        f"to {longest.end}.",
        reason=f"{percent(coverage.filled / coverage.periods)} of the {coverage.grain}s between the "
        "first and the last row have rows, and this pause is longer than chance makes. Sums over time fall there.",
        examples=tuple(f"{gap.start} – {gap.end}" for gap in coverage.gaps[:5]),
        view=view((look.name, Comparison.FROM, longest.start[:10]), (look.name, Comparison.TO, longest.end[:10])),
        unmended="Rows that are not there cannot be made up: ask for them where the table comes from.",
    )


def _outside(name: str, start: str, end: str) -> View:
    return View(conditions=(Condition(column=name, comparison=Comparison.OUTSIDE, values=(start, end)),))


def _jumps(look: Look) -> Iterator[Alert]:
    low, high = times.strays(look.present)
    stray = look.present[(look.present < low) | (look.present > high)]
    name, scale = look.name, look.filled / len(look.present)
    if len(stray):
        number = max(1, round(len(stray) * scale))
        start, end = times.iso(low)[:10], times.iso(high)[:10]
        yield alert(
            AlertKind.TIME_JUMP,
            Severity.HIGH,
            [name],
            f"{rows(number)} of {quoted(name)} {'lies' if number == 1 else 'lie'} far from all others, "
            f"which run from {start} to {end}.",
            reason="Dates such as 1900-01-01 or 2099-12-31 mostly stand for “not known”, and stretch every axis.",
            found=number,
            total=look.sample.total,
            examples=tuple(times.iso(each) for each in np.unique(stray)[:5]),
            view=_outside(name, start, end),
            remedy=code(
                f"Make those dates of {quoted(name)} missing",
                f"when = pd.to_datetime(df[{name!r}])\n"
                f"df[{name!r}] = df[{name!r}].where(when.between({start!r}, {end + ' 23:59:59'!r}))",
            ),
        )
    if back := times.backward(look):
        yield alert(
            AlertKind.TIME_JUMP,
            Severity.LOW,
            [name],
            f"{quoted(name)} runs in order but for {'' if look.sample.is_whole else 'at least '}{rows(back)} that jump "
            "the other way.",
            reason="In a table written as things happen, a step back is a wrong clock, a late entry or a slip.",
            found=back,
            total=look.sample.total,
            view=filled(name),
            remedy=code(f"Put the rows in order of {quoted(name)}", f'df = df.sort_values({name!r}, kind="stable")'),
        )
