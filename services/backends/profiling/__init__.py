"""The richer facts about a table: shapes, alerts, relations. DuckDB counts exactly; the rest comes from a sample."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from services.backends.profiling import (
    column_alerts,
    number_alerts,
    pair_alerts,
    pairs,
    ranking,
    scan,
    shapes,
    table_alerts,
    text_alerts,
    time_alerts,
    times,
)
from services.backends.profiling.look import Look, Table
from services.backends.profiling.sample import Sample
from services.domain import Alert, Meaning, Profile

if TYPE_CHECKING:
    from services.backends.engine import OpenTable

Say = Callable[[str], None]
"""Told what is being done now; raises to stop it."""


def deepen(opened: OpenTable, first: Profile, meanings: Mapping[str, Meaning], say: Say) -> Profile:
    """The profile with everything that takes longer than the first facts."""
    started = time.monotonic()
    say("Counting")
    profile = first.corrected(meanings)
    sample = Sample.of(opened, profile.rows)
    table = Table(profile, tuple(_looks(opened, profile, sample)), sample)
    say("Drawing the shape of each column")
    table = replace(table, looks=tuple(shapes.drawn(opened, table)))
    say("Following the dates")
    table = replace(table, looks=tuple(times.covered(opened, table)))
    say("Looking for repeated rows")
    duplicates = scan.duplicates(opened, table)
    say("Comparing columns")
    related = pairs.relate(table)
    say("Looking for what is wrong")
    alerts = [*_column_alerts(table), *pair_alerts.found(table, related), *table_alerts.found(table, duplicates)]
    full = profile.model_copy(
        update={
            "columns": tuple(look.facts for look in table.looks),
            "duplicate_rows": duplicates,
            "alerts": ranking.ranked(alerts),
            "correlations": related.correlations,
            "missing_patterns": scan.missing_patterns(opened, table),
            "hierarchies": related.hierarchies,
            "notes": _notes(table, related),
        }
    )
    return full.model_copy(update={"seconds": round(time.monotonic() - started, 2)})


def _looks(opened: OpenTable, profile: Profile, sample: Sample) -> list[Look]:
    found = scan.scan(opened, profile)
    return [Look(facts, found[place], opened.columns[place], sample) for place, facts in enumerate(profile.columns)]


def _column_alerts(table: Table) -> list[Alert]:
    alerts: list[Alert] = []
    for look in table.looks:
        if not look.filled:
            alerts += column_alerts.found(look, table)
            continue
        alerts += column_alerts.found(look, table)
        alerts += number_alerts.found(look)
        alerts += text_alerts.found(look)
        alerts += time_alerts.found(look)
    return alerts


def _notes(table: Table, related: pairs.Related) -> tuple[str, ...]:
    """What is approximate, in sentences."""
    notes = []
    if not table.sample.is_whole:
        notes.append(
            f"Quantiles, correlations and patterns in text come from {table.sample.rows:,} of "
            f"{table.profile.rows:,} rows, drawn at random; counts are exact."
        )
    if any(look.facts.is_estimate for look in table.looks):
        notes.append("Numbers of distinct values are estimates, a few per cent off.")
    if related.left_out:
        notes.append(f"{related.left_out:,} columns were left out of the correlations: the table has too many.")
    assert all(math.isfinite(each.value) for each in related.correlations)
    return tuple(notes)
