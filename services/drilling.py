"""From the marks of a chart to the rows behind them, and from rows that are looked at to rows that are drawn."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from services.code.steps import Condition as RowTest
from services.domain import ColumnProfile, Comparison, Condition, Kind, Profile, View

OTHER, MISSING, TOTAL = "Other", "(missing)", "Total"
POINTS: Final = frozenset({"scatter", "bubble", "strip", "map"})
"""Charts with a mark for each row."""
ALONG: Final = frozenset({"bar", "grouped bar", "stacked bar", "share bar", "line", "area", "pareto", "waterfall"})
ACROSS: Final = frozenset({"lying bar", "funnel"})
"""Charts whose groups stand on the y axis."""
NESTED: Final = frozenset({"treemap", "sunburst"})
CLICKED: Final = POINTS | ALONG | ACROSS | NESTED | {"histogram", "small multiples", "candlestick"}
"""Charts whose marks a browser tells. A pie, a heat map, a box and the like tell nothing when they are clicked."""
RANGED: Final = POINTS | {"histogram", "density", "ecdf", "line", "area", "candlestick"}
"""Charts on which an area is a range of values."""
_TESTS: Final[Mapping[str, Comparison]] = {
    "=": Comparison.IS,
    "≠": Comparison.IS_NOT,
    ">": Comparison.OVER,
    "≥": Comparison.FROM,
    "<": Comparison.UNDER,
    "≤": Comparison.TO,
    "one of": Comparison.ONE_OF,
    "none of": Comparison.NONE_OF,
    "contains": Comparison.CONTAINS,
    "starts with": Comparison.BEGINS,
    "missing": Comparison.MISSING,
    "not missing": Comparison.PRESENT,
}
_NAMES: Final = {how: test for test, how in _TESTS.items()}


def columns(chart: Mapping[str, Any]) -> list[str]:
    """The columns by which one can say which rows of a chart are meant."""
    named = (chart.get("x"), chart.get("color"), chart.get("facet"), *(chart.get("path") or ()), chart.get("y"))
    return list(dict.fromkeys(name for name in named if name))


def behind(
    chart: Mapping[str, Any],
    figure: Mapping[str, Any],
    points: Sequence[Mapping[str, Any]],
    areas: Sequence[Mapping[str, Any]],
    profile: Profile,
) -> View | None:
    """The rows behind the marks that were chosen on a drawn chart; None when none can be told.

    `points` and `areas` are as Plotly tells them; `figure` is the chart as JSON.
    """
    found: list[Condition] = []
    if areas and chart.get("type") in RANGED:
        found = list(_in_area(chart, areas[-1], profile))
    elif points and chart.get("type") in CLICKED:
        each = [_of_point(chart, figure, point, profile) for point in points]
        found = _together([conditions for conditions in each if conditions])
    return View(conditions=(*drawn(chart), *found)) if found else None


def drawn(chart: Mapping[str, Any]) -> list[Condition]:
    """The rows that the chart draws at all, by its filters."""
    return [_looked(RowTest.model_validate(test)) for test in chart.get("where") or ()]


def kept(conditions: Sequence[Condition], profile: Profile) -> list[dict[str, Any]]:
    """The conditions as the filters of a chart, as data; what a chart cannot filter by is left out."""
    found = [test for condition in conditions for test in _tests(condition, profile.column(condition.column))]
    return list({test.model_dump_json(): test.model_dump(mode="json") for test in found}.values())


def _looked(test: RowTest) -> Condition:
    value = "" if test.value is None else str(test.value)
    values = tuple(str(each) for each in test.values)
    return Condition(column=test.column, comparison=_TESTS[test.test], value=value, values=values)


def _tests(condition: Condition, column: ColumnProfile | None) -> Iterator[RowTest]:
    if column is None or condition.comparison not in _NAMES:
        return
    name, test, value = column.name, _NAMES[condition.comparison], condition.value
    if test in ("missing", "not missing"):
        yield RowTest(column=name, test=test)
    elif test in ("one of", "none of"):
        values = tuple(_typed(each, column) for each in condition.values)
        if values:
            yield RowTest(column=name, test=test, values=values)
    elif column.kind is Kind.DATETIME and len(value) == len("2024-12-31") and test in ("=", "≤", ">"):
        after = (date.fromisoformat(value) + timedelta(days=1)).isoformat()
        if test == "=":
            yield RowTest(column=name, test="≥", value=value)
        yield RowTest(column=name, test="≥" if test == ">" else "<", value=after)
    else:
        yield RowTest(column=name, test=test, value=_typed(value, column))


def _typed(value: str, column: ColumnProfile) -> str | int | float | bool:
    """The value as the cells of the column are in code."""
    if column.kind is Kind.BOOLEAN:
        return value.lower() in ("true", "yes")
    if column.kind.is_number and re.fullmatch(r"[+-]?\d+", value):
        return int(value)
    return float(value) if column.kind.is_number else value


def _of_point(
    chart: Mapping[str, Any], figure: Mapping[str, Any], point: Mapping[str, Any], profile: Profile
) -> list[Condition]:
    """The conditions for one mark; none when it stands for no rows of its own."""
    kind = chart["type"]
    trace = _trace(figure, point)
    if kind in NESTED:
        return _nested(chart, trace, point, profile)
    found = list(_series(chart, figure, trace, profile))
    if kind in POINTS:
        places = ((role, point.get(role)) for role in "xy" if chart.get(role))
        return [*found, *(c for role, value in places for c in _at(chart[role], value, chart, profile))]
    if kind == "histogram":
        return [*found, *_bin(chart["x"], trace, point)]
    value = point.get("y" if kind in ACROSS else "x")
    if value in (None, TOTAL):
        return []
    if value == OTHER and chart.get("top"):
        shown = trace.get("y" if kind in ACROSS else "x") or ()
        others = tuple(str(each) for each in dict.fromkeys(shown) if each not in (OTHER, MISSING))
        return [*found, Condition(column=chart["x"], comparison=Comparison.NONE_OF, values=others)]
    return [*found, *_at(chart["x"], value, chart, profile)]


def _trace(figure: Mapping[str, Any], point: Mapping[str, Any]) -> Mapping[str, Any]:
    traces, place = figure.get("data") or [{}], int(point.get("curve_number", 0))
    found = traces[place] if place < len(traces) else {}
    return dict(found)


def _series(
    chart: Mapping[str, Any], figure: Mapping[str, Any], trace: Mapping[str, Any], profile: Profile
) -> Iterator[Condition]:
    """What the colour and the small multiple of a trace say."""
    color = profile.column(chart.get("color") or "")
    if color and trace.get("name") and trace["name"] != "trend":
        yield from _at(color.name, trace["name"], {}, profile)
    if chart.get("facet"):
        place = int(str(trace.get("xaxis", "x"))[1:] or 1) - 1
        labels = [str(each.get("text", "")) for each in (figure.get("layout") or {}).get("annotations") or ()]
        if place < len(labels) and "=" in labels[place]:
            yield from _at(chart["facet"], labels[place].rpartition("=")[2], {}, profile)


def _at(name: str, value: Any, chart: Mapping[str, Any], profile: Profile) -> list[Condition]:
    """The conditions for a value on an axis; a date stands for its period."""
    column, text = profile.column(name), str(value)
    if text == MISSING:
        return [Condition(column=name, comparison=Comparison.MISSING)]
    if column and column.kind.is_date:
        start, end = _span(text, chart.get("period") if chart.get("x") == name else None, column.kind)
        if end == start:
            return [Condition(column=name, comparison=Comparison.IS, value=start)]
        ends = ((Comparison.FROM, start), (Comparison.UNDER, end))
        return [Condition(column=name, comparison=how, value=each) for how, each in ends]
    if isinstance(value, float) and value.is_integer():
        text = str(int(value))
    return [Condition(column=name, comparison=Comparison.IS, value=text)]


def _span(text: str, period: str | None, kind: Kind) -> tuple[str, str]:
    """The first moment of the period that starts at a moment, and the first one after it."""
    start = _first(text)
    steps = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7)}
    months = {"month": 1, "quarter": 3, "year": 12}
    if period in steps:
        end = start + steps[period]
    elif period in months:
        place = start.year * 12 + start.month - 1 + months[period]
        end = start.replace(year=place // 12, month=place % 12 + 1)
    else:
        end = start
    return _moment(start, kind), _moment(end, kind)


def _first(text: str) -> datetime:
    """The first moment of "2024", "2024-03", "2024-Q2", or a moment itself."""
    short = re.fullmatch(r"(\d{4})(?:-(?:(\d\d)|Q([1-4])))?", text)
    if short is None:
        return datetime.fromisoformat(text.replace("Z", ""))
    year, month, quarter = short.groups()
    return datetime(int(year), int(month or 3 * int(quarter or 1) - 2), 1)


def _moment(when: datetime, kind: Kind) -> str:
    is_day = kind is Kind.DATE or when.time() == datetime.min.time()
    return when.date().isoformat() if is_day else when.isoformat(sep=" ")


def _bin(name: str, trace: Mapping[str, Any], point: Mapping[str, Any]) -> list[Condition]:
    """The range of a bar of a histogram, whose x is its middle."""
    middles = [float(each) for each in trace.get("x") or ()]
    half = (middles[1] - middles[0]) / 2 if len(middles) > 1 else 0.5
    middle = float(point["x"])
    is_last = bool(middles) and middle >= middles[-1] - half / 2
    ends = ((Comparison.FROM, middle - half), (Comparison.TO if is_last else Comparison.UNDER, middle + half))
    return [Condition(column=name, comparison=how, value=f"{value:.12g}") for how, value in ends]


def _nested(
    chart: Mapping[str, Any], trace: Mapping[str, Any], point: Mapping[str, Any], profile: Profile
) -> list[Condition]:
    """The values from the outermost box or ring to the one that was clicked."""
    ids, labels, parents = (list(trace.get(name) or ()) for name in ("ids", "labels", "parents"))
    place = int(point.get("point_number", -1))
    values: list[str] = []
    while 0 <= place < len(labels):
        values.insert(0, str(labels[place]))
        place = ids.index(parents[place]) if parents[place] in ids else -1
    return [c for name, value in zip(chart["path"], values, strict=False) for c in _at(name, value, {}, profile)]


def _in_area(chart: Mapping[str, Any], area: Mapping[str, Any], profile: Profile) -> Iterator[Condition]:
    """The ranges of an area, on the axes that show a column as it is."""
    for role in ("x", "y") if chart["type"] in POINTS else ("x",):
        column, ends = profile.column(chart.get(role) or ""), sorted(area.get(role) or (), key=str)
        if column is None or len(ends) < 2 or not (column.kind.is_number or column.kind.is_date):
            continue
        if column.kind.is_number:
            low, high = sorted(float(each) for each in (ends[0], ends[-1]))
            texts = f"{low:.12g}", f"{high:.12g}"
        else:
            texts = _clock(ends[0], column.kind), _clock(ends[-1], column.kind)
        for how, text in zip((Comparison.FROM, Comparison.TO), texts, strict=True):
            yield Condition(column=column.name, comparison=how, value=text)


def _clock(end: Any, kind: Kind) -> str:
    """A place on an axis of time, which Plotly writes as text or in milliseconds."""
    if isinstance(end, int | float):
        when = datetime.fromtimestamp(end / 1000, UTC).replace(tzinfo=None)
    else:
        when = datetime.fromisoformat(str(end)[:19].strip())
    return _moment(when.replace(microsecond=0), kind)


def _together(marks: Sequence[Sequence[Condition]]) -> list[Condition]:
    """The conditions of several marks: the values of each column in one list, ranges from the first to the last."""
    if len(marks) < 2:
        return list(marks[0]) if marks else []
    found: list[Condition] = []
    for name in dict.fromkeys(condition.column for mark in marks for condition in mark):
        of_column = [condition for mark in marks for condition in mark if condition.column == name]
        values = [each.value for each in of_column if each.comparison is Comparison.IS]
        starts = [each.value for each in of_column if each.comparison is Comparison.FROM]
        ends = [each for each in of_column if each.comparison in (Comparison.UNDER, Comparison.TO)]
        if values:
            listed = tuple(dict.fromkeys(values))[:1_000]
            found.append(Condition(column=name, comparison=Comparison.ONE_OF, values=listed))
        elif starts and ends:
            found.append(Condition(column=name, comparison=Comparison.FROM, value=min(starts, key=_order)))
            found.append(max(ends, key=lambda each: _order(each.value)))
        else:
            found += of_column[:1]
    return found


def _order(value: str) -> tuple[float, str]:
    try:
        return float(value), ""
    except ValueError:
        return 0.0, value
