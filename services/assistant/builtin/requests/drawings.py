"""Charts of the gallery by words: treemaps, violins, waterfalls and the others that no plain question draws."""

# ruff: noqa: E501 — a pattern is easier to read on one line
from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from services.assistant.builtin.intent import Aggregate, Intent, Shape
from services.assistant.builtin.language.columns import Columns, is_averaged, is_dimension, is_measure, is_total
from services.assistant.builtin.language.question import Unreadable
from services.assistant.builtin.requests.clauses import plainly
from services.assistant.builtin.requests.conditions import where_of, written
from services.assistant.builtin.requests.request import Study
from services.assistant.builtin.requests.subject import Subject
from services.code.analyses import parse
from services.code.analyses.charts import Chart
from services.domain import ColumnProfile, Profile, Semantic
from services.errors import BadInput
from services.protocols import ValueFinder, no_tables

NAMES: Final = (
    ("share bar", r"100 ?(?:%|per ?cent) (?:stacked )?(?:bars?|columns?)|(?:normali[sz]ed|percent(?:age)?) stacked (?:bars?|columns?)|share bars?"),
    ("scatter matrix", r"scatter ?plot matrix|scatter matrix|pair ?plot|splom"),
    ("parallel coordinates", r"parallel coordinates?|parallel axes"),
    ("calendar", r"calendar(?: heat ?map)?|day heat ?map"),
    ("small multiples", r"small multiples?|trellis|facets?"),
    ("treemap", r"tree ?map"),
    ("sunburst", r"sun ?burst"),
    ("sankey", r"sankey|flow|alluvial"),
    ("radar", r"radar|spider(?: web)?"),
    ("bubble", r"bubbles?"),
    ("waterfall", r"waterfall"),
    ("funnel", r"funnel"),
    ("pareto", r"pareto"),
    ("donut", r"donut|doughnut|ring"),
    ("violin", r"violins?"),
    ("density", r"density|kde"),
    ("ecdf", r"ecdf|cumulative distribution|running share"),
    ("strip", r"strip|jitter|swarm|bee ?swarm"),
    ("candlestick", r"candle ?sticks?|ohlc"),
    ("map", r"(?:point |dot )?map|coordinates? map"),
)  # fmt: skip
_WORD: Final = r"(?: ?(?:charts?|plots?|graphs?|diagrams?|maps?|view|curve|function))?"
_LEAD: Final = r"(?:(?:please )?(?:show|give|draw|make|plot|create|display|build|visuali[sz]e|generate)(?: me| us)?(?: an?| the)? ?|an? |the )?"
_SPREADS: Final = ("violin", "density", "ecdf", "strip")
_NUMBERS: Final = ("scatter matrix", "parallel coordinates")
_PATHS: Final = ("treemap", "sunburst", "sankey")
_MEASURES: Final = (
    (r"(?:the )?(?:number|count) of(?: different| distinct| unique) ", "nunique"), (r"(?:the )?(?:number|count) of ", "count"),
    (r"(?:the )?(?:total|sum of|sum) ", "sum"), (r"(?:the )?(?:average|mean|avg) ", "mean"), (r"(?:the )?median ", "median"),
    (r"(?:the )?(?:minimum|lowest|min) ", "min"), (r"(?:the )?(?:maximum|highest|max) ", "max"),
)  # fmt: skip
_PERIOD: Final = re.compile(
    r"(?i)\b(?:(?:by|per|over|each|every) )?(?P<p>year|quarter|month|week|day|hour)(?:ly)?s?\b|\b(?P<time>(?:over )?time|(?:dai|month|week|year|quarter)ly)\b"
)
MOST_NUMBERS: Final = 6


def drawing(sentence: str, profile: Profile, find_values: ValueFinder, before: Intent | None = None) -> Study | None:
    """The chart of the gallery a sentence asks for; None when it asks for none.

    Raises: Unreadable, when it does not say of what, or the table lacks what the chart needs.
    """
    text = plainly(sentence)
    subject = Subject(sentence, Columns.of(profile), find_values, no_tables)
    for name, form in NAMES:
        found = _asked(form, text)
        if found is None or (
            subject.maybe(form) is not None and not re.search(r"(?i)chart|plot|graph|diagram|map", text)
        ):
            continue
        if found == "" and before is not None and (again := of_intent(name, before)) is not None:
            return Study(again)
        try:
            return Study(_chart(subject, name, found), tuple(dict.fromkeys(subject.assumed)))
        except BadInput as error:
            raise Unreadable(f"{error.message} {error.hint}".strip()) from error
    return None


