"""Which types of chart suit columns that a person picked, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from services.domain import ColumnProfile, Noun, Semantic

FEW, SOME, MANY = 12, 60, 1_000
"""Groups that fit beside each other, as the largest ten, and at all."""
PIECES: Final = 6
MOST: Final = 6
_COARSER: Final = {
    "minute": "hour",
    "hour": "day",
    "day": "week",
    "week": "month",
    "month": "quarter",
    "quarter": "year",
}
_SHRINKS: Final = {"minute": 60, "hour": 24, "day": 7, "week": 4, "month": 3, "quarter": 4}


class ChartIdea(Noun):
    """A chart worth drawing, as the data of an analysis, and why."""

    chart: dict[str, Any]
    reason: str


def idea(chart: dict[str, Any], reason: str) -> ChartIdea:
    """The chart by its fields."""
    return ChartIdea(chart={"kind": "chart", **chart}, reason=reason)


def period(when: ColumnProfile) -> str:
    """The period by which a line has between about ten and a hundred points."""
    grain = when.coverage.grain if when.coverage else "day"
    periods = when.coverage.periods if when.coverage else when.distinct
    while grain == "minute" or (periods > 100 and grain in _COARSER):
        periods //= _SHRINKS[grain]
        grain = _COARSER[grain]
    return grain


def suited(columns: Sequence[ColumnProfile]) -> list[ChartIdea]:
    """Up to six charts of these columns, the best first. Every one draws all of them, as far as a chart can."""
    dates = [each for each in columns if each.kind.is_date]
    amounts = [each for each in columns if each.kind.is_number and not each.semantic.is_code and not _is_group(each)]
    groups = [each for each in columns if each not in dates and each not in amounts and 2 <= each.distinct <= MANY]
    return list(_suited(dates, amounts, sorted(groups, key=lambda each: -each.distinct)))[:MOST]


def _is_group(column: ColumnProfile) -> bool:
    return column.semantic.is_group and column.distinct <= FEW


def _suited(
    dates: Sequence[ColumnProfile], amounts: Sequence[ColumnProfile], groups: Sequence[ColumnProfile]
) -> Iterator[ChartIdea]:
    if dates:
        yield from _timed(dates[0], amounts, groups)
    elif len(amounts) >= 2:
        yield from _related(amounts, groups)
    elif amounts and groups:
        yield from _measured(amounts[0], groups)
    elif amounts:
        yield from _spread(amounts[0])
    elif groups:
        yield from _counted(groups)


def _timed(
    when: ColumnProfile, amounts: Sequence[ColumnProfile], groups: Sequence[ColumnProfile]
) -> Iterator[ChartIdea]:
    grain = period(when)
    value = {"y": amounts[0].name} if amounts else {}
    what = f"“{amounts[0].name}”" if amounts else "the number of rows"
    time = {"x": when.name, "period": grain, **value}
    few = next((group for group in groups if group.distinct <= FEW), None)
    if few:
        color, each = {"color": few.name}, f"one for each of {few.distinct} “{few.name}”"
        yield idea({"type": "line", **time, **color}, f"“{when.name}” is a time: lines show how {what} moves, {each}.")
        yield idea({"type": "area", **time, **color}, f"Areas on top of each other add {what} up over time.")
        yield idea({"type": "line", **time, "facet": few.name}, f"A small chart for each “{few.name}”.")
        yield idea({"type": "heatmap", **time, **color}, f"Each “{few.name}” in a row: for patterns, not levels.")
        return
    yield idea({"type": "line", **time}, f"“{when.name}” is a time: a line shows how {what} moves by {grain}.")
    yield idea({"type": "bar", **time}, f"Bars for each {grain}: for totals that are compared.")
    if grain in ("day", "week", "month"):
        yield idea({"type": "calendar", "x": when.name, **value}, "Weeks across and weekdays down show what repeats.")
    if amounts:
        shape = {"type": "candlestick", "x": when.name, "y": amounts[0].name, "period": grain}
        yield idea(shape, f"First, highest, lowest and last {what} of each {grain}.")


def _related(amounts: Sequence[ColumnProfile], groups: Sequence[ColumnProfile]) -> Iterator[ChartIdea]:
    names = [each.name for each in amounts]
    places = {each.semantic: each.name for each in amounts}
    few = {"color": groups[-1].name} if groups and groups[-1].distinct <= FEW else {}
    if {Semantic.LATITUDE, Semantic.LONGITUDE} <= set(places):
        rest = [name for name in names if name not in (places[Semantic.LATITUDE], places[Semantic.LONGITUDE])]
        shown = {"color": rest[0]} if rest else few
        across = {"x": places[Semantic.LONGITUDE], "y": places[Semantic.LATITUDE]}
        yield idea({"type": "map", **across, **shown}, "Latitude and longitude: a map shows where.")
    if len(names) == 2:
        pair = {"x": names[0], "y": names[1]}
        yield idea({"type": "scatter", **pair, "trend": not few, **few}, "Two amounts: do they go together?")
    else:
        if len(names) == 3:
            three = {"x": names[0], "y": names[1], "size": names[2]}
            yield idea({"type": "bubble", **three, **few}, "Three amounts: the third is the size of the bubbles.")
        yield idea(
            {"type": "scatter matrix", "path": names[:6], **few},
            "Several amounts: every pair of them.",
        )
        yield idea({"type": "correlation", "path": names[:12]}, "How strongly each pair of the amounts goes together.")
    yield idea({"type": "parallel coordinates", "path": names[:8]}, "Each row is a line across the amounts.")
    if groups and len(names) > 2:
        yield idea({"type": "radar", "x": groups[-1].name, "path": names[:8]}, "The profile of each group.")


def _measured(amount: ColumnProfile, groups: Sequence[ColumnProfile]) -> Iterator[ChartIdea]:
    first, value = groups[0], {"y": amount.name}
    along = {"x": first.name, **value}
    many = f"“{first.name}” has {first.distinct:,} groups"
    if len(groups) == 1:
        if first.distinct <= FEW:
            yield idea({"type": "bar", **along}, f"{many}, “{amount.name}” is an amount: bars compare it.")
            spread = {"x": amount.name, "color": first.name}
            yield idea({"type": "box", **spread}, f"How “{amount.name}” is spread in each group.")
            yield idea({"type": "violin", **spread}, "The same with the shape of each group.")
            yield idea({"type": "pie", **along}, "What each group adds to the whole.")
        else:
            top = {**along, "top": 10}
            yield idea({"type": "lying bar", **top}, f"{many}: the ten largest, with room for their names.")
            yield idea({"type": "pareto", **along, "top": 20}, "How few groups make up most of the whole.")
            yield idea({"type": "treemap", "path": [first.name], **value}, "Each group as an area of the whole.")
        return
    pair = {**along, "color": groups[1].name}
    if first.distinct <= FEW:
        yield idea({"type": "grouped bar", **pair}, f"{many}, split by “{groups[1].name}”.")
        yield idea({"type": "stacked bar", **pair}, "The same as parts of a total.")
    yield idea(
        {"type": "heatmap", **pair, **({"top": 20} if first.distinct > SOME else {})}, "Each pair of groups as a tile."
    )
    levels = [group.name for group in reversed(groups)]
    yield idea({"type": "treemap", "path": levels[:4], **value}, "Groups within groups, by their part of the whole.")
    yield idea({"type": "sunburst", "path": levels[:4], **value}, "The same as rings.")


def _spread(amount: ColumnProfile) -> Iterator[ChartIdea]:
    x = {"x": amount.name}
    yield idea({"type": "histogram", **x}, f"“{amount.name}” is an amount: a histogram shows how it is spread.")
    yield idea({"type": "box", **x}, "Its quartiles, and what lies far outside.")
    yield idea({"type": "ecdf", **x}, "Which share of the rows lies below each value.")
    yield idea({"type": "density", **x}, "Its shape, without bins.")


def _counted(groups: Sequence[ColumnProfile]) -> Iterator[ChartIdea]:
    first = groups[0]
    many = f"“{first.name}” has {first.distinct:,} groups"
    if len(groups) == 1:
        if first.distinct <= FEW:
            yield idea({"type": "bar", "x": first.name}, f"{many}: bars count their rows.")
            if first.distinct <= PIECES:
                yield idea({"type": "pie", "x": first.name}, "A few pieces of a whole.")
        yield idea({"type": "lying bar", "x": first.name, "top": 10}, f"{many}: the largest ones, with room for names.")
        yield idea({"type": "pareto", "x": first.name, "top": 20}, "How few groups make up most of the rows.")
        return
    pair = {"x": first.name, "color": groups[1].name}
    if len(groups) == 2 and groups[1].distinct <= FEW:
        yield idea({"type": "share bar", **pair}, f"Which share each “{groups[1].name}” has of each “{first.name}”.")
        yield idea({"type": "stacked bar", **pair}, "The same in rows.")
    levels = [group.name for group in reversed(groups)]
    yield idea({"type": "heatmap", **pair}, "How many rows each pair of groups has.")
    yield idea({"type": "sankey", "path": levels[:4]}, "How rows flow from one grouping into the next.")
    yield idea({"type": "treemap", "path": levels[:4]}, "Groups within groups.")
