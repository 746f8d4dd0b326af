"""Alerts about two columns: one repeats another, one gives the target away, an end before its start."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

import numpy as np

from services.backends.profiling.look import Look, Table
from services.backends.profiling.pairs import Leak, Related, Same
from services.backends.profiling.wording import alert, code, drop_column, filled, percent, quoted, rows, view
from services.backends.semantics import Facts
from services.domain import Alert, AlertKind, Comparison, Severity

_STARTS = (
    "start starts started begin begins began from opened open order ordered created issue issued departure depart in "
    "checkin hire hired admission admitted pickup purchase purchased submitted birth born"
)
_ENDS = (
    "end ends ended finish finished to until till closed close delivery delivered ship shipped shipping returned "
    "updated due arrival arrive out checkout termination terminated left discharge discharged dropoff completed "
    "return resolved death died payment paid"
)
STARTS, ENDS = frozenset(_STARTS.split()), frozenset(_ENDS.split())
MOST_WRONG = 0.1


def found(table: Table, related: Related) -> Iterator[Alert]:
    """The alerts about pairs of columns."""
    yield from (_same(each, table) for each in related.same)
    yield from (_leak(each) for each in related.leaks)
    dates = [look for look in table.looks if look.kind.is_date and len(look.present)][:20]
    for first, last in permutations(dates, 2):
        yield from _order(first, last)


def _same(same: Same, table: Table) -> Alert:
    both = filled(same.left, same.right)
    part = f" in {percent(same.share)} of the rows" if same.how == "the same values" else ""
    return alert(
        AlertKind.NEAR_DUPLICATE,
        Severity.LOW,
        [same.left, same.right],
        f"{quoted(same.left)} and {quoted(same.right)} hold {same.how}{part}.",
        reason="The second adds nothing, counts twice in a model, and may go out of step.",
        found=round(same.share * table.profile.rows) if part else None,
        total=table.profile.rows,
        view=view((same.left, Comparison.DIFFERS, same.right)) if part and same.share < 1 else both,
        remedy=drop_column(same.right),
    )


def _leak(leak: Leak) -> Alert:
    return alert(
        AlertKind.LEAKAGE,
        Severity.HIGH,
        [leak.column, leak.target],
        f"{quoted(leak.column)} alone tells {quoted(leak.target)} in {percent(leak.right)} of the rows.",
        reason="That is too good: it was probably known only afterwards. A model would learn nothing else.",
        view=filled(leak.column, leak.target),
        remedy=drop_column(leak.column),
    )


def _order(first: Look, last: Look) -> Iterator[Alert]:
    if not _are_span(first, last):
        return
    there = np.isfinite(first.numbers) & np.isfinite(last.numbers)
    wrong = int((last.numbers[there] < first.numbers[there]).sum())
    if not wrong or wrong > MOST_WRONG * there.sum():
        return
    scale = first.sample.total / max(1, first.sample.rows)
    number = max(1, round(wrong * scale))
    a, b = first.name, last.name
    yield alert(
        AlertKind.DATE_ORDER,
        Severity.HIGH,
        [a, b],
        f"{quoted(b)} is before {quoted(a)} in {rows(number)}.",
        reason=f"In {percent(1 - wrong / there.sum())} of the rows it is the other way round, as the names say.",
        found=number,
        total=first.sample.total,
        view=view((b, Comparison.BEFORE, a)),
        remedy=code(
            f"Make {quoted(b)} missing where it is before {quoted(a)}",
            f"df[{b!r}] = df[{b!r}].mask(df[{b!r}] < df[{a!r}])",
        ),
    )


def _are_span(first: Look, last: Look) -> bool:
    """Whether the names say that one begins what the other ends."""
    begins, ends = (set(Facts(look.name, look.kind, 0, 0).words) for look in (first, last))
    return bool(begins & STARTS) and bool(ends & ENDS) and not (begins & ENDS) and not (ends & STARTS)
