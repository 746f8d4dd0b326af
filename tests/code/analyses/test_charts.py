"""Every type of chart: its code runs, its numbers are those of plain pandas, and nothing in a name becomes code."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from services.code import analyses
from services.code.analyses.charts import TYPES
from services.errors import BadInput

HOSTILE = '"]); raise SystemExit("owned")\n#{x}\'\\'
ROLES: dict[str, Any] = {"x": "region", "y": "price", "color": "plan", "size": "units", "facet": "plan"}
NUMBERS = ("price", "units", "cost")
OTHER_ROLES: dict[str, dict[str, Any]] = {
    "line": {"x": "day", "y": "price", "color": "plan", "period": "month"},
    "area": {"x": "day", "y": "price", "period": "week"},
    "calendar": {"x": "day"},
    "candlestick": {"x": "day", "y": "price"},
    "scatter": {"x": "cost", "y": "price", "trend": True},
    "bubble": {"x": "cost", "y": "price", "size": "units"},
    "map": {"x": "cost", "y": "price"},
    **{name: {"x": "price", "color": "plan"} for name in ("histogram", "density", "ecdf", "box", "violin")},
    **{name: {"path": NUMBERS} for name in ("correlation", "scatter matrix", "parallel coordinates")},
    **{name: {"path": ("region", "plan"), "y": "price"} for name in ("treemap", "sunburst", "sankey")},
    "radar": {"x": "plan", "path": NUMBERS},
}


@pytest.fixture(scope="module")
def df() -> pd.DataFrame:
    rng = np.random.default_rng()
    n = 400
    frame = pd.DataFrame(
        {
            "region": rng.choice(["North", "South", "East"], n),
            "plan": rng.choice(["basic", "pro"], n),
            "day": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 200, n), unit="D"),
            "price": rng.gamma(2, 30, n),
            "units": rng.integers(1, 20, n),
            "cost": rng.normal(50, 10, n),
        }
    )
    frame.loc[rng.random(n) < 0.1, "region"] = None
    frame.loc[rng.random(n) < 0.1, "price"] = np.nan
    return frame


def asked(type: str) -> dict[str, Any]:
    given = OTHER_ROLES.get(type) or {role: ROLES[role] for role in (*TYPES[type].needs, "y")}
    return {"kind": "chart", "type": type, **given}


def drawn(data: dict[str, Any], df: pd.DataFrame) -> Any:
    names: dict[str, Any] = {"df": df, "pd": pd, "np": np}
    exec(analyses.parse(data).to_code(), names)
    return names["result"]


def marks(figure: Any) -> int:
    return sum(len(text) for text in (json.dumps(trace.to_plotly_json(), default=str) for trace in figure.data))


@pytest.mark.parametrize("type", TYPES)
def test_every_type_draws(type: str, df: pd.DataFrame) -> None:
    result = drawn(asked(type), df)
    assert len(result["chart"].data) >= 1
    assert marks(result["chart"]) > 150
    assert analyses.parse(asked(type)).describe().startswith(TYPES[type].title)


@pytest.mark.parametrize("type", TYPES)
def test_a_column_may_be_called_anything(type: str, df: pd.DataFrame) -> None:
    names = {name: f"{name}{HOSTILE}" for name in df.columns}

    def renamed(value: Any) -> Any:
        return tuple(map(renamed, value)) if isinstance(value, tuple) else names.get(value, value)

    given = {name: value if name in ("kind", "type") else renamed(value) for name, value in asked(type).items()}
    assert drawn(given, df.rename(columns=names))["chart"].data


def test_bars_are_what_pandas_says(df: pd.DataFrame) -> None:
    table = drawn({"kind": "chart", "type": "bar", "x": "region", "y": "price", "measure": "median"}, df)["table"]
    expected = df.assign(region=df.region.fillna("(missing)")).groupby("region").price.median()
    assert table.set_index("region")["median price"].to_dict() == pytest.approx(expected.to_dict())


@pytest.mark.parametrize("type", ["pie", "stacked bar", "treemap"])
def test_pieces_of_a_whole_are_totals(type: str, df: pd.DataFrame) -> None:
    table = drawn(asked(type), df)["table"]
    assert table["total price"].sum() == pytest.approx(df.price.sum())


def test_the_rest_is_added_up(df: pd.DataFrame) -> None:
    frame = df.assign(city=[f"city {n % 20}" for n in range(len(df))])
    given = {"kind": "chart", "type": "bar", "x": "city", "y": "units", "measure": "sum", "top": 3}
    table = drawn(given, frame)["table"]
    assert table.city.tolist()[-1] == "Other"
    assert len(table) == 4
    assert table["total units"].sum() == frame.units.sum()


def test_only_rows_that_pass_are_drawn(df: pd.DataFrame) -> None:
    test = {"column": "plan", "test": "=", "value": "pro"}
    table = drawn({"kind": "chart", "type": "bar", "x": "region", "where": [test]}, df)["table"]
    assert table["rows"].sum() == (df.plan == "pro").sum()


def test_a_million_rows_stay_small_on_the_wire() -> None:
    rng = np.random.default_rng()
    n = 1_000_000
    big = pd.DataFrame({"price": rng.gamma(2, 30, n), "cost": rng.normal(size=n), "plan": rng.choice(["a", "b"], n)})
    for type in ("histogram", "density", "ecdf", "box", "violin", "scatter", "strip"):
        given = {"x": "price", "y": "cost"} if type in ("scatter", "strip") else {"x": "price", "color": "plan"}
        result = drawn({"kind": "chart", "type": type, **given}, big)
        assert len(result["chart"].to_json()) < 1_000_000
        if type in ("scatter", "strip"):
            assert result["answer"] == "5,000 of 1,000,000 rows are drawn."
        if type in ("density", "violin"):
            assert result["answer"] == "The shape comes from 10,000 of 1,000,000 values, drawn at random."


@pytest.mark.parametrize(
    "given",
    [{"type": "no such"}, {"type": "bar"}, {"type": "scatter", "x": "price"}, {"type": "bar", "x": "a", "top": 0}],
)
def test_what_is_no_chart_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        analyses.parse({"kind": "chart", **given})


def laid_out(given: dict[str, Any], df: pd.DataFrame) -> dict[str, Any]:
    return dict(drawn({"kind": "chart", **given}, df)["chart"].to_plotly_json())


def test_a_chart_is_dressed_as_asked(df: pd.DataFrame) -> None:
    bar = {"type": "bar", "x": "region", "y": "price"}
    notes = [{"text": "here", "x": "North", "y": 12.0}, {"text": "there", "x": "South"}]
    chart = laid_out({**bar, "title": "Mine", "hue": "red", "lines": [40], "log_y": True, "notes": notes}, df)
    assert chart["layout"]["title"]["text"] == "Mine"
    assert chart["layout"]["yaxis"]["type"] == "log"
    assert {trace["marker"]["color"] for trace in chart["data"]} == {"#dc2626"}
    assert [each["text"] for each in chart["layout"]["annotations"]] == ["here", "there"]
    assert chart["layout"]["annotations"][0]["y"] == pytest.approx(np.log10(12))
    assert len(chart["layout"]["shapes"]) == 2


def test_reference_lines_stand_on_the_axis_of_amounts(df: pd.DataFrame) -> None:
    for type, axis in (("bar", "y"), ("lying bar", "x"), ("histogram", "x")):
        given = {"x": "price"} if type == "histogram" else {"x": "region", "y": "price"}
        [line] = laid_out({"type": type, **given, "lines": [40]}, df)["layout"]["shapes"]
        assert line[f"{axis}0"] == line[f"{axis}1"] == 40


@pytest.mark.parametrize("type", [name for name, type in TYPES.items() if type.paint])
def test_one_colour_is_taken_by_every_type_that_offers_it(type: str, df: pd.DataFrame) -> None:
    given = {name: value for name, value in asked(type).items() if name != "color"}
    assert '"#0d9488"' in json.dumps(drawn({**given, "hue": "teal"}, df)["chart"].to_plotly_json(), default=str)
