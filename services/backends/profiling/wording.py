"""Sentences of alerts: names in quotes, numbers that a person reads, steps that mend."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from services.conditions import MOST_VALUES
from services.domain import Alert, AlertKind, Comparison, Condition, Remedy, Severity, View


def quoted(name: str) -> str:
    """The name of a column on one line, cut."""
    line = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    return f"“{line if len(line) <= 60 else line[:59] + '…'}”"


def percent(share: float) -> str:
    """ "3 %", "0.4 %", "under 0.1 %"."""
    if share <= 0:
        return "0 %"
    if share < 0.001:
        return "under 0.1 %"
    if share >= 0.9995:
        return "100 %" if share >= 1 else "over 99.9 %"
    return f"{share:.1%}".replace("%", " %") if share < 0.1 or share > 0.95 else f"{share:.0%}".replace("%", " %")


def rows(number: int) -> str:
    """ "1 row", "1,704 rows"."""
    return f"{number:,} row" if number == 1 else f"{number:,} rows"


def number(value: float) -> str:
    """A number with about four digits."""
    if abs(value) >= 1_000:
        return f"{value:,.0f}"
    return f"{value:.4g}"


def alert(
    kind: AlertKind,
    severity: Severity,
    names: Sequence[str],
    text: str,
    *,
    reason: str,
    found: int | None = None,
    total: int = 0,
    **more: Any,
) -> Alert:
    """The alert; `found` is the number of rows it concerns of `total`."""
    share = None if found is None else found / max(1, total)
    return Alert(
        kind=kind, severity=severity, columns=tuple(names), text=text, reason=reason, rows=found, share=share, **more
    )


def code(label: str, lines: str) -> Remedy:
    """A remedy as code that changes `df`."""
    return Remedy(label=label, step={"kind": "code", "code": lines, "sentence": label})


def drop_column(name: str) -> Remedy:
    return code(f"Drop {quoted(name)}", f"df = df.drop(columns=[{name!r}])")


def filled(*names: str) -> View:
    """The rows in which all the columns have a value: what an alert about whole columns shows."""
    return view(*((name, Comparison.PRESENT, "") for name in names))


def listed(name: str, values: Iterable[str]) -> View:
    """The rows in which the column holds one of the values, of which as many as a condition takes."""
    known = tuple(islice(values, MOST_VALUES))
    return View(conditions=(Condition(column=name, comparison=Comparison.ONE_OF, values=known),))


def outside(name: str, low: float, high: float) -> View:
    """The rows below one number or above another."""
    ends = (f"{low:.15g}", f"{high:.15g}")
    return View(conditions=(Condition(column=name, comparison=Comparison.OUTSIDE, values=ends),))


def view(*conditions: tuple[str, Comparison, str]) -> View:
    """The rows that meet all the conditions."""
    return View(
        conditions=tuple(Condition(column=name, comparison=how, value=value) for name, how, value in conditions)
    )
