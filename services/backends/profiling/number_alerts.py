"""Alerts about columns of numbers: zeros, skew, outliers, impossible values, two units in one column."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from services.backends import semantic_words as known
from services.backends.profiling import forest
from services.backends.profiling.look import Look
from services.backends.profiling.shapes import FAR
from services.backends.profiling.wording import alert, code, number, outside, percent, quoted, rows, view
from services.backends.semantics import Facts
from services.domain import Alert, AlertKind, Comparison, Remedy, Semantic, Severity, View

MANY_ZEROS: Final = 0.3
SKEWED: Final = 2.0
LEAST: Final = 20
FACTORS: Final = (10.0, 100.0, 1_000.0, 1_000_000.0, 12.0, 60.0, 2.2046, 2.54, 30.48, 25.4, 453.6, 3600.0)
"""Between units that get mixed: prefixes, inch and cm, pound and gram, minutes and seconds …"""
APART: Final = 4.0
"""How many times wider the hollow between two groups of logarithms must be than a group is spread."""
LARGEST_AGE: Final = 125


def found(look: Look) -> Iterator[Alert]:
    """The alerts of one column of numbers."""
    if not look.kind.is_number or len(look.present) < 2:
        return
    yield from _impossible(look)
    if not look.facts.semantic.is_amount:
        return
    yield from _zeros(look)
    mixed = list(_units(look))
    yield from mixed
    if len(look.present) >= LEAST and not mixed:
        yield from _outliers(look)
        yield from _skew(look)


def _zeros(look: Look) -> Iterator[Alert]:
    zeros = look.scanned.zeros or 0
    if zeros < MANY_ZEROS * look.filled or look.facts.distinct < 3:
        return
    name = look.name
    yield alert(
        AlertKind.ZEROS,
        Severity.LOW,
        [name],
        f"{percent(zeros / look.filled)} of {quoted(name)} is zero ({rows(zeros)}).",
        reason=f"From {percent(MANY_ZEROS)} on, zero often stands for “not known”, and pulls the mean down.",
        found=zeros,
        total=look.sample.total,
        view=view((name, Comparison.IS, "0")),
        remedy=_masked(f"Make the zeros in {quoted(name)} missing", name, "== 0"),
    )


def _skew(look: Look) -> Iterator[Alert]:
    skew = look.facts.skew
    if skew is None or abs(skew) < SKEWED or look.facts.distinct < 10:
        return
    name = look.name
    can_log, log = float(look.present.min()) >= 0, f"df[{name!r}] = np.log1p(df[{name!r}])"
    yield alert(
        AlertKind.SKEW,
        Severity.LOW,
        [name],
        f"{quoted(name)} is skewed to the {'right' if skew > 0 else 'left'} (skewness {skew:.1f}).",
        reason=f"Beyond ±{SKEWED:g} a few rows rule the mean: read the median, or use a logarithm.",
        view=_tail(look, right=skew > 0),
        remedy=code(f"Take the logarithm of {quoted(name)}", log) if can_log else None,
        unmended="" if can_log else "A logarithm needs numbers from zero on: read the median instead.",
    )


def _tail(look: Look, *, right: bool) -> View:
    """The rows of the twentieth that lies furthest out on one side."""
    edge = float(np.quantile(look.present, 0.95 if right else 0.05))
    return view((look.name, Comparison.FROM if right else Comparison.TO, f"{edge:.15g}"))


def _outliers(look: Look) -> Iterator[Alert]:
    low, high = look.beyond
    if not look.outside or look.outside > 0.1 * look.filled:
        return
    name, values = look.name, look.present
    far = np.unique(values[(values < low) | (values > high)])
    step = f"df[{name!r}] = df[{name!r}].clip({low:.6g}, {high:.6g})"
    yield alert(
        AlertKind.OUTLIERS,
        Severity.MEDIUM,
        [name],
        f"{rows(look.outside)} of {quoted(name)} {'lies' if look.outside == 1 else 'lie'} far from the rest "
        f"(below {number(low)} or above {number(high)}).",
        reason=f"More than {FAR:g} robust standard deviations from the median, each side by its own scale. "
        f"{_other_ways(values)}",
        found=look.outside,
        total=look.sample.total,
        examples=tuple(dict.fromkeys(f"{each:.6g}" for each in (*far[:2], *far[-3:]))),
        view=outside(name, low, high),
        remedy=code(f"Cut {quoted(name)} off at {number(low)} and {number(high)}", step),
    )


def _other_ways(values: np.ndarray) -> str:
    """How many of the values three other ways of looking would name, in one sentence."""
    quarter, three = np.quantile(values, (0.25, 0.75))
    reach = 3 * (three - quarter)
    by_iqr = int(((values < quarter - reach) | (values > three + reach)).sum())
    by_z = int((np.abs(values - values.mean()) > 3 * max(values.std(), 1e-300)).sum())
    return (
        f"Other ways would name, of the rows looked at: {by_iqr:,} (beyond three interquartile ranges), "
        f"{by_z:,} (a z-score over 3), {forest.apart(values):,} (an isolation forest)."
    )


def _units(look: Look) -> Iterator[Alert]:
    """Two groups of values that lie a well-known factor apart and are alike otherwise."""
    values = look.present[look.present > 0]
    if len(values) < LEAST or len(values) < 0.95 * len(look.present):
        return
    logs = np.sort(np.log(values))
    gaps = np.diff(logs)
    place = int(gaps.argmax())
    small, large = logs[: place + 1], logs[place + 1 :]
    if min(len(small), len(large)) < max(3, 0.02 * len(logs)):
        return
    factor = float(np.exp(np.median(large) - np.median(small)))
    widths = sorted([float(small.std()), float(large.std())])
    is_hollow = gaps[place] > APART * widths[1]
    is_alike = widths[1] < 3 * widths[0] + 0.05
    unit = next((each for each in FACTORS if 0.8 < factor / each < 1.25), None)
    if not (is_hollow and is_alike and unit and factor > 5):
        return
    edge = float(np.exp((small[-1] + large[0]) / 2))
    part = len(small) if len(small) < len(large) else len(large)
    name = look.name
    fewer_below = len(small) < len(large)
    edges = (f"> {edge:.6g}", f"* {unit:g}") if fewer_below else (f"< {edge:.6g}", f"/ {unit:g}")
    scaled = f"df[{name!r}].where(df[{name!r}] {edges[0]}, df[{name!r}] {edges[1]})"
    yield alert(
        AlertKind.UNIT_MIX,
        Severity.HIGH,
        [name],
        f"{quoted(name)} seems to hold two units: {percent(part / len(logs))} of it lies about {factor:,.3g} times "
        f"{'lower' if fewer_below else 'higher'} than the rest.",
        reason="Two groups of the same shape, nothing between them, and the factor of two units between their medians.",
        found=round(part / len(look.present) * look.filled),
        total=look.sample.total,
        view=view((name, Comparison.UNDER if fewer_below else Comparison.OVER, f"{edge:.15g}")),
        remedy=code(f"Bring {quoted(name)} to one unit (factor {unit:g})", f"df[{name!r}] = {scaled}"),
    )


def _impossible(look: Look) -> Iterator[Alert]:
    facts = Facts(look.name, look.kind, look.filled, look.facts.distinct)
    negative = look.scanned.negative or 0
    if negative and (facts.is_named(known.NEVER_NEGATIVE) or look.facts.semantic is Semantic.COUNT or _counts(facts)):
        few = negative <= 0.3 * look.filled
        if few:
            yield _refused(look, negative, "is negative", Comparison.UNDER, "0")
    above = _too_high(facts)
    if above is not None and look.facts.high is not None and float(look.facts.high) > above:
        beyond = round(float((look.present > above).mean()) * look.filled) or 1
        if beyond <= 0.3 * look.filled:
            yield _refused(look, beyond, f"is over {above:g}", Comparison.OVER, f"{above:g}")


def _counts(facts: Facts) -> bool:
    return len(facts.words) > 1 and facts.words[0] in known.COUNT_STARTS and facts.is_named(known.COUNTED)


def _too_high(facts: Facts) -> float | None:
    if facts.is_named({"age", "ages"}):
        return LARGEST_AGE
    if facts.is_named(known.LATITUDES):
        return 90
    return 180 if facts.is_named(known.LONGITUDES) else None


def _refused(look: Look, found: int, what: str, comparison: Comparison, value: str) -> Alert:
    name, sign = look.name, "<" if comparison is Comparison.UNDER else ">"
    return alert(
        AlertKind.IMPOSSIBLE,
        Severity.HIGH,
        [name],
        f"{quoted(name)} {what} in {rows(found)}.",
        reason=f"By its name, a value {'below' if sign == '<' else 'above'} {value} cannot be right.",
        found=found,
        total=look.sample.total,
        view=view((name, comparison, value)),
        remedy=_masked(f"Make those values of {quoted(name)} missing", name, f"{sign} {value}"),
    )


def _masked(label: str, name: str, test: str) -> Remedy:
    return code(label, f"df[{name!r}] = df[{name!r}].mask(df[{name!r}] {test})")