def _asked(form: str, text: str) -> str | None:
    """What the chart is to be of: "" where that is not said; None where no such chart is asked for."""
    alone = re.fullmatch(rf"(?i){_LEAD}(?:now )?(?:as |in |with |into )?(?:an? )?(?:{form}){_WORD}(?: instead)?", text)
    if alone:
        return ""
    front = re.fullmatch(
        rf"(?i){_LEAD}(?:{form}){_WORD}(?:(?: of| for| showing| with| that shows| between)(?: the)?|:)? (?P<rest>.+)",
        text,
    )
    back = re.fullmatch(rf"(?i){_LEAD}(?P<rest>.+?),? (?:as|in|with|on)(?: an?| the)? (?:{form}){_WORD}", text)
    tail = re.fullmatch(
        rf"(?i){_LEAD}(?P<rest>.+?),? (?:{form})(?: charts?| plots?| graphs?| diagrams?)?(?P<more> (?:by|of) .+)?", text
    )
    match = front or back or tail
    if match is None:
        return None
    return match["rest"] + (match.groupdict().get("more") or "")


def _chart(subject: Subject, name: str, said: str) -> Chart:
    data: dict[str, Any] = {"kind": "chart", "type": name}
    said = _take_where(subject, said, data)
    said = _take(
        subject,
        said,
        r"(?:,? )?(?:and )?(?:sized|size) (?:by|=|is)(?: the)? (?P<c>[^,]+?)(?=,| colou?red|$)",
        "size",
        data,
    )
    said = _take(
        subject,
        said,
        r"(?:,? )?(?:and )?(?:colou?red|colou?r|split) (?:by|=)(?: the)? (?P<c>[^,]+?)(?=,| sized|$)",
        "color",
        data,
    )
    said = re.sub(r"(?i)^(?:the |all |of )+", "", said.strip(" ,"))
    if name in _SPREADS:
        data |= _spread(subject, name, said)
    elif name in _NUMBERS:
        names = (
            subject.many(said, is_measure)
            if said
            else tuple(one.name for one in subject.columns.measures())[:MOST_NUMBERS]
        )
        data["path"] = names
    elif name == "radar":
        data |= _radar(subject, said)
    elif name in ("bubble", "map"):
        data |= _points(subject, name, said, data)
    else:
        data |= _measured(subject, name, said)
    found = parse(data)
    assert isinstance(found, Chart)
    return found


def _take_where(subject: Subject, said: str, data: dict[str, Any]) -> str:
    match = re.search(r"(?i)\s+(?P<where>where .+)$", f" {said}")
    if match is None:
        return said
    where = where_of(subject, match["where"])
    if any(len(any_of) > 1 for any_of in where):
        raise Unreadable("I cannot draw rows that are chosen by “or”.")
    data["where"] = tuple(test for any_of in where for test in written(subject, any_of[0]))
    return f" {said}"[: match.start()].strip()


def _take(subject: Subject, said: str, form: str, role: str, data: dict[str, Any]) -> str:
    match = re.search(rf"(?i){form}", said)
    if match is None:
        return said
    data[role] = subject.one(match["c"]).name
    return (said[: match.start()] + said[match.end() :]).strip()


def _spread(subject: Subject, name: str, said: str) -> dict[str, Any]:
    parts = re.split(r"(?i)\s+(?:by|for each|per|across|in each|grouped by)(?: the)?\s+", said, maxsplit=1)
    value = subject.one(parts[0], is_measure)
    if not value.kind.is_number:
        raise Unreadable(f"“{value.name}” holds no numbers.")
    group = {"x" if name == "strip" else "color": subject.one(parts[1], is_dimension).name} if len(parts) > 1 else {}
    return {"y" if name == "strip" else "x": value.name, **group}


def _radar(subject: Subject, said: str) -> dict[str, Any]:
    match = re.fullmatch(r"(?i)(?P<numbers>.*?)\s*\b(?:by|for each|per|of each)(?: the)? (?P<group>.+)", said)
    if match is None:
        raise Unreadable(
            "A radar chart needs numbers and a column for the groups: “radar chart of a, b and c by group”."
        )
    return {"x": subject.one(match["group"], is_dimension).name, "path": subject.many(match["numbers"], is_measure)}


def _points(subject: Subject, name: str, said: str, data: dict[str, Any]) -> dict[str, Any]:
    if name == "map":
        return _coordinates(subject)
    names = [
        subject.one(part, is_measure).name
        for part in re.split(r"(?i)\s*,\s*(?:and\s+)?|\s+(?:and|against|vs\.?|versus|by|over)\s+", said)
        if part
    ]
    size = data.get("size") or (names[2] if len(names) > 2 else None)
    if len(names) < 2 or size is None:
        raise Unreadable("A bubble chart needs three columns of numbers: “bubbles of a and b sized by c”.")
    return {"x": names[0], "y": names[1], "size": size}


def _coordinates(subject: Subject) -> dict[str, Any]:
    found = {one.semantic: one.name for one in subject.columns.profile.columns}
    if Semantic.LATITUDE not in found or Semantic.LONGITUDE not in found:
        raise Unreadable("A map needs columns of latitude and longitude, and this table has none.")
    return {"x": found[Semantic.LONGITUDE], "y": found[Semantic.LATITUDE]}


