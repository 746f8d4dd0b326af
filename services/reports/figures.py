"""Plotly figures made ready for paper: the product's colours on white, nothing that only a screen can do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from services import palette

COLOURS: Final = dict(zip(palette.PLOTLY, palette.PRINT, strict=True))
INK: Final = "#3b322c"
LINES: Final = "#e9e3dd"
ZERO: Final = "#cfc6be"
FONT_SIZE: Final = 12
MARGIN: Final = {"l": 56, "r": 16, "t": 16, "b": 48}
TITLE_MARGIN: Final = 44
AXIS: Final = {
    "gridcolor": LINES,
    "zerolinecolor": ZERO,
    "linecolor": ZERO,
    "automargin": True,
    "title": {"standoff": 12, "font": {"size": FONT_SIZE}},
}
SCALE: Final = [[n / 9, colour] for n, colour in enumerate(palette.PRINT[10:])]


def printed(figure: Mapping[str, Any]) -> dict[str, Any]:
    """The figure as it goes on paper; its data and titles stay."""
    drawn = palette.recoloured({"data": figure.get("data", []), "layout": figure.get("layout", {})}, COLOURS)
    layout = drawn["layout"]
    if not isinstance(layout, dict):
        layout = {}
    title = layout.get("title")
    has_title = bool(title.get("text") if isinstance(title, dict) else title)
    for name in ("sliders", "updatemenus", "width", "height"):
        layout.pop(name, None)
    return {"data": drawn["data"], "layout": layout | {"template": template(has_title), "autosize": False}}


def template(has_title: bool) -> dict[str, Any]:
    """What holds wherever the figure itself says nothing."""
    return {
        "layout": {
            "autotypenumbers": "strict",
            "paper_bgcolor": "#ffffff",
            "plot_bgcolor": "#ffffff",
            "font": {"color": INK, "size": FONT_SIZE},
            "title": {"font": {"size": 15}, "x": 0, "xref": "paper", "xanchor": "left"},
            "margin": {**MARGIN, "t": TITLE_MARGIN if has_title else MARGIN["t"]},
            "colorway": list(palette.PRINT[:10]),
            "colorscale": {"sequential": SCALE},
            "coloraxis": {"colorbar": {"outlinewidth": 0, "thickness": 12}},
            "legend": {"font": {"size": FONT_SIZE}},
            "xaxis": {**AXIS, "rangeslider": {"visible": False}},
            "yaxis": AXIS,
            "polar": {"bgcolor": "#ffffff", "angularaxis": {"gridcolor": LINES}, "radialaxis": {"gridcolor": LINES}},
        },
        "data": {"heatmap": [{"colorscale": SCALE}]},
    }
