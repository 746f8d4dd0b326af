"""Charts restyled in words: what is said is done, what is not understood is named, and the result is always a chart."""

from __future__ import annotations

from typing import Any

import pytest

from services import restyling
from services.code import analyses
from services.code.analyses.charts import TYPES
from services.domain import ColumnProfile, Kind, Profile, Semantic
from services.errors import BadInput

COLUMNS = {
    "region": (Kind.TEXT, Semantic.CATEGORY),
    "plan": (Kind.TEXT, Semantic.CATEGORY),
    "unit_price": (Kind.DECIMAL, Semantic.CURRENCY),
    "cost": (Kind.DECIMAL, Semantic.CURRENCY),
    "day": (Kind.DATE, Semantic.DATE),
}
PROFILE = Profile(
    version_id="v",
    rows=9,
    columns=tuple(
        ColumnProfile(name=name, kind=kind, semantic=semantic, missing=0, distinct=4)
        for name, (kind, semantic) in COLUMNS.items()
    ),
)
BAR = {"kind": "chart", "type": "bar", "x": "region", "y": "unit_price"}
SCATTER = {"kind": "chart", "type": "scatter", "x": "cost", "y": "unit_price"}
TIME = {"kind": "chart", "type": "line", "x": "day", "y": "cost", "period": "week"}


@pytest.mark.parametrize(
    ("chart", "said", "expected"),
    [
        (BAR, "as a pie", {"type": "pie", "x": "region", "y": "unit_price"}),
        (BAR, "make it a donut chart please", {"type": "donut"}),
        (BAR, "horizontal", {"type": "lying bar"}),
        (BAR, "log scale", {"log_y": True}),
        (BAR, "horizontal and log scale", {"type": "lying bar", "log_x": True}),
        (BAR, "title Sales and costs by region", {"title": "Sales and costs by region"}),
        (BAR, 'title "Sales, all", red', {"title": "Sales, all", "hue": "red"}),
        (BAR, "call it Prices; sort ascending", {"title": "Prices", "descending": False}),
        (BAR, "smallest first", {"descending": False}),
        (BAR, "in blue", {"hue": "blue"}),
        (BAR, "make it gray", {"hue": "grey"}),
        (BAR, "top 5", {"top": 5}),
        (BAR, "median", {"measure": "median"}),
        (BAR, "average of cost", {"measure": "mean", "y": "cost"}),
        (BAR, "line at 100, line at 50", {"lines": [100.0, 50.0]}),
        (BAR, "as stacked bars by plan", {"type": "stacked bar", "color": "plan"}),
        (BAR, "as a heat map by plan", {"type": "heatmap", "color": "plan"}),
        (BAR, "small multiples by plan", {"facet": "plan"}),
        (BAR, "as a treemap", {"type": "treemap", "path": ["region"], "y": "unit_price"}),
        (BAR, "as a box plot", {"type": "box", "x": "unit_price", "color": "region"}),
        (BAR, "note “new price” at North", {"notes": [{"text": "new price", "x": "North"}]}),
        (BAR, "note peak at North / 12.5", {"notes": [{"text": "peak", "x": "North", "y": 12.5}]}),
        (SCATTER, "trend line", {"trend": True}),
        (SCATTER, "log x, log y", {"log_x": True, "log_y": True}),
        (SCATTER, "colour by plan", {"color": "plan"}),
        (TIME, "by month", {"period": "month"}),
        (TIME, "yearly, as bars, total", {"period": "year", "type": "bar", "measure": "sum"}),
        (TIME, "color by Plan", {"color": "plan"}),
        ({**BAR, "top": 3, "hue": "red"}, "all groups, no colour", {"type": "bar", "x": "region", "y": "unit_price"}),
        ({**BAR, "title": "Old"}, "no title", {}),
    ],
)
def test_what_is_said_is_done(chart: dict[str, Any], said: str, expected: dict[str, Any]) -> None:
    found = restyling.restyle(chart, said, PROFILE)
    assert found | expected == found
    assert analyses.parse(found).to_code()
    if "no title" in said:
        assert "title" not in found


@pytest.mark.parametrize("name", TYPES)
def test_every_type_can_be_named_by_its_title(name: str) -> None:
    if set(TYPES[name].needs) <= {"x", "path"}:
        assert restyling.restyle(BAR, f"as {TYPES[name].title}", PROFILE)["type"] == name
    else:
        full = {**BAR, "color": "plan", "size": "cost", "facet": "plan", "x": "cost", "path": ["region"]}
        assert restyling.restyle(full, f"as {TYPES[name].title}", PROFILE)["type"] == name


@pytest.mark.parametrize("example", restyling.EXAMPLES)
def test_every_example_of_the_hint_works(example: str) -> None:
    chart = TIME if example == "by month" else SCATTER if example in ("trend line",) else BAR
    chart = {"kind": "chart", "type": "histogram", "x": "cost"} if "bins" in example else chart
    chart = {**BAR, "type": "grouped bar", "color": "region"} if example.startswith("colour by") else chart
    assert restyling.restyle(chart, example, PROFILE) != chart


@pytest.mark.parametrize(
    ("said", "named"),
    [("purple monkey dishwasher", "purple monkey dishwasher"), ("red, sing a song", "sing a song"), ("", "Nothing"),
     ("as a heat map", "one more column"), ("average of salary", "salary"), ("top 0", "top")],
)  # fmt: skip
def test_what_is_not_understood_is_named(said: str, named: str) -> None:
    with pytest.raises(BadInput, match=named):
        restyling.restyle(BAR, said, PROFILE)


def test_what_a_chart_cannot_have_is_refused() -> None:
    with pytest.raises(BadInput, match="colours of its own"):
        restyling.restyle({**BAR, "type": "pie"}, "red", PROFILE)
    with pytest.raises(BadInput, match="no axis"):
        restyling.restyle({**BAR, "type": "pie"}, "log scale", PROFILE)
