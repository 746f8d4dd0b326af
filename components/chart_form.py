"""Draws the form of a chart: its type, the columns in its roles, and how it is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from components import layout, words
from services.domain import ColumnProfile, Profile

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


def show(types: Mapping[str, Any], profile: Profile) -> dict[str, Any] | None:
    """Draws the form; the chart to draw, once asked for. `types` has `title`, `group`, `needs` and `may` of each."""
    with st.container(border=True):
        groups = list(dict.fromkeys(type.group for type in types.values()))
        group = st.pills("Kind of chart", groups, default=groups[0], required=True, key="chart-group") or groups[0]
        names = [name for name, type in types.items() if type.group == group]
        with layout.line():
            name = st.selectbox(
                "Chart", names, format_func=lambda each: types[each].title, width=WIDTH, key=f"chart-type-{group}"
            )
            chart = {"type": name, **_roles(name, types[name], profile)}
        with layout.line():
            chart |= _how(name, types[name], profile, chart)
        missing = [ROLES[role].lower() for role in types[name].needs if not chart.get(role)]
        if missing:
            st.caption(f":material/info: Choose {' and '.join(missing)}.")
        drawn = st.button("Draw", type="primary", icon=":material/play_arrow:", disabled=bool(missing))
    given = {role: value for role, value in chart.items() if value not in (None, (), [], False)}
    return {"kind": "chart", **given} if drawn else None


def _roles(name: str, type: Any, profile: Profile) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for role in (role for role in ROLES if role in (*type.needs, *type.may)):
        key = f"chart-{name}-{role}-{profile.version_id}"
        fitting = [column.name for column in profile.columns if fits(name, role, column)]
        if role == "path":
            numeric = name in NUMBERS_PATH
            given[role] = st.multiselect(ROLES[role], fitting, fitting[: 4 if numeric else 2], key=key, width=420)
            continue
        needed = role in type.needs
        free = [column for column in fitting if column not in given.values()] or fitting
        options = fitting if needed else [None, *fitting]
        first = options.index(free[0]) if needed and free else 0
        given[role] = st.selectbox(
            ROLES[role],
            options,
            index=first if options else None,
            format_func=lambda column: "None" if column is None else words.clean(column),
            width=WIDTH,
            key=key,
        )
    return given


def _how(name: str, type: Any, profile: Profile, chart: Mapping[str, Any]) -> dict[str, Any]:
    given: dict[str, Any] = {}
    key = f"chart-{name}"
    if "measure" in type.may and chart.get("y"):
        default = list(MEASURES).index("sum" if type.adds_up else "mean")
        given["measure"] = st.selectbox(
            "Measure", list(MEASURES), default, format_func=MEASURES.__getitem__, width=140, key=f"{key}-measure"
        )
    along = profile.column(chart["x"]) if chart.get("x") else None
    if "period" in (*type.may, *type.needs) and along is not None and along.kind.is_date:
        given["period"] = st.selectbox("By", PERIODS, 2, format_func=str.capitalize, width=120, key=f"{key}-period")
    if "top" in type.may and along is not None and not along.kind.is_date and along.distinct > 12:
        given["top"] = int(st.number_input("Largest", 1, 100, 10, width=110, key=f"{key}-top"))
    if "bins" in type.may:
        given["bins"] = int(st.number_input("Bins", 2, 200, 40, width=110, key=f"{key}-bins"))
    if "trend" in type.may:
        given["trend"] = st.checkbox("Trend line", key=f"{key}-trend")
    for axis in type.logs:
        given[f"log_{axis}"] = st.checkbox(f"Log {axis}", key=f"{key}-log-{axis}")
    return given


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
