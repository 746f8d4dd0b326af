"""Forecasts against their libraries, planted series, odd tables; and the benchmark's promise on a small scale."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from statsmodels.tsa.arima.model import ARIMA
from statsmodels.tsa.exponential_smoothing.ets import ETSModel
from statsmodels.tsa.forecasting.theta import ThetaModel
from threadpoolctl import threadpool_limits

from services.code import analyses
from services.code.analyses import timegate
from services.code.analyses.methods.forecasts import ways
from services.errors import BadInput

GOLDEN = Path(__file__).parent / "golden"
HOSTILE = '"]); raise SystemExit("owned")\n#{value}\'\\'
ASKED = {"kind": "forecast", "date": "day", "value": "sales", "method": "theta"}


def ran(code: str, df: pd.DataFrame) -> dict[str, Any]:
    """What the code, ours, assigns to `result`."""
    names: dict[str, Any] = {"df": df, "pd": pd, "np": np}
    with threadpool_limits(1):  # as in the sandbox; many threads on a busy machine wait for each other
        exec(code, names)
    return dict(names["result"])


def facts(asked: dict[str, Any], df: pd.DataFrame) -> dict[str, Any]:
    return ran(analyses.parse(asked).fit_code(), df)


def told(df: pd.DataFrame, **asked: Any) -> dict[str, Any]:
    given = ASKED | asked
    return ran(analyses.parse(given | {"learned": facts(given, df)}).to_code(), df)


def refusal(df: pd.DataFrame, **asked: Any) -> str:
    given = ASKED | asked
    fitted = analyses.parse(given | {"learned": facts(given, df)})
    choice = fitted.choose()
    if not choice.method:
        with pytest.raises(BadInput):
            fitted.to_code()
        assert choice.hint
    return choice.refusal


def series(freq: str, periods: int, season: int = 12, noise: float = 1.0) -> pd.DataFrame:
    rng, n = np.random.default_rng(), np.arange(periods)
    values = 100 + 0.2 * n + 20 * np.sin(2 * np.pi * n / season) + rng.normal(0, noise, periods)
    return pd.DataFrame({"day": pd.date_range("2015-01-31", periods=periods, freq=freq), "sales": values})


def functions(name: str, seasons: list[int]) -> dict[str, Any]:
    """The functions of the written code, by name."""
    plain, parts = ways.imports((name,))
    names: dict[str, Any] = {"np": np, "pd": pd, "seed": 1, "seasons": seasons}
    exec("\n".join([*plain, *parts, ways.functions((name,))]), names)
    return names


def walk() -> np.ndarray[Any, Any]:
    return 50 + np.random.default_rng().normal(0.1, 1, 120).cumsum()


def test_theta_is_that_of_statsmodels() -> None:
    y = walk()
    expected = ThetaModel(pd.Series(y), deseasonalize=False).fit(use_mle=False).forecast(9)
    assert functions("theta", [])["theta"](y, 9) == pytest.approx(expected.to_numpy(), rel=1e-3)


def test_ets_is_the_best_of_those_of_statsmodels() -> None:
    y = walk()
    fits = [
        ETSModel(y, trend=t, damped_trend=d).fit(disp=False) for t, d in ((None, False), ("add", False), ("add", True))
    ]
    expected = min(fits, key=lambda fit: fit.aicc).forecast(5)
    assert functions("ets", [])["ets"](y, 5) == pytest.approx(expected, rel=1e-3)


def test_arima_is_that_of_statsmodels_with_the_order_found() -> None:
    y, names = walk(), functions("arima", [])
    order, params = names["arima_order"](y)
    assert order[1] in (0, 1, 2)
    model = ARIMA(y, order=order, trend="n" if order[1] else "c")
    expected = model.smooth(params if order[1] else np.r_[y.mean(), params]).forecast(6)
    assert names["arima"](y, 6) == pytest.approx(expected)


def test_an_autoregression_finds_a_planted_rule() -> None:
    y = np.zeros(300)
    y[:7] = np.random.default_rng().normal(0, 5, 7)
    for place in range(7, 300):
        y[place] = y[place - 7]
    assert functions("autoregression", [7])["autoregression"](y, 14) == pytest.approx(np.tile(y[-7:], 2), abs=0.1)


def test_the_mixture_beats_seasonal_naive_and_its_intervals_hold_what_came() -> None:
    df = series("ME", 120, noise=3.0)
    past, came = df.iloc[:-12], df["sales"].iloc[-12:].to_numpy()
    result = told(past, method="automatic", horizon=12)
    forecast = result["forecast"]
    assert list(forecast.columns) == ["time", "point", "lower", "upper"]
    assert list(forecast["time"]) == list(df["day"].iloc[-12:])
    naive = np.abs(past["sales"].iloc[-12:].to_numpy() - came).mean()
    assert np.abs(forecast["point"] - came).mean() < naive * 1.2
    assert ((forecast["lower"] <= forecast["point"]) & (forecast["point"] <= forecast["upper"])).all()
    assert ((forecast["lower"] <= came) & (came <= forecast["upper"])).mean() >= 0.5
    methods = set(result["backtest"]["method"])
    assert {"Naive", "Seasonal naive (12)", "ETS", "ARIMA", "Theta", "Autoregression", "Gradient boosting"} <= methods
    assert "Tried on the past at 4 points in time" in result["answer"]


def test_the_same_numbers_come_twice() -> None:
    df = series("W-TUE", 130, season=52)
    first, second = (told(df, method="boosting", horizon=4)["forecast"] for _ in range(2))
    pd.testing.assert_frame_equal(first, second)


@pytest.mark.parametrize(
    ("freq", "step"),
    [
        ("h", "h"),
        ("15min", "15min"),
        ("D", "D"),
        ("B", "B"),
        ("W-WED", "W-WED"),
        ("MS", "MS"),
        ("ME", "ME"),
        ("QS", "QS-JAN"),
        ("YE", "YE-DEC"),
        ("2D", "2D"),
    ],
)
def test_the_step_is_found_and_goes_on(freq: str, step: str) -> None:
    df = series(freq, 40)
    assert facts(ASKED, df)["step"] == step
    after = pd.date_range(df["day"].iloc[-1], periods=4, freq=freq)[1:]
    assert list(told(df.sample(frac=1), method="naive", horizon=3)["forecast"]["time"]) == list(after)


def test_rows_at_any_time_become_periods_and_a_cut_month_is_left_out() -> None:
    rng = np.random.default_rng()
    moments = pd.Timestamp("2022-01-01") + pd.to_timedelta(rng.uniform(0, 24 * 3600 * (365 * 2 + 10), 4000), unit="s")
    df = pd.DataFrame({"day": moments, "sales": rng.integers(1, 9, 4000)})
    asked = {"frequency": "month", "method": "naive"}
    learned = facts(ASKED | asked, df)
    assert timegate.is_cut(learned)
    fitted = analyses.parse(ASKED | asked | {"learned": learned})
    assert [each.holds for each in fitted.choose().assumptions][-1] is False
    forecast = ran(fitted.to_code(), df)["forecast"]
    assert forecast["time"].iloc[0] == pd.Timestamp("2024-01-01")


def test_gaps_are_filled_and_many_series_each_have_theirs() -> None:
    parts = [series("MS", 60).assign(shop=shop) for shop in ("North", "South", "new")]
    df = pd.concat([parts[0].drop(index=[20, 21]), parts[1].iloc[:50], parts[2].iloc[-5:]])
    result = told(df, series="shop", horizon=6)
    forecast = result["forecast"]
    assert forecast.groupby("series").size().to_dict() == {"North": 6, "South": 6}
    starts = forecast.groupby("series")["time"].min()
    assert starts["South"] < starts["North"]
    assert "1 series are too short" in result["answer"]
    assert set(result["chosen"]["series"]) == {"North", "South"}


def test_years_and_texts_are_dates_too_and_nothing_falls_under_nought() -> None:
    df = pd.DataFrame({"day": range(1990, 2020), "sales": np.linspace(30, 0.5, 30)})
    forecast = told(df, horizon=5)["forecast"]
    assert list(forecast["time"].dt.year) == list(range(2020, 2025))
    assert (forecast[["point", "lower"]] >= 0).all(axis=None)
    texts = series("D", 40).assign(day=lambda each: each["day"].dt.strftime("%Y-%m-%d"))
    assert len(told(texts, horizon=3)["forecast"]) == 3


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda df: df.assign(day="some day"), "no dates"),
        (lambda df: df.assign(sales="many"), "wrong kind"),
        (lambda df: df.head(8), "too few"),
        (lambda df: df.head(0), "too few"),
        (lambda df: df.assign(sales=7), "constant"),
        (lambda df: df.assign(shop=[f"s{n}" for n in range(len(df))]), "too many series"),
        (lambda df: df.iloc[[*range(12), *range(len(df) - 5, len(df))]], "too sparse"),
    ],
)
def test_what_cannot_be_forecast_is_refused(spoil: Callable[[pd.DataFrame], pd.DataFrame], why: str) -> None:
    df = spoil(series("D", 1500))
    assert refusal(df, series="shop" if "shop" in df else None) == why


def test_more_periods_than_are_known_are_refused() -> None:
    assert refusal(series("D", 30), horizon=31) == "too far"


def test_a_column_twice_and_a_method_that_is_not_there_are_refused() -> None:
    for wrong in ({"value": "day"}, {"method": "magic"}, {"horizon": -1}, {"interval": 2}):
        with pytest.raises(BadInput):
            analyses.parse(ASKED | wrong)


def test_names_are_values_and_never_code() -> None:
    df = series("D", 40).rename(columns={"day": HOSTILE, "sales": HOSTILE + "2"}).assign(**{"'": "\"}''"})
    result = told(df, date=HOSTILE, value=HOSTILE + "2", series="'", method="naive", horizon=2)
    assert len(result["forecast"]) == 2


def test_the_code_is_as_it_was() -> None:
    """Where a change is meant: write `code` to the file."""
    learned = facts(ASKED, series("MS", 60))
    code = analyses.parse(ASKED | {"learned": learned}).to_code()
    assert code == (GOLDEN / "forecast_theta.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("step", "points", "found"),
    [
        ("h", 700, (24, 168)),
        ("30min", 900, (48, 336)),
        ("D", 100, (7,)),
        ("D", 1000, (7, 365)),
        ("W-SUN", 200, (52,)),
        ("ME", 40, (12,)),
        ("QS-OCT", 12, (4,)),
        ("YE-DEC", 50, ()),
        ("ME", 20, ()),
        ("min", 4000, (60, 1440)),
    ],
)
def test_seasons_follow_the_step(step: str, points: int, found: tuple[int, ...]) -> None:
    assert timegate.seasons(step, points) == found