def _measured(subject: Subject, name: str, said: str) -> dict[str, Any]:
    """What is counted or measured, and by which columns."""
    parts = re.split(r"(?i)\s+(?:by|for each|per|across|grouped by|over)(?: the)?\s+", f" {said}", maxsplit=1)
    flows = re.fullmatch(r"(?i)(?:.*?\b)?from(?: the)? (?P<a>.+?) to(?: the)? (?P<b>.+)", said)
    if flows and name == "sankey":
        return {"path": tuple(subject.one(flows[end], is_dimension).name for end in ("a", "b"))}
    what, by = parts[0].strip(), parts[1] if len(parts) > 1 else ""
    if not by and name in ("calendar", "candlestick", "waterfall") and subject.columns.dates():
        by = "time"
    found = _keys(subject, by or what)
    measure = _measure(subject, what) if by else {}
    return {**measure, **_roles(name, *found)}


def _measure(subject: Subject, said: str) -> dict[str, Any]:
    for form, measure in _MEASURES:
        match = re.match(rf"(?i){form}", said)
        if match:
            column = subject.maybe(said[match.end() :])
            if measure == "count" or column is None or not (measure == "nunique" or is_measure(column)):
                subject.assumed.append("Rows are counted.")
                return {}
            return {"y": column.name, "measure": measure}
    if re.fullmatch(r"(?i)(?:rows|records|counts?|frequenc\w+|entries)?", said):
        return {}
    column = subject.maybe(said, is_measure)
    if column is None or not is_measure(column):
        if column is None and not re.fullmatch(r"[A-Za-z]+s", said):
            raise Unreadable(f"I cannot tie “{said}” to a column of this table.", missing=said)
        subject.assumed.append("Rows are counted.")
        return {}
    words = subject.columns.words[column.name]
    return {"y": column.name, "measure": "sum" if is_total(words) and not is_averaged(words) else "mean"}


def _keys(subject: Subject, said: str) -> tuple[list[ColumnProfile], str]:
    """The columns to group by, in order, and the period of a date among them."""
    found: list[ColumnProfile] = []
    period = ""
    for part in re.split(r"(?i)\s*,\s*(?:and\s+)?|\s+(?:and|by|small multiples by|for each)\s+(?:the )?", said):
        named = subject.maybe(part)
        match = _PERIOD.fullmatch(part.strip())
        if named is None and match and subject.columns.dates():
            named, period = subject.columns.dates()[0], (match["p"] or period or "month")
        if named is None:
            raise Unreadable(f"I cannot tie “{part.strip()}” to a column of this table.", missing=part.strip())
        found.append(named)
    return found, period


def _roles(name: str, found: Sequence[ColumnProfile], period: str) -> dict[str, Any]:
    names = [one.name for one in found]
    if name in _PATHS:
        if name == "sankey" and len(names) < 2:
            raise Unreadable("A flow chart needs two columns: “sankey from a to b”.")
        return {"path": tuple(names)}
    timed = (
        {"period": period or "month"}
        if found[0].kind.is_date and name in ("small multiples", "waterfall", "candlestick")
        else {}
    )
    if name in ("share bar", "small multiples"):
        if len(names) < 2:
            raise Unreadable(
                f"{'100 % bars need' if name == 'share bar' else 'Small multiples need'} two columns: “… by a and b”."
            )
        return {"x": names[0], "color" if name == "share bar" else "facet": names[1], **timed}
    if name in ("calendar", "candlestick") and not found[0].kind.is_date:
        raise Unreadable(f"This chart needs dates, and “{found[0].name}” holds none.")
    return {"x": names[0], **timed}


def of_intent(name: str, before: Intent) -> Chart | None:
    """The question before, drawn as another type; None where that type cannot show it."""
    plain = before.shape is Shape.GROUPS and len(before.measures) == 1 and before.keys and not before.where
    if not plain or before.measures[0].times or before.measures[0].aggregate in (Aggregate.RATE, Aggregate.STD):
        return None
    measure, keys = before.measures[0], [key.column for key in before.keys]
    data: dict[str, Any] = {"kind": "chart", "type": name}
    if measure.column and measure.aggregate is not Aggregate.COUNT:
        data |= {
            "y": measure.column,
            "measure": {"distinct": "nunique"}.get(measure.aggregate.value, measure.aggregate.value),
        }
    if name in _PATHS:
        data["path"] = tuple(keys)
    elif name in ("share bar", "small multiples"):
        data |= dict(zip(("x", "color" if name == "share bar" else "facet"), keys, strict=False))
    elif name in (*_SPREADS, *_NUMBERS, "radar", "bubble", "map"):
        return None
    else:
        data["x"] = keys[0]
    grain = before.keys[0].grain
    if grain is not None and grain.value in ("year", "quarter", "month", "week", "day", "hour"):
        data["period"] = grain.value
    elif grain is not None:
        return None
    try:
        found = parse(data)
    except BadInput:
        return None
    return found if isinstance(found, Chart) else None
