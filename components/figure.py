"""Draws a Plotly figure in the theme's colours."""

from __future__ import annotations

import json
from typing import Any

import streamlit as st

from sandbox.messages import Figure

PLOTLY_COLOURS = (
    "#636efa #ef553b #00cc96 #ab63fa #ffa15a #19d3f3 #ff6692 #b6e880 #ff97ff #fecb52",
    "#0d0887 #46039f #7201a8 #9c179e #bd3786 #d8576b #ed7953 #fb9f3a #fdca26 #f0f921",
)
"""What Plotly Express writes into a figure when no colour was asked for: its ten categories, its ten-step scale."""
THEMED = {colour: f"#0000{step:02d}" for step, colour in enumerate(" ".join(PLOTLY_COLOURS).split(), start=1)}
"""Streamlit's page replaces #000001 to #000020 by the theme's colours, light or dark."""
HEIGHT = 360
LABEL_CHARS, MOST_LABELS = 22, 60
"""Longest label on an axis; axes with more labels are left to Plotly."""
TITLE_SPACE = 44
"""Pixels over a chart with a title; Plotly's own 100 leave a hole under the answer's sentence."""


def show(figure: Figure, key: str, alt: str) -> None:
    """Draws the figure; `alt` is read out in its place."""
    import plotly.graph_objects as go

    drawn = go.Figure(shortened(themed(json.loads(figure.json_text))), skip_invalid=True)
    has_title = bool(drawn.layout.title.text)
    drawn.update_layout(margin={"t": TITLE_SPACE if has_title else 12, "b": 0, "l": 0, "r": 0})
    drawn.update_layout(title={"y": 0.98, "yanchor": "top", "yref": "container", "font": {"size": 14}})
    st.plotly_chart(drawn, key=key, height=HEIGHT, theme="streamlit", alt=alt, config={"displaylogo": False})


def shortened(figure: dict[str, Any]) -> dict[str, Any]:
    """The figure with the labels of long categories cut, which would squash it; hovering tells them whole."""
    labels: dict[str, dict[str, str]] = {}
    for trace in figure.get("data", []):
        for letter in "xy":
            name = str(trace.get(f"{letter}axis") or letter).replace(letter, f"{letter}axis", 1)
            values = trace.get(letter)
            for value in values if isinstance(values, list) else []:
                if isinstance(value, str):
                    labels.setdefault(name, {})[value] = _short(value)
    layout = dict(figure.get("layout", {}))
    for name, texts in labels.items():
        if len(texts) <= MOST_LABELS and any(full != short for full, short in texts.items()):
            ticks = {"tickmode": "array", "tickvals": list(texts), "ticktext": list(texts.values())}
            layout[name] = {**layout.get(name, {}), **ticks}
    return {**figure, "layout": layout}


def _short(text: str) -> str:
    return text if len(text) <= LABEL_CHARS else text[: LABEL_CHARS - 1].rstrip() + "…"


def themed(part: Any) -> Any:
    """The same figure without Plotly's own template, and with its default colours left to the theme."""
    if isinstance(part, dict):
        return {name: themed(value) for name, value in part.items() if name != "template"}
    if isinstance(part, list):
        return [themed(value) for value in part]
    return THEMED.get(part.lower(), part) if isinstance(part, str) and len(part) == 7 else part
