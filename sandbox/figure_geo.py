"""Maps of points on a globe (`scattergeo`): drawn without outlines, which the viewer's browser would fetch.

Plotly's code asks a server of its maker for outlines as soon as one layer of the map is shown, or the places are given
by names (`locations`) instead of degrees; a map of filled areas (`choropleth`) always does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

POINTS: Final = "scattergeo"
_LAYERS: Final = frozenset({"coastlines", "land", "ocean", "lakes", "rivers", "countries", "subunits"})
_OFF: Final = {"visible": False, **{f"show{layer}": False for layer in sorted(_LAYERS)}}
_NAMED: Final = frozenset({"locations", "locationmode"})
_GEO: Final = re.compile(r"geo\d*")


def is_used(figure: Mapping[str, Any]) -> bool:
    """Whether the figure has a map of points."""
    return any(trace.get("type") == POINTS for trace in _traces(figure))


def is_map(name: str) -> bool:
    """Whether a map of the layout goes by this name."""
    return _GEO.fullmatch(name) is not None


def needs_outlines(figure: Mapping[str, Any]) -> bool:
    """Whether places are given by name."""
    return any(_NAMED & trace.keys() for trace in _traces(figure))


def without_outlines(figure: dict[str, Any]) -> dict[str, Any]:
    """The figure with every layer of every map switched off, also in what buttons, frames and the template set."""
    hidden: dict[str, Any] = _hidden(figure, "", False)
    names = {"geo"} | {str(trace.get("geo", "geo")) for trace in _traces(hidden)}
    for name in names:
        if is_map(name):
            hidden["layout"].setdefault(name, dict(_OFF))
    return hidden


def _traces(figure: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    parts = [figure, *(frame for frame in figure.get("frames") or [] if isinstance(frame, dict))]
    for part in parts:
        yield from (trace for trace in part.get("data") or [] if isinstance(trace, dict))


def _hidden(value: Any, key: str, is_argument: bool) -> Any:
    is_argument = is_argument or key in ("args", "args2")
    if isinstance(value, list):
        return [_hidden(item, key, is_argument) for item in value]
    if not isinstance(value, dict):
        return value
    named = [(name, re.sub(r"\[\d*\]", "", name.rsplit(".", 1)[-1]), item) for name, item in value.items()]
    kept = {
        name: _hidden(item, last, is_argument)
        for name, last, item in named
        if not _fetches(last, item, key, is_argument)
    }
    return {**kept, **_OFF} if is_map(key) else kept


def _fetches(name: str, item: Any, above: str, is_argument: bool) -> bool:
    """Whether setting this would show a layer, or look a place up by its name."""
    if name.startswith("show") and name[4:] in _LAYERS:
        return True
    if name in _NAMED and (is_argument or above == POINTS):
        return True
    return is_map(name) and not isinstance(item, dict) and (is_argument or above == "layout")
