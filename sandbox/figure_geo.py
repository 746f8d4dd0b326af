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
_PATH: Final = re.compile(r"[._]|\[-?\d*\]")


def attribute(name: str) -> str:
    """The attribute that a key sets: Plotly also takes whole paths, such as `images[0].source` or `map_style`."""
    return next((part for part in reversed(_PATH.split(name)) if part), "")


def named(value: Any, name: str) -> Iterator[str]:
    """Every text that is set for this attribute, anywhere in the figure."""
    if isinstance(value, dict):
        for key, item in value.items():
            if isinstance(item, str) and attribute(key) == name:
                yield item
            yield from named(item, name)
    elif isinstance(value, list):
        for item in value:
            if isinstance(item, (dict, list)):
                yield from named(item, name)


def is_used(figure: Mapping[str, Any]) -> bool:
    """Whether the figure has a map of points."""
    return any(trace.get("type") == POINTS for trace in traces(figure))


def is_map(name: str) -> bool:
    """Whether a map of the layout goes by this name."""
    return _GEO.fullmatch(name) is not None


def needs_outlines(figure: Mapping[str, Any]) -> bool:
    """Whether places are given by name."""
    return any(_NAMED & set(map(attribute, trace)) for trace in traces(figure))


def without_outlines(figure: dict[str, Any]) -> dict[str, Any]:
    """The figure with every layer of every map switched off, also in what buttons, frames and the template set."""
    hidden: dict[str, Any] = _hidden(figure, "", False)
    for name in {"geo", *named(hidden, "geo")}:
        if is_map(name):
            hidden["layout"].setdefault(name, dict(_OFF))
    return hidden


def traces(figure: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Those of the figure and of its frames."""
    parts = [figure, *(frame for frame in figure.get("frames") or [] if isinstance(frame, dict))]
    for part in parts:
        yield from (trace for trace in part.get("data") or [] if isinstance(trace, dict))


def _hidden(value: Any, key: str, is_argument: bool) -> Any:
    is_argument = is_argument or key in ("args", "args2")
    if isinstance(value, list):
        return [_hidden(item, key, is_argument) for item in value]
    if not isinstance(value, dict):
        return value
    known = [(name, attribute(name), item) for name, item in value.items()]
    kept = {
        name: _hidden(item, last, is_argument)
        for name, last, item in known
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
