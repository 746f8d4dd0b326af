"""Figures that would fetch or run something are cleaned; honest ones stay as they are."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import plotly.express as px
import plotly.graph_objects as go
import pytest

from sandbox import figure_gate

PIXEL = "data:image/png;base64,iVBORw0KGgo="
EVIL = "https://evil.example/x"


def clean(figure: dict[str, Any]) -> dict[str, Any]:
    return json.loads(figure_gate.check(json.dumps(figure).encode()))


def bar(**layout: Any) -> dict[str, Any]:
    return {"data": [{"type": "bar", "x": [1], "y": [2]}], "layout": layout}


HOSTILE = {
    "image": bar(images=[{"source": EVIL}]),
    "svg image": bar(images=[{"source": "data:image/svg+xml;base64,PHN2Zz4="}]),
    "template image": bar(template={"layout": {"images": [{"source": EVIL}]}}),
    "map style": {"data": [{"type": "scattermap"}], "layout": {"map": {"style": EVIL}}},
    "map style object": {"data": [], "layout": {"map2": {"style": {"sources": {"a": {"tiles": [EVIL]}}}}}},
    "map layers": {"data": [], "layout": {"mapbox": {"layers": [{"source": EVIL}], "accesstoken": "t"}}},
    "geojson": {"data": [{"type": "choroplethmap", "geojson": EVIL}], "layout": {}},
    "link": bar(title={"text": f"<a href='{EVIL}'>x</a>"}),
    "script link": bar(title={"text": "<a href='javascript:alert(1)'>x</a>"}),
    "image tag": bar(annotations=[{"text": f"<img src='{EVIL}'>"}]),
    "nested tag": bar(title={"text": f"<<a href='{EVIL}'>a href='{EVIL}'>x</a>"}),
    "mathjax": bar(title={"text": f"$\\href{{{EVIL}}}{{x}}$"}),
    "span": bar(title={"text": f"<span style='background:url({EVIL})'>x</span>"}),
    "frames": {**bar(), "frames": [{"data": [], "layout": {"images": [{"source": EVIL}]}}]},
    "button": bar(updatemenus=[{"buttons": [{"method": "relayout", "args": [{"images[0].source": EVIL}]}]}]),
    "button by name": bar(updatemenus=[{"buttons": [{"method": "relayout", "args": ["map.style", EVIL]}]}]),
    "one argument": {
        **bar(images=[{"source": ""}], updatemenus=[{"buttons": [{"method": "animate", "args": [["f"]]}]}]),
        "frames": [
            {
                "name": "f",
                "layout": {"updatemenus[0].buttons[0]": {"args[0]": "images[0].source", "args[1]": EVIL}},
            }
        ],
    },
    "one argument by path": bar(**{"updatemenus[0].buttons[0].args.1": EVIL, "sliders[0].steps[0].Args2[1]": EVIL}),
    "arguments by path": bar(**{"updatemenus[0].buttons[0].args": ["images[0].source", EVIL]}),
    "argument in arguments": bar(updatemenus=[{"buttons": [{"args": [{"a": {"args": ["images[0].source", EVIL]}}]}]}]),
    "slider": bar(sliders=[{"steps": [{"method": "restyle", "args": [{"a.b": [EVIL]}]}]}]),
    "config": {**bar(), "config": {"plotlyServerURL": EVIL}},
    "image trace": {"data": [{"type": "image", "source": EVIL}], "layout": {}},
    "path": bar(**{"images[0].source": EVIL, "images_0_source": EVIL, "template_layout_images": [{"source": EVIL}]}),
    "map path": {"data": [{"type": "scattermap"}], "layout": {"map_style": EVIL, "map.layers": [{"source": EVIL}]}},
    "map layers path": {"data": [], "layout": {"map_layers": [{"source": EVIL}], "mapbox_accesstoken": EVIL}},
    "backslashes": bar(
        updatemenus=[{"buttons": [{"args": [{"a": "https:\\\\evil.example\\x", "b": "ht\ntps:evil.example"}]}]}]
    ),
    "outlines by button": bar(updatemenus=[{"buttons": [{"args": ["geojson", [EVIL]]}]}]),
    "hover": {"data": [{"type": "bar", "hovertemplate": f"<a href={EVIL}>%{{x}}</a>"}], "layout": {}},
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_figure_keeps_no_address(name: str) -> None:
    text = json.dumps(clean(HOSTILE[name]))
    assert EVIL not in text or "$" in text
    assert name != "backslashes" or "evil" not in text
    for word in ("href", "javascript:", "<a", "<img", "url(", "svg+xml", "tiles", "accesstoken", "config"):
        assert word not in text


def test_a_tag_that_never_ends_and_arguments_within_arguments_end_soon() -> None:
    """Tried from every letter the first would take a day, cleaned twice at each depth the second hours."""
    long = "<" + "a" * 2_000_000
    assert clean(bar(title=long + "<" + " " * 2_000_000))["layout"]["title"].startswith("< aaa")
    nested: Any = ["x"] * 100
    for _ in range(10):
        nested = [{"args": nested}]
    assert clean(bar(args=nested, title="x"))["layout"]["title"] == "x"


def test_prototype_keys_are_dropped() -> None:
    assert "__proto__" not in json.dumps(clean(bar(**{"__proto__": {"a": 1}, "constructor": {}})))


@pytest.mark.parametrize(
    "figure",
    [
        [],
        {"data": {}},
        {"data": [{"type": "script"}]},
        {"data": ["bar"]},
        {"data": [], "layout": []},
        {"data": [], "frames": [{"data": [{"type": "evil"}]}]},
        {"data": [], "layout": {"a": json.loads("[" * 40 + "]" * 40)}},
        {"data": [], "frames": [None]},
        {"data": [{"type": ["bar"]}]},
    ],
)
def test_what_is_no_figure_is_refused(figure: Any) -> None:
    with pytest.raises(figure_gate.BadFigure):
        figure_gate.check(json.dumps(figure).encode())


def test_not_a_number_is_refused() -> None:
    with pytest.raises(figure_gate.BadFigure):
        figure_gate.check(b'{"data": [{"y": [NaN]}]}')


def test_number_beyond_all_numbers_is_refused() -> None:
    with pytest.raises(figure_gate.BadFigure):
        figure_gate.check(b'{"data": [{"y": [1e999]}]}')


@pytest.mark.parametrize("text", ["<a href='x'", "<%{meta[0]}>x", "5 <", "<span style='cursor:url(x)"])
def test_texts_make_no_tag_when_they_are_joined(text: str) -> None:
    assert clean(bar(xaxis={"tickprefix": text}))["layout"]["xaxis"]["tickprefix"] == text.replace("<", "< ")


FRAME = pd.DataFrame({"a": ["x < 3", "http://shop.example/tea", "<18"], "b": [1, 2, 3], "c": [1.5, None, 2.5]})
HONEST = [
    px.bar(FRAME, x="a", y="b", title="Units <b>by</b> region"),
    px.line(FRAME, x="b", y="c"),
    px.scatter(FRAME, x="b", y="c", color="a", hover_data=["a"]),
    px.pie(FRAME, names="a", values="b"),
    px.histogram(FRAME, x="b", nbins=3),
    px.box(FRAME, y="b"),
    px.imshow(np.arange(9).reshape(3, 3), text_auto=True),
    px.treemap(FRAME, path=["a"], values="b"),
    px.scatter(FRAME, x="b", y="c", animation_frame="b"),
    go.Figure(go.Scatter(x=[1], y=[2], text=["<span style='color:red'>x</span>"])),
    go.Figure(layout={"images": [{"source": PIXEL}]}),
    go.Figure(go.Sankey(node={"label": ["a", "b"]}, link={"source": [0], "target": [1], "value": [2]})),
]


@pytest.mark.parametrize("place", range(len(HONEST)))
def test_honest_figure_is_unchanged(place: int) -> None:
    before = json.loads(HONEST[place].to_json())
    after = clean(before)
    assert after["data"] == before["data"]
    assert after["layout"] == before["layout"]
    assert go.Figure(after).to_dict().keys() == go.Figure(before).to_dict().keys()


def test_maps_show_no_tiles() -> None:
    figure = json.loads(px.scatter_map(pd.DataFrame({"lat": [1], "lon": [2]}), lat="lat", lon="lon").to_json())
    assert clean(figure)["layout"]["map"]["style"] == "white-bg"


@pytest.mark.parametrize("kind", ["map", "mapbox"])
def test_map_that_a_template_or_frame_names_shows_no_tiles(kind: str) -> None:
    trace, template = {"type": f"scatter{kind}"}, {"data": {f"scatter{kind}": [{"subplot": f"{kind}5"}]}}
    figure = {"data": [trace], "layout": {"template": template}, "frames": [{"data": [{"subplot": f"{kind}7"}]}]}
    layout = clean(figure)["layout"]
    assert [layout[name]["style"] for name in (kind, f"{kind}5", f"{kind}7")] == ["white-bg"] * 3


def test_large_figure_is_quick() -> None:
    import time

    figure = go.Figure(go.Scattergl(x=list(range(200_000)), y=list(range(200_000)))).to_json().encode()
    started = time.monotonic()
    figure_gate.check(figure)
    assert time.monotonic() - started < 1.5
