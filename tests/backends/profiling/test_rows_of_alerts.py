"""An alert that says how many rows it is about shows those rows."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from services.backends.engine import Engine
from services.domain import AlertKind, Profile

SEED = np.random.SeedSequence().entropy
EXACT = frozenset(
    {
        *(AlertKind.MISSING, AlertKind.ZEROS, AlertKind.OUTLIERS, AlertKind.SPELLING, AlertKind.WHITE_SPACE),
        *(AlertKind.IMPOSSIBLE, AlertKind.DATE_ORDER, AlertKind.ENCODING, AlertKind.TIME_JUMP, AlertKind.MIXED_TYPES),
        *(AlertKind.NEAR_CONSTANT, AlertKind.IMBALANCE),
    }
)


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    rng, n = np.random.default_rng(SEED), 600
    start = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 200, n), unit="D")
    made = pd.DataFrame({"order_id": np.arange(n), "start_date": start})
    made["end_date"] = made.start_date + pd.to_timedelta(rng.integers(1, 30, n), unit="D")
    made.loc[[3, 9, 40], "end_date"] = pd.Timestamp("2023-12-20")
    made["price"] = rng.normal(60, 5, n).round(2)
    made.loc[[5, 77], "price"] = [900.0, -800.0]
    made["region"] = rng.choice(["North", "South", "Western"], n)
    made.loc[[1, 2, 3, 4], "region"] = ["north", "NORTH", "Westren", "north"]
    made["city"] = rng.choice(["Berlin", "Paris"], n)
    made.loc[[8, 88], "city"] = ["Berlin ", " Paris"]
    made["customer"] = rng.choice(["Anna", "Jörg", "Zoë"], n)
    made.loc[[30, 31], "customer"] = "JÃ¶rg"
    made["units"] = np.where(rng.random(n) < 0.5, 0, rng.integers(1, 9, n))
    made["age"] = rng.integers(20, 60, n).astype(float)
    made.loc[[11, 12], "age"] = -4
    made.loc[rng.choice(n, 80, replace=False), "age"] = np.nan
    made["flag"] = "yes"
    made.loc[[70, 71, 72], "flag"] = "no"
    made["key_id"] = [f"K{k}" for k in range(n)]
    made.loc[501, "key_id"] = "K500"
    return pd.concat([made, made.iloc[[20, 21]]], ignore_index=True)


@pytest.fixture(scope="module")
def found(frame: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> tuple[Engine, Path, Profile]:
    path = tmp_path_factory.mktemp("alerts") / "t.parquet"
    frame.to_parquet(path)
    engine = Engine(temp=path.parent)
    return engine, path, engine.deepen(path, engine.profile(path, "v"), {}, lambda stage: None)


def test_the_rows_of_an_alert_are_as_many_as_it_says(found: tuple[Engine, Path, Profile]) -> None:
    engine, path, profile = found
    seen = set()
    for alert in profile.alerts:
        if alert.view is not None and alert.kind in EXACT:
            assert engine.count(path, alert.view) == alert.rows, (SEED, alert.text)
            seen.add(alert.kind)
    assert seen >= {AlertKind.SPELLING, AlertKind.WHITE_SPACE, AlertKind.OUTLIERS, AlertKind.DATE_ORDER}, SEED


def test_repeats_show_every_row_of_a_group(found: tuple[Engine, Path, Profile]) -> None:
    engine, path, profile = found
    views = {alert.kind: alert.view for alert in profile.alerts if alert.view}
    assert engine.count(path, views[AlertKind.DUPLICATE_ROWS]) == 4


def test_outliers_say_what_each_way_of_looking_would_name(found: tuple[Engine, Path, Profile]) -> None:
    [alert] = [each for each in found[2].alerts if each.kind is AlertKind.OUTLIERS and each.columns == ("price",)]
    ways = re.search(
        r"([\d,]+) \(beyond three interquartile ranges\), ([\d,]+) \(a z-score over 3\), "
        r"([\d,]+) \(an isolation forest\)\.$",
        alert.reason,
    )
    assert ways, alert.reason
    assert 2 <= int(ways[3]) <= 20, SEED
