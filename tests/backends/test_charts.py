"""Figures drawn without a browser."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import plotly.express as px
import plotly.graph_objects as go
import pytest
from PIL import Image as Pictures

from services.backends import charts
from services.backends.charts import Drawing, Undrawable, browser
from services.backends.typesetting import Press

SVG = "{http://www.w3.org/2000/svg}"
TIPS = pd.DataFrame({"day": ["Fri", "Sat", "Sun"] * 20, "tip": np.arange(60.0), "who": ["a", "b"] * 30})
SUMS = TIPS.groupby(["day", "who"], as_index=False)["tip"].sum()
KINDS = {
    "bar": px.bar(SUMS, x="day", y="tip", color="who", barmode="group"),
    "box": px.box(TIPS, x="day", y="tip"),
    "candlestick": go.Figure(go.Candlestick(x=[1, 2], open=[1, 2], close=[2, 1], high=[3, 3], low=[0, 1])),
    "contour": px.density_contour(TIPS, x="tip", y="tip"),
    "facets": px.bar(SUMS, x="day", y="tip", facet_col="who"),
    "funnel": px.funnel(x=[5, 3, 1], y=["a", "b", "c"]),
    "heatmap": px.imshow([[1, 2], [3, 4]], text_auto=True),
    "histogram": px.histogram(TIPS, x="tip", marginal="box"),
    "indicator": go.Figure(go.Indicator(value=45, mode="number+delta", delta={"reference": 40})),
    "line": px.line(TIPS, y="tip", log_y=True),
    "pie": px.pie(TIPS, names="day", values="tip"),
    "points": px.scatter(TIPS, x="tip", y="tip", size="tip"),
    "points of a graphics card": go.Figure(go.Scattergl(x=[1, 2, 3], y=[1, 2, 3], mode="markers")),
    "radar": px.line_polar(r=[1, 5, 2], theta=["a", "b", "c"], line_close=True),
    "sankey": go.Figure(go.Sankey(node={"label": ["a", "b"]}, link={"source": [0], "target": [1], "value": [3]})),
    "sunburst": px.sunburst(TIPS, path=["day", "who"], values="tip"),
    "table": go.Figure(go.Table(header={"values": ["a"]}, cells={"values": [[1, 2]]})),
    "treemap": px.treemap(TIPS, path=["day", "who"], values="tip"),
    "violin": px.violin(TIPS, x="day", y="tip"),
    "waterfall": go.Figure(go.Waterfall(x=["a", "b"], y=[1, -2])),
}


@pytest.fixture(scope="module")
def drawing() -> Iterator[Drawing]:
    with charts.drawing() as started:
        yield started


def draw(drawing: Drawing, figure: go.Figure) -> ElementTree.Element:
    return ElementTree.fromstring(drawing.svg(json.loads(figure.to_json()), 420, 300))


def marks(svg: ElementTree.Element) -> int:
    """Shapes with an area or a line, and texts."""
    return sum(len(list(svg.iter(SVG + name))) for name in ("path", "rect", "text", "circle", "image"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_drawn(drawing: Drawing, kind: str) -> None:
    svg = draw(drawing, KINDS[kind])
    assert (svg.get("width"), svg.get("height")) == ("420", "300")
    assert marks(svg) >= 4
    assert "NaN" not in ElementTree.tostring(svg, encoding="unicode")


def test_bars_stand_where_the_numbers_say(drawing: Drawing) -> None:
    svg = draw(drawing, px.bar(x=["a", "b"], y=[1, 2]))
    points = [path.get("d", "") for path in svg.iter(SVG + "path") if "fill: rgb" in path.get("style", "")]
    bars = [d for d in points if d.endswith("Z")]
    heights = [abs(float(d.split("V")[1].split("H")[0]) - float(d.split(",")[1].split("V")[0])) for d in bars]
    assert len(heights) == 2
    assert heights[1] == pytest.approx(2 * heights[0], rel=0.01)


def test_what_a_figure_says_stays_text(drawing: Drawing) -> None:
    hostile = "</text><script>alert(1)</script><image href='https://evil.example/x.png'/> & “ä” Юникод"
    svg = draw(drawing, px.bar(x=[hostile, "b"], y=[1, 2], title=hostile))
    assert not list(svg.iter(SVG + "script"))
    assert not [each for each in svg.iter() if any("evil.example" in value for value in each.attrib.values())]
    assert "Юникод" in "".join(svg.itertext())


@pytest.mark.parametrize(
    "figure",
    [
        px.scatter_3d(TIPS, x="tip", y="tip", z="tip"),
        px.parallel_coordinates(TIPS[["tip"]]),
        px.choropleth(locations=["FRA"], color=[1]),
        go.Figure({"data": [{"type": "nonsense"}]}, skip_invalid=True),
    ],
    ids=["3D", "parallel coordinates", "areas of a map", "empty"],
)
def test_other_kinds_are_refused_or_empty_and_the_next_is_drawn(drawing: Drawing, figure: go.Figure) -> None:
    told: dict[str, Any] = json.loads(figure.to_json())
    if told["data"] and told["data"][0]["type"] != "scatter":
        with pytest.raises(Undrawable):
            drawing.svg(told, 420, 300)
    assert marks(draw(drawing, KINDS["bar"])) >= 4


def test_too_many_marks_are_refused(drawing: Drawing) -> None:
    with pytest.raises(Undrawable, match="too many"):
        drawing.svg({"data": [{"type": "scatter", "x": list(range(60_001)), "y": [1] * 60_001}]}, 420, 300)


def test_a_drawing_program_that_died_is_said(drawing: Drawing) -> None:
    with charts.drawing() as other:
        other._process.kill()
        other._process.wait()
        with pytest.raises(Undrawable):
            other.svg(json.loads(KINDS["bar"].to_json()), 420, 300)


@pytest.mark.skipif(not browser.found(""), reason="no Chromium on this machine")
def test_a_browser_draws_what_needs_one_and_nothing_from_elsewhere() -> None:
    spatial = json.loads(px.scatter_3d(TIPS, x="tip", y="tip", z="tip", title="</script><script>x").to_json())
    drawn = Press(browser.found("")).svgs({"3D": spatial, "map": {"data": [{"type": "choropleth"}]}}, 300, 200)
    assert list(drawn) == ["3D"]
    [image] = ElementTree.fromstring(drawn["3D"]).iter(SVG + "image")
    picture = Pictures.open(io.BytesIO(base64.b64decode(image.get("href", "").partition(",")[2])))
    assert picture.size == (600, 400)
    assert len(picture.convert("RGB").getcolors(1_000_000) or []) > 20


def test_without_a_browser_such_a_chart_is_left_out() -> None:
    assert browser.found("off") == ""
    assert browser.found("/no/such/program") == ""
    assert Press().svgs({"3D": json.loads(px.scatter_3d(TIPS, x="tip", y="tip", z="tip").to_json())}, 300, 200) == {}
    with pytest.raises(Undrawable):
        browser.svg("/no/such/program", {"data": [{"type": "surface"}]}, 300, 200)
