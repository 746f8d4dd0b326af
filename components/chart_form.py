"""Draws the form of a chart: its type, the columns in its roles, and how it is drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from components import chart_look, layout, row_filter, words
from services.domain import ColumnProfile, Condition, Profile

WIDTH = 200
MEASURES = {
    "sum": "Total",
    "mean": "Average",
    "median": "Median",
    "min": "Lowest",
    "max": "Highest",
    "nunique": "Distinct",
}
PERIODS = ("year", "quarter", "month", "week", "day", "hour")
ROLES = {"x": "Along", "y": "Value", "color": "Colour", "size": "Size", "facet": "Small multiples", "path": "Columns"}
NUMERIC = {
    "histogram": "x", "density": "x", "ecdf": "x", "box": "x", "violin": "x", "scatter": "xy", "bubble": "xy",
    "map": "xy", "strip": "y", "candlestick": "y",
}  # fmt: skip
"""The roles that need numbers, by the type of chart; a value always does."""
TIMED = frozenset({"line", "area", "calendar", "candlestick"})
NUMBERS_PATH = frozenset({"correlation", "scatter matrix", "parallel coordinates", "radar"})


@dataclass(frozen=True)
class Wanted:
    """The chart to draw, as data, and which rows of the table."""

    chart: dict[str, Any]
    conditions: tuple[Condition, ...]


Suggest = Callable[[Sequence[str]], Sequence[Any]]
"""Gives the charts that suit columns, each with its `chart` as data and its `reason`."""
MOST_COLUMNS = 6


def show(types: Mapping[str, Any], profile: Profile, suggest: Suggest) -> Wanted | None:
    """Draws the form; what to draw, once asked for. `types` has `title`, `group`, `needs` and `may` of each."""
    version, names = profile.version_id, [column.name for column in profile.columns]
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            picked = st.multiselect(
                "Columns",
                names,
                format_func=words.named(names),
                max_selections=MOST_COLUMNS,
                placeholder="Pick columns to see which charts suit, or choose a type below",
                key=f"chart-columns-{version}",
                width="stretch",
            )
            with st.popover("Filter", icon=":material/filter_alt:", key=f"chart-filter-{version}"):
                conditions = row_filter.show(profile, names, f"where-{version}")
        idea = _suggested(types, picked, suggest, version) if picked else None
        given = dict(idea.chart) if idea else {"type": _chosen(types)}
        name, type = given["type"], types[given["type"]]
        key = f"chart-{name}-{version}-{'-'.join(picked)}-{given.get('facet', '')}"
        with layout.line():
            chart = {"type": name, **_roles(name, type, profile, given, key)}
        with st.container(horizontal=True, vertical_alignment="bottom"):
            chart |= _how(type, profile, chart, given, key)
            with st.popover("Look", icon=":material/palette:", key=f"look-{key}"):
                chart |= chart_look.show(type, chart, key)
        missing = [ROLES[role].lower() for role in type.needs if not chart.get(role)]
        if missing:
            st.caption(f":material/info: Choose {' and '.join(missing)}.")
        drawn = st.button("Draw", type="primary", icon=":material/play_arrow:", disabled=bool(missing))
    if not drawn:
        return None
    chart["reason"] = idea.reason if idea else ""
    given = {role: value for role, value in chart.items() if value not in (None, (), [], "")}
    return Wanted({"kind": "chart", **given}, conditions)


def _chosen(types: Mapping[str, Any]) -> str:
    """The type that was chosen among all of them."""
    groups = list(dict.fromkeys(type.group for type in types.values()))
    group = st.pills("Kind of chart", groups, default=groups[0], required=True, key="chart-group") or groups[0]
    names = [name for name, type in types.items() if type.group == group]
    return str(
        st.selectbox("Chart", names, format_func=lambda each: types[each].title, width=WIDTH, key=f"chart-type-{group}")
    )


def _suggested(types: Mapping[str, Any], picked: Sequence[str], suggest: Suggest, version: str) -> Any:
    """The chart chosen among those that suit the columns, with its reason; None when none does."""
    ideas = list(suggest(picked))
    if not ideas:
        st.caption(":material/info: No chart suits these columns together. Choose a type.")
        return None

    def label(place: int) -> str:
        chart = ideas[place].chart
        return "Small multiples" if chart.get("facet") else str(types[chart["type"]].title)

    key = f"idea-{version}-{'-'.join(picked)}"
    places = range(len(ideas))
    say = words.telling(places, label)
    place = st.pills("Charts that suit", places, default=0, required=True, format_func=say, key=key)
    idea = ideas[place or 0]
    st.caption(f":material/lightbulb: {words.literal(idea.reason, 300)}")
    return idea


def _roles(name: str, type: Any, profile: Profile, start: Mapping[str, Any], key: str) -> dict[str, Any]:
    """The column in each role; those of `start` at first."""
    given: dict[str, Any] = {}
    for role in (role for role in ROLES if role in (*type.needs, *type.may)):
        fitting = [column.name for column in profile.columns if fits(name, role, column)]
        own = f"{key}-{role}"
        if role == "path":
            first = start.get("path") or fitting[: 4 if name in NUMBERS_PATH else 2]
            options = list(dict.fromkeys([*fitting, *first]))
            given[role] = st.multiselect(
                ROLES[role], options, first, key=own, width=420, format_func=words.named(options)
            )
            continue
        free = [column for column in fitting if column not in given.values()] or fitting
        wanted = start.get(role) or (free[0] if role in type.needs and free and len(start) == 1 else None)
        options = list(
            dict.fromkeys([*([] if role in type.needs else [None]), *fitting, *([wanted] if wanted else [])])
        )
        given[role] = st.selectbox(
            ROLES[role],
            options,
            index=options.index(wanted) if options else None,
            format_func=words.optional(options),
            width=WIDTH,
            key=own,
        )
    return given


def _how(type: Any, profile: Profile, chart: Mapping[str, Any], start: Mapping[str, Any], key: str) -> dict[str, Any]:
    """How values become one, dates become periods, and which groups are drawn."""
    given: dict[str, Any] = {}
    if "measure" in type.may and chart.get("y"):
        default = list(MEASURES).index("sum" if type.adds_up else "mean")
        given["measure"] = st.selectbox(
            "Measure", list(MEASURES), default, format_func=MEASURES.__getitem__, width=140, key=f"{key}-measure"
        )
    along = profile.column(chart["x"]) if chart.get("x") else None
    if "period" in (*type.may, *type.needs) and along is not None and along.kind.is_date:
        first = PERIODS.index(start.get("period", "month"))
        given["period"] = st.selectbox("By", PERIODS, first, str.capitalize, width=120, key=f"{key}-period")
    if "top" in type.may and along is not None and not along.kind.is_date and along.distinct > 2:
        most = start.get("top") or (10 if along.distinct > 12 else None)
        given["top"] = st.number_input(
            "Largest", 1, 100, most, placeholder="All", width=120, help="The rest becomes “Other”.", key=f"{key}-top"
        )
    if "bins" in type.may:
        given["bins"] = int(st.number_input("Bins", 2, 200, 40, width=110, key=f"{key}-bins"))
    if "trend" in type.may:
        given["trend"] = st.checkbox("Trend line", bool(start.get("trend")), key=f"{key}-trend")
    for axis in type.logs:
        given[f"log_{axis}"] = st.checkbox(f"Log {axis}", key=f"{key}-log-{axis}")
    return {name: value for name, value in given.items() if value not in (None, False)}


def fits(name: str, role: str, column: ColumnProfile) -> bool:
    """Whether a form offers the column for this role of this type of chart."""
    number = column.kind.is_number and not column.semantic.is_code
    if role in ("size",) or (role == "y" and name != "map") or (role in ("x", "y") and role in NUMERIC.get(name, "")):
        return column.kind.is_number if role != "size" else number
    if role == "path":
        return number if name in NUMBERS_PATH else 2 <= column.distinct <= 200
    if role == "x" and name in TIMED:
        return column.kind.is_date or (name in ("line", "area") and (column.kind.is_number or column.distinct <= 200))
    return 2 <= column.distinct <= (1_000 if role == "x" else 30)


def gallery(reasons: Sequence[str]) -> None:
    """Why the charts of a gallery were drawn, one line each."""
    with st.expander("Why these charts", type="compact", icon=":material/lightbulb:"):
        for reason in reasons:
            st.caption(words.literal(reason, 300))
