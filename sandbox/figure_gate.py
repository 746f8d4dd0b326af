"""Plotly figures made by hostile code, cleaned of whatever would make a browser run or fetch something."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from sandbox import figure_geo, wire

DEPTH: Final = 24
KEYS: Final = ("data", "layout", "frames")
_TRACES: Final = (
    "bar barpolar box candlestick carpet choroplethmap choroplethmapbox cone contour contourcarpet "
    "densitymap densitymapbox funnel funnelarea heatmap histogram histogram2d histogram2dcontour icicle image "
    "indicator isosurface mesh3d ohlc parcats parcoords pie sankey scatter scatter3d "
    "scattercarpet scattergeo scattergl scattermap scattermapbox scatterpolar scatterpolargl scattersmith "
    "scatterternary splom streamtube sunburst surface table treemap violin volume waterfall"
)
TRACES: Final = frozenset(_TRACES.split())
OUTLINED: Final = "choropleth"
"""A map whose outlines the viewer's browser would fetch from a server of Plotly's, even where it has its own."""
NO_OUTLINES: Final = (
    "its map outlines would be fetched from another server; draw bars, or points by latitude and longitude "
    "with px.scatter_map or px.scatter_geo"
)
_FORBIDDEN_KEYS: Final = (
    "__proto__ constructor prototype tiles accesstoken plotlyserverurl topojsonurl sourceurl config"
)
FORBIDDEN_KEYS: Final = frozenset(_FORBIDDEN_KEYS.split())
_ALLOWED_TAGS: Final = "b i em strong br sub sup s u extra span"
ALLOWED_TAGS: Final = frozenset(_ALLOWED_TAGS.split())
_MAP_KINDS: Final = ("choropleth", "density", "scatter")
NO_TILES: Final = "white-bg"
"""The one style of maps: every other would fetch tiles from a server the viewer did not choose."""
_MAP_TRACES: Final = {f"{kind}{place}": place for kind in _MAP_KINDS for place in ("map", "mapbox")}
_MAP: Final = re.compile(r"map(?:box)?\d*")
_PICTURE: Final = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*")
ARGUMENTS: Final = ("args", "args2")
"""What a button of the figure hands to Plotly when it is clicked."""
_PART: Final = re.compile(r"[.\[\]]")
_BASE64: Final = re.compile(r"[A-Za-z0-9+/=]*")
_TAG: Final = re.compile(r"<(/?)\s*+([A-Za-z!?][^\s<>/]*+)([^<>]*+)>")
"""Possessive throughout: a tag that never ends must not be tried from every one of its letters."""
_STYLE: Final = re.compile(r"""\s*style\s*=\s*(["'])[\w\s:;#.,%-]*\1\s*""")
_ACTIVE: Final = re.compile(
    r"(?:java|vb)script\s*:|data\s*:\s*text/html|\\(?:href|url|html\w*|unicode|require)\b", re.I
)
_ADDRESS: Final = re.compile(r"[\\/]\s*[\\/]|(?:https?|wss?|ftp|file|blob|data):", re.I)
"""Browsers take backslashes for slashes, and do without them after the name of a scheme they know."""
_OPEN: Final = re.compile(r"<(?=[A-Za-z]|\Z)(?![^<>]*>)|<(?=%)")
"""What could begin a tag once Plotly joins texts: a prefix with a number, `%{meta[0]}` with its value."""
_UNSEEN: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_SIMPLE: Final = frozenset({int, float, bool, type(None)})


class BadFigure(ValueError):
    """The figure breaks a rule and cannot be cleaned."""


def check(data: bytes) -> str:
    """JSON text of the figure with `data`, `layout` and, where there are any, `frames`. Raises: BadFigure."""
    try:
        figure = wire.strict_json(data)
    except wire.BadFrame as error:
        raise BadFigure(str(error)) from None
    if not isinstance(figure, dict) or not isinstance(figure.get("data", []), list):
        raise BadFigure("the figure has no data")
    if not isinstance(figure.get("layout", {}), dict) or not isinstance(figure.get("frames", []), list):
        raise BadFigure("the figure has no layout")
    _check_traces(figure.get("data", []))
    for frame in figure.get("frames", []):
        if not isinstance(frame, dict):
            raise BadFigure("a frame is no object")
        _check_traces(frame.get("data") or [])
    kept = {key: _cleaned(figure.get(key, {} if key == "layout" else []), "", DEPTH) for key in KEYS}
    if not kept["frames"]:
        del kept["frames"]
    _add_map_styles(kept)
    if figure_geo.is_used(kept):
        if figure_geo.needs_outlines(kept):
            raise BadFigure(NO_OUTLINES)
        kept = figure_geo.without_outlines(kept)
    try:
        return json.dumps(kept, allow_nan=False)
    except ValueError:
        raise BadFigure("a number is too large") from None


def _check_traces(traces: Any) -> None:
    if not isinstance(traces, list):
        raise BadFigure("traces are no list")
    for trace in traces:
        kind = trace.get("type", "scatter") if isinstance(trace, dict) else None
        if not isinstance(kind, str) or kind not in TRACES:
            raise BadFigure(_why(trace))


def _why(trace: Any) -> str:
    if isinstance(trace, dict) and trace.get("type") == OUTLINED:
        return NO_OUTLINES
    return "a trace of an unknown type"


def _cleaned(value: Any, key: str, depth: int, is_argument: bool = False) -> Any:
    """An argument of a button may set any attribute by name, so that no address may stand in it at all."""
    if depth <= 0:
        raise BadFigure("the figure is nested too deeply")
    if isinstance(value, str):
        text = _text(value, key)
        return "" if is_argument and _ADDRESS.search(re.sub(r"[\t\n\r]", "", text)) else text
    if isinstance(value, list):
        if _SIMPLE.issuperset(map(type, value)):
            return value
        is_argument = is_argument or key in ARGUMENTS
        items = _by_object(value) if key in ARGUMENTS else value
        return [_cleaned(item, "" if key in ARGUMENTS else key, depth - 1, is_argument) for item in items]
    if isinstance(value, dict):
        return _object(value, key, depth, is_argument)
    return value


def _object(value: dict[str, Any], key: str, depth: int, is_argument: bool) -> dict[str, Any]:
    kept = {}
    for name, item in value.items():
        last = figure_geo.attribute(name).lower()
        whole = re.sub(r"\[-?\d*\]", "", name.rsplit(".", 1)[-1]).lower()
        if {last, whole} & FORBIDDEN_KEYS or (last == "layers" and "map" in f"{key}.{name}".lower()):
            continue
        if (last == "geojson" and not isinstance(item, dict)) or (_MAP.fullmatch(last) and not isinstance(item, dict)):
            continue
        if _sets_an_argument(name, item):
            continue
        is_style = last == "style" and "map" in f"{key}.{name}".lower()
        made = NO_TILES if is_style else _cleaned(item, last, depth - 1, is_argument)
        if not (is_argument and _makes_map(name, made)):
            kept[_plain(name)] = made
    return {**kept, "style": NO_TILES} if _MAP.fullmatch(key) else kept


def _add_map_styles(figure: dict[str, Any]) -> None:
    """A map without a style would be drawn with tiles; templates and frames may send a trace to any."""
    kinds = {_MAP_TRACES.get(trace.get("type", "")) for trace in figure_geo.traces(figure)} - {None}
    if kinds:
        for name in kinds.union(figure_geo.named(figure, "subplot")):
            if _MAP.fullmatch(str(name)):
                figure["layout"].setdefault(str(name), {"style": NO_TILES})


def _by_object(arguments: list[Any]) -> list[Any]:
    """The arguments of a button, with an attribute that is set by name in an object, where it can be checked."""
    if len(arguments) < 2 or not isinstance(arguments[0], str):
        return arguments
    if isinstance(arguments[1], dict) and not figure_geo.is_map(arguments[0]) and not _MAP.fullmatch(arguments[0]):
        return arguments
    return [{arguments[0]: arguments[1]}, *arguments[2:]]


def _sets_an_argument(name: str, item: Any) -> bool:
    """Whether a key sets one argument alone (`args[0]`), or a path to arguments, which are checked as a whole only."""
    parts = [part.lower() for part in _PART.split(name) if part]
    return any(part in ARGUMENTS for part in parts) and not (name in ARGUMENTS and isinstance(item, list))


def _makes_map(name: str, item: Any) -> bool:
    """Whether a button would turn a trace into a map, or send it to another one, whose look has not been checked."""
    last = figure_geo.attribute(name)
    kinds = item if isinstance(item, list) else [item]
    maps = {OUTLINED, figure_geo.POINTS, *_MAP_TRACES}
    return last == "subplot" or (last == "type" and any(kind in maps for kind in kinds if isinstance(kind, str)))


def _text(value: str, key: str) -> str:
    if key == "bdata":
        return value if _BASE64.fullmatch(value) else ""
    if key == "source":
        return value if _PICTURE.fullmatch(value) else ""
    return _plain(value)


def _plain(text: str) -> str:
    """The text with harmless formatting only; repeated, because removing one thing can make another."""
    for _ in range(20):
        before = text
        text = _ACTIVE.sub("", _TAG.sub(_tag, _UNSEEN.sub("", text)))
        if text == before:
            return _OPEN.sub("< ", text)
    return ""


def _tag(found: re.Match[str]) -> str:
    slash, name, rest = found.group(1), found.group(2).lower(), found.group(3)
    if name not in ALLOWED_TAGS:
        return ""
    keeps = name == "span" and _STYLE.fullmatch(rest)
    return f"<{slash}{name}{rest if keeps else ''}>"
