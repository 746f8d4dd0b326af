"""Maps of points are drawn without outlines, so that nothing is fetched; a real browser says whether it is true."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import plotly
import plotly.express as px
import pytest
from playwright.sync_api import Browser, Page

from sandbox import Figure, figure_gate
from tests.sandbox.conftest import Run

POINT = {"type": "scattergeo", "lon": [1], "lat": [2]}
SHOWN = {"showland": True, "visible": True, "showcoastlines": True}


def points(*more: dict[str, Any], **layout: Any) -> dict[str, Any]:
    return {"data": [POINT, *more], "layout": layout}


def button(method: str, *args: Any) -> dict[str, Any]:
    return points(updatemenus=[{"buttons": [{"method": method, "args": list(args)}]}])


MAPS = {
    "plain": points(),
    "shown": points(geo=SHOWN),
    "no object": points(geo="x"),
    "null": points(geo=None),
    "template": points(template={"layout": {"geo": SHOWN}, "data": {"scattergeo": [{"locations": ["FRA"]}]}}),
    "second map": points({**POINT, "geo": "geo2"}, geo2=SHOWN),
    "map that is not there": points({**POINT, "geo": "geo7"}),
    "map of no name": points({**POINT, "geo": "bogus"}),
    "button shows": button("relayout", {"geo.showland": True, "geo.visible": True}),
    "button shows by name": button("relayout", "geo.showland", True),
    "button shows all": button("relayout", {"geo": SHOWN}),
    "button shows all by name": button("relayout", "geo", SHOWN),
    "button forgets by name": button("relayout", "geo", None),
    "button forgets": button("relayout", {"geo": None}),
    "button names places": button("restyle", {"locations": [["FRA"]]}),
    "button moves": button("restyle", {"geo": "geo3"}),
    "frame": {**points(), "frames": [{"name": "f", "data": [{"lon": [3]}], "layout": {"geo": SHOWN}}]},
    "template sends": points(template={"data": {"scattergeo": [{"geo": "geo5"}]}}),
    "by path": points(**{"geo_showland": True, "geo.visible": True}),
    "express": json.loads(px.scatter_geo({"lat": [1.0], "lon": [2.0]}, lat="lat", lon="lon").to_json()),
    "button makes a map": {
        "data": [{"type": "scatter", "x": [1], "y": [2]}],
        "layout": {"updatemenus": [{"buttons": [{"method": "restyle", "args": [{"type": "scattergeo"}]}]}]},
    },
}
MAPS |= {
    "picture by path": {"data": [], "layout": {"images": [{"sizex": 1}], "images_0_source": "https://evil.example/x"}},
    "joined": {
        "data": [{"type": "scatter", "x": [1], "y": [2]}],
        "layout": {
            "meta": ["span style='cursor:url(https://evil.example/c),auto'"],
            "title": {"text": "<%{meta[0]}>a title over which the pointer is</span>"},
        },
    },
}
NEEDS_OUTLINES = {
    "areas": {"data": [{"type": "choropleth", "locations": ["FRA"], "z": [1]}]},
    "names": {"data": [{"type": "scattergeo", "locations": ["FRA"]}]},
    "names in a frame": {**points(), "frames": [{"data": [{"locations": ["FRA"]}]}]},
}


def clean(figure: dict[str, Any]) -> dict[str, Any]:
    return json.loads(figure_gate.check(json.dumps({"layout": {}, **figure}).encode()))


@pytest.mark.parametrize("name", NEEDS_OUTLINES)
def test_map_that_needs_outlines_is_refused(name: str) -> None:
    with pytest.raises(figure_gate.BadFigure, match="another server"):
        clean(NEEDS_OUTLINES[name])


def test_map_of_points_is_a_result(run: Run) -> None:
    result = run("result = px.scatter_geo(pd.DataFrame({'lat': [52.5], 'lon': [13.4]}), lat='lat', lon='lon')")
    assert isinstance(result.outputs[0], Figure), result.error
    assert json.loads(result.outputs[0].json_text)["layout"]["geo"]["showland"] is False


@pytest.mark.parametrize("argument", [{"type": "scattermap"}, {"type": ["choropleth"]}, {"subplot": "map4"}])
def test_buttons_make_no_map(argument: dict[str, Any]) -> None:
    args = clean(button("restyle", argument, [0]))["layout"]["updatemenus"][0]["buttons"][0]["args"]
    assert args == [{}, [0]]


@pytest.mark.parametrize("args", [["map.style", "carto-positron"], ["map", None], [{"map": None}], [{"map2": "x"}]])
def test_buttons_bring_no_tiles(args: list[Any]) -> None:
    kept = clean(button("relayout", *args))["layout"]["updatemenus"][0]["buttons"][0]["args"]
    assert kept in ([{"map.style": "white-bg"}], [{}])


def test_button_still_changes_an_axis() -> None:
    args = clean(button("relayout", {"yaxis.type": "log"}))["layout"]["updatemenus"][0]["buttons"][0]["args"]
    assert args == [{"yaxis.type": "log"}]


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page()
    yield opened
    opened.close()


@pytest.mark.browser
def test_nothing_is_fetched(page: Page) -> None:
    asked: list[str] = []
    page.route("**/*", lambda route: (asked.append(route.request.url), route.abort()))
    page.add_script_tag(path=Path(plotly.__file__).parent / "package_data" / "plotly.min.js")
    assert drawn(page, points()) != "ok", "without the gate outlines are fetched, so that this test can fail"
    assert any("world" in url for url in asked)
    asked.clear()
    for name, figure in MAPS.items():
        assert drawn(page, as_shown(clean(figure))) == "ok", name
        assert [url for url in asked if not url.startswith(("data:", "blob:"))] == [], name


def as_shown(figure: dict[str, Any]) -> dict[str, Any]:
    """As a page draws it: through Plotly's Python, which takes keys for paths."""
    shown: dict[str, Any] = json.loads(plotly.graph_objects.Figure(figure, skip_invalid=True).to_json(validate=False))
    return shown


DRAW = """async figure => {
  const place = document.createElement("div");
  document.body.replaceChildren(place);
  try {
    await Plotly.newPlot(place, figure.data, figure.layout);
    if (figure.frames) await Plotly.addFrames(place, figure.frames).then(() => Plotly.animate(place));
    for (const menu of figure.layout.updatemenus || [])
      for (const button of menu.buttons) await Plotly[button.method](place, ...button.args);
    return "ok";
  } catch (error) { return String(error); }
}"""


def drawn(page: Page, figure: dict[str, Any]) -> str:
    """ "ok" once it is drawn and each of its buttons was pressed, else what went wrong."""
    said: str = page.evaluate(DRAW, figure)
    page.mouse.move(350, 50)
    page.wait_for_timeout(50)
    return said
