"""Profiles of tables that are strange: empty, wide, of odd types, with hostile names and extreme values."""

from __future__ import annotations

import json
import math
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from benchmarks.profile import profile
from services.domain import AlertKind, Kind, Profile

HOSTILE = ['a"b', "it's", "{x}", "line\nbreak", "__class__", "a;DROP TABLE t--", "Name", "name", " ", "c0", "é", "'''"]


def kinds(found: Profile) -> set[AlertKind]:
    return {alert.kind for alert in found.alerts}


@pytest.mark.parametrize("rows", [0, 1, 2, 3])
def test_tables_of_hardly_any_rows(tmp_path: Path, rows: int) -> None:
    table = pa.table(
        {
            "n": pa.array(list(range(rows)), pa.int64()),
            "x": pa.array([0.5] * rows, pa.float64()),
            "t": pa.array(["a"] * rows, pa.string()),
            "d": pa.array([date(2024, 1, 1 + place) for place in range(rows)], pa.date32()),
            "none": pa.array([None] * rows, pa.string()),
        }
    )
    found = profile(table, tmp_path)
    assert found.rows == rows
    assert (AlertKind.EMPTY in kinds(found)) == (rows > 0)


def test_types_and_values_at_the_edge(tmp_path: Path) -> None:
    n = 60
    table = pa.table(
        {
            "huge": pa.array([2**62 + place for place in range(n)], pa.int64()),
            "infinite": pa.array([math.inf, -math.inf, math.nan, *range(n - 3)], pa.float64()),
            "vast": pa.array([1e300 * (place + 1) for place in range(n)], pa.float64()),
            "tiny": pa.array([5e-324] * n, pa.float64()),
            "money": pa.array([Decimal(place) / 8 for place in range(n)], pa.decimal128(38, 10)),
            "zoned": pa.array([datetime(2024, 1, 1, tzinfo=UTC)] * n, pa.timestamp("us", "Europe/Berlin")),
            "old": pa.array([date(1, 1, 1), date(9999, 12, 31)] * (n // 2), pa.date32()),
            "clock": pa.array([time(place % 24) for place in range(n)], pa.time64("us")),
            "lists": pa.array([[place, 2] for place in range(n)]),
            "yes": pa.array([place % 2 == 0 for place in range(n)]),
            "bytes": pa.array([b"\xff\x00" for _ in range(n)], pa.binary()),
        }
    )
    found = profile(table, tmp_path)
    assert [column.name for column in found.columns] == table.column_names
    assert json.loads(found.model_dump_json())["rows"] == n
    infinite = found.column("infinite")
    assert infinite is not None
    assert infinite.missing == 1
    assert infinite.histogram is None or sum(infinite.histogram.rows) <= n


def test_hostile_names_stay_as_they_are(tmp_path: Path) -> None:
    table = pa.table([[f"value {row} {place}" for row in range(30)] for place in range(len(HOSTILE))], names=HOSTILE)
    found = profile(table, tmp_path)
    assert [column.name for column in found.columns] == HOSTILE
    assert all("\n" not in alert.text for alert in found.alerts)


def test_a_remedy_names_a_hostile_column_safely(tmp_path: Path) -> None:
    name = "x'] ; import os #\n"
    found = profile(pa.table({name: [None, 1.0, 2.0, None], "y": [1, 2, 3, 4]}), tmp_path)
    [remedy] = [alert.remedy for alert in found.alerts if alert.kind is AlertKind.MISSING and alert.remedy]
    assert repr(name) in str(remedy.step.get("code", repr(name)))
    assert "\n" not in remedy.label


def test_a_wide_table_keeps_every_column(tmp_path: Path) -> None:
    table = pa.table({f"col {place}": [float(row * place % 97) for row in range(300)] for place in range(200)})
    found = profile(table, tmp_path)
    assert len(found.columns) == 200
    assert any("left out of the correlations" in note for note in found.notes)
    assert len(found.alerts) <= 1_000


def test_histograms_count_every_row(tmp_path: Path) -> None:
    table = pa.table(
        {"x": [float(place % 100) for place in range(1_000)] + [1e9], "k": [place % 7 for place in range(1_001)]}
    )
    found = profile(table, tmp_path)
    for column in found.columns:
        shape = column.histogram
        assert shape is not None
        assert sum(shape.rows) + shape.under + shape.over == 1_001
    x = found.column("x")
    assert x is not None
    assert x.kind is Kind.DECIMAL
    assert x.histogram is not None
    assert x.histogram.over == 1
    assert x.histogram.high < 1e4
