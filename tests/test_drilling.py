"""From marks to rows: behind every mark of a drawn chart stand as many rows as the mark says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sandbox.encode_figures import plotly_json
from services import drilling
from services.backends.engine import Engine
from services.code import analyses
from services.code.steps import Condition as RowTest
from services.domain import Comparison, Condition, Profile, View

SEED = np.random.SeedSequence().entropy
COUNTS: list[dict[str, Any]] = [
    {"type": "bar", "x": "region"},
    {"type": "bar", "x": "city", "top": 4},
    {"type": "bar", "x": "year"},
    {"type": "bar", "x": "ok"},
    {"type": "lying bar", "x": "region"},
    {"type": "grouped bar", "x": "region", "color": "plan"},
    {"type": "stacked bar", "x": "region", "color": "plan"},
    {"type": "small multiples", "x": "region", "facet": "plan"},
    {"type": "line", "x": "day", "period": "month"},
    {"type": "line", "x": "at", "period": "week", "color": "plan"},
    {"type": "line", "x": "at", "period": "hour"},
    {"type": "area", "x": "day", "period": "quarter"},
    {"type": "bar", "x": "day", "period": "year"},
    {"type": "pareto", "x": "region"},
    {"type": "funnel", "x": "region"},
    {"type": "waterfall", "x": "region"},
    {"type": "histogram", "x": "price"},
    {"type": "histogram", "x": "price", "color": "plan"},
    {"type": "treemap", "path": ["region", "plan"]},
    {"type": "sunburst", "path": ["plan", "region"]},
    {"type": "bar", "x": "region", "where": [{"column": "plan", "test": "=", "value": "pro"}]},
    {"type": "scatter", "x": "price", "y": "cost"},
    {"type": "map", "x": "cost", "y": "price", "color": "plan"},
]


@pytest.fixture(scope="module")
def df() -> pd.DataFrame:
    rng, n = np.random.default_rng(SEED), 500
    frame = pd.DataFrame(
        {
            "region": rng.choice(["North", "South / West", "O'Brien"], n),
            "city": rng.choice([f"City {k}" for k in range(12)], n),
            "plan": rng.choice(["basic", "pro"], n),
            "year": rng.integers(2019, 2024, n),
            "ok": rng.random(n) < 0.4,
            "day": pd.Timestamp("2023-01-03") + pd.to_timedelta(rng.integers(0, 500, n), unit="D"),
            "at": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 90 * 24 * 60, n), unit="min"),
            "price": rng.gamma(2, 30, n).round(3),
            "cost": rng.normal(50, 10, n).round(3),
        }
    )
    frame["day"] = frame.day.dt.date
    return frame


@pytest.fixture(scope="module")
def table(df: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> tuple[Engine, Path, Profile]:
    path = tmp_path_factory.mktemp("drilling") / "t.parquet"
    df.to_parquet(path)
    engine = Engine(temp=path.parent)
    return engine, path, engine.profile(path, "v")


def figure_of(chart: dict[str, Any], df: pd.DataFrame) -> dict[str, Any]:
    names: dict[str, Any] = {"df": df.assign(day=pd.to_datetime(df.day)), "pd": pd, "np": np}
    exec(analyses.parse({"kind": "chart", **chart}).to_code(), names)
    return dict(json.loads(plotly_json(names["result"]["chart"])))


def marks(chart: dict[str, Any], figure: dict[str, Any]) -> Iterator[tuple[dict[str, Any], float]]:
    """Each mark as the browser tells it, and the rows it stands for."""
    for number, trace in enumerate(figure["data"]):
        if chart["type"] in drilling.NESTED:
            for place, rows in enumerate(trace["values"]):
                yield {"curve_number": number, "point_number": place}, rows
            continue
        if trace["type"] == "scatter" and chart["type"] == "pareto":
            continue
        values = trace["x"] if chart["type"] in drilling.ACROSS else trace["y"]
        for place, rows in enumerate(values):
            point = {"curve_number": number, "point_number": place, "x": trace["x"][place], "y": trace["y"][place]}
            yield point, 1 if chart["type"] in drilling.POINTS else rows


@pytest.mark.parametrize("chart", COUNTS, ids=lambda chart: f"{chart['type']}-{'-'.join(map(str, chart))}")
def test_a_mark_stands_for_its_rows(
    chart: dict[str, Any], df: pd.DataFrame, table: tuple[Engine, Path, Profile]
) -> None:
    engine, path, profile = table
    figure, seen = figure_of(chart, df), 0
    for point, rows in list(marks(chart, figure))[:25]:
        view = drilling.behind(chart, figure, [point], [], profile)
        if point.get("x") == drilling.TOTAL:
            assert view is None
            continue
        assert view is not None
        assert engine.count(path, view) == rows, (SEED, chart, point, view)
        seen += bool(rows)
    assert seen > 1


def test_several_marks_are_taken_together(df: pd.DataFrame, table: tuple[Engine, Path, Profile]) -> None:
    engine, path, profile = table
    chart = {"type": "bar", "x": "city"}
    figure = figure_of(chart, df)
    points = [point for point, _ in marks(chart, figure)][:3]
    view = drilling.behind(chart, figure, points, [], profile)
    assert view is not None
    assert engine.count(path, view) == df.city.isin([point["x"] for point in points]).sum()


def test_an_area_is_a_range_on_each_axis(df: pd.DataFrame, table: tuple[Engine, Path, Profile]) -> None:
    engine, path, profile = table
    area = {"x": [60.5, 20.25], "y": [40, 60]}
    view = drilling.behind({"type": "scatter", "x": "price", "y": "cost"}, {}, [], [area], profile)
    assert view is not None
    assert engine.count(path, view) == (df.price.between(20.25, 60.5) & df.cost.between(40, 60)).sum()
    days = {"x": ["2023-03-01 06:00", "2023-05-31 12:00"], "y": [0, 1]}
    view = drilling.behind({"type": "line", "x": "at", "period": "day"}, {}, [], [days], profile)
    assert view is not None
    assert engine.count(path, view) == df["at"].between("2023-03-01 06:00", "2023-05-31 12:00").sum()


@pytest.mark.parametrize("type", ["pie", "heatmap", "box", "sankey"])
def test_where_marks_tell_nothing_no_rows_are_claimed(type: str, table: tuple[Engine, Path, Profile]) -> None:
    assert drilling.behind({"type": type, "x": "region"}, {"data": [{}]}, [{"x": "North"}], [], table[2]) is None


@pytest.mark.parametrize(
    "condition",
    [
        Condition(column="region", comparison=Comparison.ONE_OF, values=("North", "O'Brien")),
        Condition(column="price", comparison=Comparison.FROM, value="40.5"),
        Condition(column="year", comparison=Comparison.IS, value="2020"),
        Condition(column="ok", comparison=Comparison.IS, value="yes"),
        Condition(column="at", comparison=Comparison.TO, value="2024-02-10"),
        Condition(column="at", comparison=Comparison.IS, value="2024-02-10"),
        Condition(column="at", comparison=Comparison.OVER, value="2024-02-10"),
        Condition(column="day", comparison=Comparison.UNDER, value="2023-09-01"),
        Condition(column="city", comparison=Comparison.CONTAINS, value="City 1"),
    ],
    ids=lambda condition: f"{condition.column}-{condition.comparison}",
)
def test_what_is_looked_at_can_be_drawn_alone(
    condition: Condition, df: pd.DataFrame, table: tuple[Engine, Path, Profile]
) -> None:
    engine, path, profile = table
    masks = [RowTest.model_validate(each).to_code() for each in drilling.kept([condition], profile)]
    assert masks
    frame = df.assign(day=pd.to_datetime(df.day))
    drawn = eval(" & ".join(masks), {"df": frame})
    assert drawn.sum() == engine.count(path, View(conditions=(condition,))) > 0
