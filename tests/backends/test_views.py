"""Sorted and filtered pages: the same rows as a plain computation gives, whatever columns and values are called."""

from __future__ import annotations

import math
import random
from datetime import date, datetime, time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from services.backends.engine import Engine
from services.domain import Comparison, Condition, View
from services.errors import BadInput

HOSTILE = "a\"'; DROP TABLE t; --"
TABLE = pa.table(
    {
        "n": pa.array([3, 1, None, 2, 2, 10**17 + 1], pa.int64()),
        "N": ["x", "y", "z", "x", "y", "z"],
        HOSTILE: ["It's", 'a "b"', None, "ABC", "abd", "äöü"],
        "p": [1.5, math.nan, -2.0, None, 0.0, 9.0],
        "day": pa.array([date(2024, 1, d) for d in range(1, 7)]),
        "at": pa.array([datetime(2024, 1, d, 23, 59) for d in range(1, 7)], pa.timestamp("us")),
        "clock": pa.array([time(h, 30) for h in range(6)], pa.time64("us")),
        "ok": [True, False, None, True, False, True],
    }
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    pq.write_table(TABLE, tmp_path / "t.parquet", row_group_size=2)
    return tmp_path / "t.parquet"


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return Engine(temp=tmp_path)


def only(column: str, comparison: Comparison, value: str = "") -> View:
    return View(conditions=(Condition(column=column, comparison=comparison, value=value),))


def listed(column: str, comparison: Comparison, *values: str) -> View:
    return View(conditions=(Condition(column=column, comparison=comparison, values=values),))


@pytest.mark.parametrize(
    ("view", "kept"),
    [
        (listed("n", Comparison.ONE_OF, "2", "3"), [0, 3, 4]),
        (listed("n", Comparison.NONE_OF, "2", "3"), [1, 2, 5]),
        (listed(HOSTILE, Comparison.ONE_OF, "It's", "ABC"), [0, 3]),
        (listed("n", Comparison.ONE_OF), []),
        (listed("n", Comparison.OUTSIDE, "2", "3"), [1, 5]),
        (listed("day", Comparison.OUTSIDE, "2024-01-02", "2024-01-05"), [0, 5]),
        (listed("n", Comparison.ONE_OF, *map(str, range(300))), [0, 1, 3, 4]),
        (only("n", Comparison.REPEATED), [3, 4]),
        (only("N", Comparison.REPEATED), [0, 1, 2, 3, 4, 5]),
        (only("", Comparison.REPEATED), []),
        (only("p", Comparison.BEFORE, "n"), [0, 4, 5]),
        (only("day", Comparison.BEFORE, "at"), [0, 1, 2, 3, 4, 5]),
        (only("n", Comparison.DIFFERS, "p"), [0, 1, 2, 3, 4, 5]),
        (only(HOSTILE, Comparison.PADDED), []),
        (only("n", Comparison.IS, "2"), [3, 4]),
        (only("n", Comparison.IS, "100000000000000001"), [5]),
        (only("n", Comparison.IS, "100000000000000000"), []),
        (only("n", Comparison.OVER, "1.5"), [0, 3, 4, 5]),
        (only("n", Comparison.IS_NOT, "2"), [0, 1, 2, 5]),
        (only("n", Comparison.MISSING), [2]),
        (only("N", Comparison.IS, "x"), [0, 3]),
        (only(HOSTILE, Comparison.IS, "It's"), [0]),
        (only(HOSTILE, Comparison.CONTAINS, "AB"), [3, 4]),
        (only(HOSTILE, Comparison.CONTAINS, "%"), []),
        (only(HOSTILE, Comparison.BEGINS, "ÄÖ"), [5]),
        (only(HOSTILE, Comparison.IS, "' OR true --"), []),
        (only("p", Comparison.MISSING), [1, 3]),
        (only("p", Comparison.PRESENT), [0, 2, 4, 5]),
        (only("p", Comparison.UNDER, "-1,000"), []),
        (only("p", Comparison.TO, "0"), [2, 4]),
        (only("day", Comparison.FROM, "2024-01-05"), [4, 5]),
        (only("at", Comparison.IS, "2024-01-02"), [1]),
        (only("at", Comparison.TO, "2024-01-02"), [0, 1]),
        (only("clock", Comparison.UNDER, "02:00"), [0, 1]),
        (only("ok", Comparison.IS, "no"), [1, 4]),
        (only("n", Comparison.CONTAINS, "0001"), [5]),
    ],
)
def test_a_condition_keeps_its_rows(engine: Engine, path: Path, view: View, kept: list[int]) -> None:
    assert engine.count(path, view) == len(kept)
    found = engine.view(path, view, 0, 100)
    assert found.column_names == TABLE.column_names
    assert str(found.select(["n", "N", HOSTILE]).to_pylist()) == str(
        TABLE.select(["n", "N", HOSTILE]).take(pa.array(kept, pa.int64())).to_pylist()
    )


@pytest.mark.parametrize("descending", [False, True])
def test_pages_of_a_sorted_view_are_the_sorted_table(engine: Engine, tmp_path: Path, descending: bool) -> None:
    draw = random.Random(7)
    keys = [draw.choice([None, 0.0, math.nan, *range(5)]) for _ in range(1_000)]
    path = tmp_path / "long.parquet"
    pq.write_table(pa.table({"k": pa.array(keys, pa.float64()), "i": range(1_000)}), path, row_group_size=90)
    view = View(sort="k", descending=descending)
    pages = [engine.view(path, view, offset, 130).column("i").to_pylist() for offset in range(0, 1_100, 130)]
    present = [i for i, key in enumerate(keys) if key is not None and not math.isnan(key)]
    missing = [i for i, key in enumerate(keys) if key is None or math.isnan(key)]
    expected = sorted(present, key=lambda i: (-keys[i] if descending else keys[i], i)) + missing  # type: ignore[operator]
    assert [i for page in pages for i in page] == expected


def test_conditions_add_up_and_are_sorted(engine: Engine, path: Path) -> None:
    conditions = (
        Condition(column="n", comparison=Comparison.PRESENT),
        Condition(column="ok", comparison=Comparison.IS, value="true"),
    )
    view = View(conditions=conditions, sort=HOSTILE, descending=True)
    assert engine.view(path, view, 0, 10).column(HOSTILE).to_pylist() == ["äöü", "It's", "ABC"]
    assert engine.view(path, view, 2, 1).column(HOSTILE).to_pylist() == ["ABC"]


@pytest.mark.parametrize(
    ("view", "said"),
    [
        (only("n", Comparison.OVER, "many"), "“many” cannot be compared with “n”"),
        (only("day", Comparison.IS, "31.12.2024 or so"), "2024-12-31"),
        (only("nothing", Comparison.MISSING), "no column “nothing”"),
        (View(sort="c0"), "no column “c0”"),
    ],
)
def test_what_cannot_be_compared_is_said(engine: Engine, path: Path, view: View, said: str) -> None:
    with pytest.raises(BadInput) as caught:
        engine.view(path, view, 0, 10)
    assert said in str(caught.value)
