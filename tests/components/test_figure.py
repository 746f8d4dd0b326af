"""A figure keeps what was asked for, and takes the theme for the rest."""

from __future__ import annotations

import json

import pandas as pd
import plotly.express as px
import plotly.io as pio
import pytest

from components.figure import shortened, themed

TABLE = pd.DataFrame({"day": ["Fri", "Sat"], "tip": [2.7, 3.0], "who": ["a", "b"]})


@pytest.fixture(autouse=True)
def _plain_plotly(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in the sandbox: Plotly's own template, not the one that Streamlit puts in its place."""
    monkeypatch.setattr(pio.templates, "default", "plotly")


def test_default_colours_are_left_to_the_theme() -> None:
    drawn = themed(json.loads(px.bar(TABLE, x="day", y="tip", color="who").to_json()))
    assert [trace["marker"]["color"] for trace in drawn["data"]] == ["#000001", "#000002"]
    assert "template" not in drawn["layout"]


def test_the_default_scale_is_left_to_the_theme() -> None:
    drawn = themed(json.loads(px.scatter(TABLE, x="day", y="tip", color="tip").to_json()))
    scale = drawn["layout"]["coloraxis"]["colorscale"]
    assert [colour for _, colour in scale] == [f"#0000{step}" for step in range(11, 21)]


def test_a_colour_that_was_asked_for_stays() -> None:
    figure = px.bar(TABLE, x="day", y="tip", color_discrete_sequence=["#123456"], template="plotly_dark")
    assert themed(json.loads(figure.to_json()))["data"][0]["marker"]["color"] == "#123456"


def test_words_and_numbers_stay() -> None:
    texts = ["#636efa is blue", 7, None, "#EF553B!"]
    assert themed({"text": texts})["text"] == texts


def test_codes_with_leading_zeros_stay_texts_on_the_axis() -> None:
    codes = pd.DataFrame({"id": ["00501", "01002"], "price": [1.5, 2.5]})
    drawn = themed(json.loads(px.bar(codes, x="id", y="price").to_json()))
    assert drawn["data"][0]["x"] == ["00501", "01002"]
    assert drawn["layout"]["autotypenumbers"] == "strict"
    assert themed({"layout": {"autotypenumbers": "convert types"}})["layout"]["autotypenumbers"] == "convert types"


def test_long_categories_are_cut_on_the_axis_and_only_there() -> None:
    long = "a category whose name goes on and on, well beyond the chart"
    bars = {"x": [long, "short"], "y": [1, 2]}
    drawn = shortened({"data": [bars], "layout": {"xaxis": {"title": "who"}}})
    assert drawn["data"] == [bars]
    axis = drawn["layout"]["xaxis"]
    assert (axis["title"], axis["tickvals"]) == ("who", [long, "short"])
    assert [len(text) for text in axis["ticktext"]] == [22, 5]
    assert axis["ticktext"][0].endswith("…")
    second = shortened({"data": [{"x": [1, 2], "y": [long, "short"], "yaxis": "y2"}]})
    assert list(second["layout"]) == ["yaxis2"]


def test_short_and_very_many_labels_are_left_alone() -> None:
    for names in (["a", "b"], [f"{'x' * 30}{n}" for n in range(61)], ["2024-01-05"], {"bdata": "AAA", "dtype": "i1"}):
        assert shortened({"data": [{"x": names}]})["layout"] == {}
