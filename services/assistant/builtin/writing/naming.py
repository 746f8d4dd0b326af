"""Names of the columns an answer shows."""

from __future__ import annotations

from services.assistant.builtin.intent import Aggregate, Intent, Key, Measure
from services.assistant.builtin.language.lexicon import AGGREGATE_NAMES

SHARE = "share (%)"
TIED = "_tied"
"""Output with the number of rows that are not shown but tie with the last one that is."""


def measure_name(measure: Measure) -> str:
    """ "average price", "count", "distinct customer"."""
    if measure.column is None:
        return "count"
    if measure.aggregate is Aggregate.RATE:
        return f"{measure.column} rate (%)"
    if measure.times is not None:
        return f"{AGGREGATE_NAMES[measure.aggregate]} {measure.column} x {measure.times}"
    if measure.aggregate is Aggregate.COUNT:
        return f"count of {measure.column}"
    return f"{AGGREGATE_NAMES[measure.aggregate]} {measure.column}"


def key_name(key: Key) -> str:
    """The column itself, or the part of the date."""
    return key.column if key.grain is None else key.grain.value


def names(intent: Intent) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of the keys and of the measures, all different."""
    taken: set[str] = set()
    keys = tuple(_fresh(key_name(key), taken) for key in intent.keys)
    measures = tuple(_fresh(measure_name(measure), taken) for measure in intent.measures)
    return keys, measures


def _fresh(name: str, taken: set[str]) -> str:
    candidate, at = name, 2
    while candidate in taken:
        candidate, at = ("number of rows" if name == "count" and at == 2 else f"{name} {at}"), at + 1
    taken.add(candidate)
    return candidate
