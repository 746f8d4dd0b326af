"""Draws a Plotly figure in the theme's colours."""

from __future__ import annotations

import json
from typing import Any

import streamlit as st

from sandbox.messages import Figure
from services import palette

THEMED = {colour: f"#0000{step:02d}" for step, colour in enumerate(palette.PLOTLY, start=1)}
"""Streamlit's page replaces #000001 to #000020 by the theme's colours, light or dark."""
HEIGHT = 360
LABEL_CHARS, MOST_LABELS = 22, 60
"""Longest label on an axis; axes with more labels are left to Plotly."""
LABELLED_OUTSIDE = frozenset({"parcoords", "scatterpolar", "barpolar", "parcats", "sankey"})
TEXTS_STAY = {"autotypenumbers": "strict"}
"""As Plotly's own template has it: "00501" on an axis is no 501."""
SIDES = 48
"""Pixels at the sides of charts whose labels stand outside of what Plotly keeps room for."""
TITLE_SPACE = 44
"""Pixels over a chart with a title; Plotly's own 100 leave a hole under the answer's sentence."""


def show(figure: Figure, key: str, alt: str, height: int = HEIGHT, *, selects: bool = False) -> None:
    """Draws the figure; `alt` is read out in its place. With `selects`, marks can be clicked and areas drawn."""
    import plotly.graph_objects as go

    drawn = go.Figure(shortened(themed(json.loads(figure.json_text))), skip_invalid=True)
    has_title = bool(drawn.layout.title.text)
    sides = SIDES if any(trace.type in LABELLED_OUTSIDE for trace in drawn.data) else 0
    top = TITLE_SPACE if has_title else max(12, sides // 2)
    drawn.update_layout(margin={"t": top + sides // 2, "b": sides // 2, "l": sides, "r": sides})
    drawn.update_layout(title={"y": 0.98, "yanchor": "top", "yref": "container", "font": {"size": 14}})
    more: dict[str, Any] = {"on_select": "rerun", "selection_mode": ("points", "box")} if selects else {}
    st.plotly_chart(drawn, key=key, height=height, theme="streamlit", alt=alt, config={"displaylogo": False}, **more)


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


def themed(figure: dict[str, Any]) -> dict[str, Any]:
    """The same figure without Plotly's own template, and with its default colours left to the theme."""
    drawn: dict[str, Any] = palette.recoloured(figure, THEMED)
    return {**drawn, "layout": TEXTS_STAY | drawn.get("layout", {})}
