"""A figure keeps what was asked for, and takes the theme for the rest."""

from __future__ import annotations

import json

import pandas as pd
import plotly.express as px
import plotly.io as pio
import pytest

from components.figure import themed

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
    assert themed({"text": ["#636efa is blue", 7, None, "#EF553B!"]}) == {
        "text": ["#636efa is blue", 7, None, "#EF553B!"]
    }
