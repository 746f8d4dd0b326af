"""Restyling in words: "as a pie, top 5, title Sales" turns one chart into another. A small grammar, no model."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final, get_args

from services.code import analyses
from services.code.analyses.charts import TYPES
from services.code.analyses.drawing.plan import STARTS, Hue
from services.domain import Profile
from services.errors import BadInput

EXAMPLES: Final = (
    "as a pie", "horizontal", "log scale", "title Sales by region", "sort ascending", "red", "top 5", "by month",
    "median", "colour by plan", "line at 100", "trend line", "note “launch” at 2024-03-01", "20 bins",
)  # fmt: skip
HINT: Final = f"Say, for example: {', '.join(EXAMPLES[:8])}. Several can be said at once, with commas between."
_TYPES: Final[Mapping[str, str]] = {
    **{type.title.casefold(): name for name, type in TYPES.items()},
    **{name: name for name in TYPES},
    "bars": "bar", "column": "bar", "columns": "bar", "vertical bars": "bar", "horizontal bars": "lying bar",
    "pie chart": "pie", "doughnut": "donut", "ring": "donut", "lines": "line", "points": "scatter",
    "scatter plot": "scatter", "dots": "scatter", "heat map": "heatmap", "boxes": "box", "box plot": "box",
    "boxplot": "box", "stacked bars": "stacked bar", "stacked": "stacked bar", "grouped": "grouped bar",
    "100 % bar": "share bar", "100% bars": "share bar", "100% bar": "share bar", "shares": "share bar",
    "distribution": "histogram", "cumulative": "ecdf", "flows": "sankey", "tree map": "treemap",
    "web": "radar", "spider": "radar", "candles": "candlestick", "facets": "small multiples",
}  # fmt: skip
_MEASURES: Final[Mapping[str, str]] = {
    "sum": "sum", "total": "sum", "totals": "sum", "average": "mean", "averages": "mean", "mean": "mean",
    "median": "median", "lowest": "min", "minimum": "min", "min": "min", "highest": "max", "maximum": "max",
    "max": "max", "distinct": "nunique", "count": "count", "counts": "count",
}  # fmt: skip
_HUES: Final[Mapping[str, str]] = {
    **{hue: hue for hue in get_args(Hue)},
    "gray": "grey", "violet": "purple", "gold": "yellow", "cyan": "teal", "turquoise": "teal", "magenta": "pink",
}  # fmt: skip
_PERIODS: Final[Mapping[str, str]] = {
    **{name: name for name in STARTS}, **{f"{name}s": name for name in STARTS},
    "daily": "day", "weekly": "week", "monthly": "month", "quarterly": "quarter", "yearly": "year", "hourly": "hour",
}  # fmt: skip
_QUOTED: Final = "[\"“”„'‘’]"
_WORDS: Final = f'(?:{_QUOTED}(?P<quoted>[^"“”„]+?){_QUOTED}|(?P<plain>[^,;]+?))'
_TITLE: Final = re.compile(rf"\b(?:titled?|call it|named?|heading)\b:?\s+{_WORDS}\s*(?=[,;]|$)", re.I)
_NOTE: Final = re.compile(
    rf"\b(?:note|annotate|annotation|mark)\b:?\s+{_WORDS}\s+at\s+(?P<x>[^,;\s]+)(?:\s*/\s*(?P<y>-?[\d.]+))?\s*(?=[,;]|$)",
    re.I,
)
_FILLER: Final = re.compile(
    r"^(?:please|make it|make this|turn it|turn this|show it|show|draw it|draw|into|in|as|it|an?|the|with|use|and)\s+",
    re.I,
)


@dataclass
class _Draft:
    """A chart that is being changed, as data, and the columns it may use."""

    chart: dict[str, Any]
    profile: Profile

    def column(self, said: str) -> str:
        """The column that is meant. Raises: BadInput."""
        wanted = _plain(said)
        names = {_plain(column.name): column.name for column in self.profile.columns}
        close = get_close_matches(wanted, names, 1, 0.8)
        if wanted not in names and not close:
            raise BadInput(f"There is no column “{said[:60]}”.", "Name a column of the table.")
        return names[wanted if wanted in names else close[0]]


def restyle(chart: Mapping[str, Any], said: str, profile: Profile) -> dict[str, Any]:
    """The chart as it is after what was said, as data. Raises: BadInput, which names what was not understood."""
    draft = _Draft({name: value for name, value in chart.items() if name != "learned"}, profile)
    rest = _noted(draft, _titled(draft, said[:500]))
    phrases = [phrase for phrase in re.split(r"[,;]|\band\b|\bthen\b", rest) if phrase.strip(" .!")]
    for phrase in phrases:
        _apply(draft, phrase.strip(" .!"))
    if rest == said[:500] and not phrases:
        raise BadInput("Nothing was said about the chart.", HINT)
    return {"kind": "chart", **analyses.parse(draft.chart).model_dump(mode="json", exclude_defaults=True)}


def _titled(draft: _Draft, said: str) -> str:
    """Sets the title, and gives back the rest of what was said."""
    if re.search(r"\b(?:no|without(?: the| a)?|remove the) title\b", said, re.I):
        draft.chart["title"] = ""
        return re.sub(r"\b(?:no|without(?: the| a)?|remove the) title\b", "", said, flags=re.I) + ","
    found = _TITLE.search(said)
    if not found:
        return said
    draft.chart["title"] = (found["quoted"] or found["plain"]).strip()[:120]
    return said[: found.start()] + "," + said[found.end() :]


def _noted(draft: _Draft, said: str) -> str:
    """Adds the words that are to stand on the chart, and gives back the rest."""
    for found in _NOTE.finditer(said):
        x: str | float = float(found["x"]) if re.fullmatch(r"-?\d+(\.\d+)?", found["x"]) else found["x"]
        note = {"text": (found["quoted"] or found["plain"]).strip()[:80], "x": x}
        note |= {"y": float(found["y"])} if found["y"] else {}
        draft.chart["notes"] = [*draft.chart.get("notes", ()), note]
    return _NOTE.sub(",", said)


def _apply(draft: _Draft, phrase: str) -> None:
    """Does what one phrase says. Raises: BadInput."""
    words = phrase
    while (shorter := _FILLER.sub("", words)) != words:
        words = shorter
    words = re.sub(r"\s+(?:please|instead|again)$", "", words, flags=re.I)
    for rule in _RULES:
        if rule(draft, words):
            return
    raise BadInput(f"“{phrase[:80]}” was not understood.", HINT)


def _switch(draft: _Draft, words: str) -> bool:
    """What is on or off: orders, logarithms, trends."""
    for pattern, changes in _SWITCHES:
        if pattern.fullmatch(words):
            draft.chart.update(changes)
            return True
    return False


_SWITCHES: Final[Sequence[tuple[re.Pattern[str], Mapping[str, Any]]]] = [
    (re.compile(pattern, re.I), changes)
    for pattern, changes in (
        (r"(?:sort(?:ed)?\s+)?(?:desc(?:ending)?|(?:largest|highest|biggest) first|high to low)", {"descending": True}),
        (r"(?:sort(?:ed)?\s+)?(?:asc(?:ending)?|(?:smallest|lowest) first|low to high)", {"descending": False}),
        (r"(?:linear(?: scale)?|no log(?: scale)?)", {"log_x": False, "log_y": False}),
        (r"(?:an? )?trend ?line|trend", {"trend": True}),
        (r"(?:no|without(?: a)?) trend(?: ?line)?", {"trend": False}),
        (r"(?:no|without) (?:reference )?lines?", {"lines": []}),
        (r"(?:no|without) (?:notes?|annotations?)", {"notes": []}),
        (r"(?:all|every)(?: groups?)?|no top|no other", {"top": None}),
        (r"(?:no|without|one|single) colou?rs?", {"color": None, "hue": None}),
        (r"(?:no|without) filters?|all rows", {"where": []}),
    )
]


def _number(draft: _Draft, words: str) -> bool:
    """What takes a number: the largest groups, bins, reference lines."""
    if found := re.fullmatch(r"(?:only |the )*(?:top|largest|first|best|biggest)\s+(\d+).*", words, re.I):
        draft.chart |= {"top": int(found[1]), "descending": True}
    elif found := re.fullmatch(r"(\d+) bins?", words, re.I):
        draft.chart["bins"] = int(found[1])
    elif found := re.fullmatch(r"(?:reference |target |dashed )*line at (-?[\d.]+)", words, re.I):
        draft.chart["lines"] = [*draft.chart.get("lines", ()), float(found[1])]
    else:
        return False
    return True


def _logs(draft: _Draft, words: str) -> bool:
    found = re.fullmatch(
        r"log(?:arithmic)?(?:\s+scale)?(?:\s+(?:on\s+)?([xy])(?:[ -]axis)?)?(?:\s+scale)?", words, re.I
    )
    if not found:
        return False
    able = TYPES[draft.chart["type"]].logs
    wanted = (found[1] or able[-1:]).lower()
    if wanted not in able or not able:
        raise BadInput(
            f"{TYPES[draft.chart['type']].title} have no axis for that scale.", "Choose another chart first."
        )
    draft.chart[f"log_{wanted}"] = True
    return True


def _lying(draft: _Draft, words: str) -> bool:
    """Bars that lie or stand."""
    if re.fullmatch(r"horizontal(?:ly)?|lying|sideways|flip(?:ped)?|swap axes", words, re.I):
        return _become(draft, "lying bar")
    if re.fullmatch(r"vertical(?:ly)?|standing|upright", words, re.I):
        return _become(draft, "bar")
    return False


def _typed(draft: _Draft, words: str) -> bool:
    """ "pie", "heat map by plan"."""
    shape, _, by = (words, "", "") if words.casefold() in _TYPES else words.partition(" by ")
    name = _TYPES.get(re.sub(r"\s+(?:chart|plot|graph|diagram)$", "", shape.strip().casefold()))
    if name is None:
        return False
    if by:
        taken = TYPES[name].needs + TYPES[name].may
        draft.chart["color" if "color" in taken else "facet" if "facet" in taken else "x"] = draft.column(by)
    return _become(draft, name)


def _become(draft: _Draft, name: str) -> bool:
    """Another type of chart, with the columns where they belong in it. Raises: BadInput."""
    chart, type = draft.chart, TYPES[name]
    columns = [c for c in (chart.get("x"), chart.get("color"), chart.get("facet"), *chart.get("path", ())) if c]
    amounts = [c for c in (chart.get("y"), chart.get("size"), chart.get("x")) if c and _is_number(draft, c)]
    spread = type.group == "Distribution" and name != "strip"
    chart["type"] = name
    if spread and chart.get("y"):
        groups = [c for c in (chart.get("color"), chart.get("x")) if c and not _is_number(draft, c)]
        chart |= {"x": chart["y"], "y": None, "color": next(iter(groups), None)}
    if "path" in type.needs and not chart.get("path"):
        chart["path"] = list(dict.fromkeys(columns))[:3]
    elif "path" not in type.needs and chart.get("path"):
        chart |= {"x": chart.get("x") or columns[0], "color": chart.get("color") or next(iter(columns[1:2]), None)}
    if "facet" in type.needs and not chart.get("facet"):
        chart["facet"], chart["color"] = chart.get("color"), None
    if "y" in type.needs and not chart.get("y") and amounts:
        chart["y"] = amounts[0]
    missing = [role for role in type.needs if not chart.get(role)]
    if missing:
        raise BadInput(f"{type.title} need one more column ({ROLE_WORDS[missing[0]]}).", f"Say “{name} by …”.")
    _strip(chart, name)
    return True


ROLE_WORDS: Final = {"x": "along", "y": "value", "color": "colour", "size": "size", "facet": "parts", "path": "levels"}


def _strip(chart: dict[str, Any], name: str) -> None:
    """Leaves out what this type of chart does not have."""
    type = TYPES[name]
    for role in ("x", "y", "color", "size", "facet", "path", "measure", "period", "top", "bins", "trend"):
        if role not in (*type.needs, *type.may):
            chart.pop(role, None)
    for axis in "xy":
        if axis not in type.logs:
            chart.pop(f"log_{axis}", None)


def _is_number(draft: _Draft, name: str) -> bool:
    column = draft.profile.column(name)
    return column is not None and column.kind.is_number


def _measured(draft: _Draft, words: str) -> bool:
    """ "median", "average price", "by month"."""
    first, _, rest = words.partition(" ")
    if measure := _MEASURES.get(first.casefold()):
        of = re.sub(r"^of\s+", "", rest).strip()
        if measure == "count":
            draft.chart |= {"y": None, "measure": None}
        else:
            draft.chart |= {"measure": measure, **({"y": draft.column(of)} if of else {})}
        return True
    found = re.fullmatch(r"(?:(?:by|per|each|every)\s+)?(\w+)", words, re.I)
    period = _PERIODS.get(found[1].casefold()) if found else None
    if period:
        draft.chart["period"] = period
    return bool(period)


def _coloured(draft: _Draft, words: str) -> bool:
    """ "red", "colour by plan", "small multiples by region", "along month"."""
    if hue := _HUES.get(re.sub(r"^(?:colou?r(?:ed)?)\s+", "", words.casefold())):
        if not TYPES[draft.chart["type"]].paint:
            raise BadInput("This chart has several colours of its own.", "Choose another type of chart first.")
        draft.chart |= {"hue": hue, "color": None}
        return True
    found = re.fullmatch(
        r"(?P<how>colou?r(?:ed)?|split|group(?:ed)?|facets?|(?:small )?multiples) by (?P<name>.+)", words, re.I
    )
    if found:
        role = "facet" if "facet" in found["how"].lower() or "multiples" in found["how"].lower() else "color"
        if role not in (*TYPES[draft.chart["type"]].needs, *TYPES[draft.chart["type"]].may):
            raise BadInput("This chart cannot be split further.", "Say for example “as stacked bars by …”.")
        draft.chart[role] = draft.column(found["name"])
    return bool(found)


_RULES: Final[Sequence[Callable[[_Draft, str], bool]]] = (
    _switch, _number, _logs, _lying, _coloured, _typed, _measured,
)  # fmt: skip


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold().replace("_", " ")))
