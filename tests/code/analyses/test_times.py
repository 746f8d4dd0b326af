"""Parts, shifts, outliers and the calendar of series in which they were planted; and of series without any."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
from statsmodels.tsa.seasonal import STL

from services.code import analyses
from tests.code.analyses.test_forecasting import HOSTILE, facts, ran

KINDS = ("decompose", "change_points", "time_anomalies", "calendar_effects")


def told(kind: str, df: pd.DataFrame, **asked: Any) -> dict[str, Any]:
    given = {"kind": kind, "date": "day", "value": "sales"} | asked
    return ran(analyses.parse(given | {"learned": facts(given, df)}).to_code(), df)


def daily(values: Any) -> pd.DataFrame:
    return pd.DataFrame({"day": pd.date_range("2023-01-02", periods=len(values), freq="D"), "sales": values})


def noise(size: int, spread: float = 1.0) -> np.ndarray[Any, Any]:
    return np.random.default_rng().normal(0, spread, size)


def test_the_parts_are_those_of_statsmodels_and_add_up() -> None:
    n = np.arange(140)
    df = daily(100 + 0.5 * n + 10 * np.sin(2 * np.pi * n / 7) + noise(140))
    result = told("decompose", df)
    expected = STL(df.set_index("day")["sales"], period=7, robust=True).fit()
    parts = result["parts"]
    assert parts["trend"].to_numpy() == pytest.approx(expected.trend.to_numpy())
    assert parts[["trend", "season 7", "rest"]].sum(axis=1).to_numpy() == pytest.approx(df["sales"].to_numpy())
    rise = re.search(r"The trend of sales rises by about (\S+) each day", result["answer"])
    assert rise is not None
    assert float(rise[1]) == pytest.approx(0.5, abs=0.03)
    assert (result["strengths"]["strength"] > 0.9).all()
    assert result["autocorrelation"].shape[0] == 40


def test_planted_shifts_are_found_where_they_are() -> None:
    levels = np.repeat([10.0, 30.0, 18.0], 80)
    result = told("change_points", daily(levels + noise(240, 2.0)))
    times = result["changes"]["time"]
    assert len(times) == 2
    planted = pd.to_datetime(["2023-03-23", "2023-06-11"])
    assert (np.abs(times.to_numpy() - planted.to_numpy()) <= np.timedelta64(2, "D")).all()
    assert "shifts 2 times" in result["answer"]


def test_noise_and_slow_wandering_are_no_shifts() -> None:
    false = 0
    for _ in range(20):
        wander = np.zeros(200)
        for place in range(1, 200):
            wander[place] = 0.6 * wander[place - 1] + noise(1)[0]
        false += len(told("change_points", daily(noise(200)))["changes"]) > 0
        false += len(told("change_points", daily(wander))["changes"]) > 0
    assert false <= 4


def test_planted_outliers_stand_out_and_little_else() -> None:
    n, others = np.arange(180), 0
    planted = {pd.Timestamp("2023-01-02") + pd.Timedelta(days=day) for day in (50, 120)}
    for _ in range(5):
        values = 100 + 20 * np.sin(2 * np.pi * n / 7) + noise(180)
        values[[50, 120]] += [15, -15]
        found = set(told("time_anomalies", daily(values))["anomalies"]["time"])
        assert planted <= found
        others += len(found - planted)
    assert others <= 5 * 9


def test_a_weekend_is_found_and_no_month() -> None:
    df = daily(np.full(400, 50.0) + noise(400))
    df.loc[df["day"].dt.dayofweek == 6, "sales"] *= 1.5
    result = told("calendar_effects", df)
    assert result["test"]["calendar"].iloc[0] == "day of the week"
    assert re.search(r"Highest: Sunday \(\+(4[5-9]|5[0-5])%", result["answer"])
    by_month = result["test"].set_index("calendar").loc["month"]
    assert by_month["p (Holm)"] > 0.001


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
def test_every_look_stands_on_short_long_and_odd_series(kind: str) -> None:
    for size in (20, 33, 400):
        result = told(kind, daily(10 + np.abs(noise(size)).cumsum()))
        assert result["answer"]
    months = pd.DataFrame({"day": pd.date_range("2010-01-31", periods=60, freq="ME"), "sales": noise(60)})
    assert told(kind, months)["answer"]
    hours = pd.DataFrame({"day": pd.date_range("2024-01-01", periods=500, freq="h"), "sales": noise(500)})
    assert told(kind, hours.drop(index=[9, 10, 11]))["answer"]


@pytest.mark.parametrize("kind", KINDS)
def test_names_are_values_and_a_short_series_is_refused(kind: str) -> None:
    df = daily(noise(50)).rename(columns={"day": HOSTILE, "sales": HOSTILE + "2"})
    assert told(kind, df, date=HOSTILE, value=HOSTILE + "2")["answer"]
    given = {"kind": kind, "date": "day", "value": "sales"}
    choice = analyses.parse(given | {"learned": facts(given, daily(noise(15)))}).choose()
    assert choice.refusal == "too few"
