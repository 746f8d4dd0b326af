"""Draws the form of an analysis from its fields. Returns the analysis as data once it is to be run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from components import layout, words
from services.domain import ColumnProfile, Profile

MOST_GROUPS = 50
FEW_NUMBERS = 20
"""A column of numbers with at most this many different ones may also make groups."""
WIDTH = 190
SHARES: Mapping[str, Sequence[float]] = {
    "confidence": (0.9, 0.95, 0.99),
    "power": (0.7, 0.8, 0.9, 0.95),
    "interval": (0.5, 0.8, 0.9, 0.95),
}
"""The shares that are offered for a field of this name."""


def show(kinds: Sequence[Mapping[str, Any]], profile: Profile) -> dict[str, Any] | None:
    """Draws which analysis, and its fields; the analysis to run, once asked for."""
    titles = {kind["title"]: kind for kind in kinds}
    with st.container(border=True):
        chosen = st.pills(
            "What do you want to know?", list(titles), default=next(iter(titles)), required=True, key="analysis-kind"
        )
        kind = titles[chosen or next(iter(titles))]
        st.caption(words.literal(kind["description"], 200))
        given = _fields(kind, profile)
        missing = [kind["fields"][name]["title"] for name in kind["required"] if not given.get(name)]
        if missing:
            st.caption(f":material/info: This table has no column that fits “{missing[0]}”.")
        run = st.button("Run", type="primary", icon=":material/play_arrow:", disabled=bool(missing))
    return (
        {"kind": kind["kind"], **{name: value for name, value in given.items() if value is not None}} if run else None
    )


def _fields(kind: Mapping[str, Any], profile: Profile) -> dict[str, Any]:
    """What was given for each field by its name; the needed columns in one line, the rest below."""
    columns = {name: field for name, field in kind["fields"].items() if "columns" in field}
    needed = {name: field for name, field in columns.items() if name in kind["required"]}
    given: dict[str, Any] = {}
    for place, (name, field) in zip(st.columns(max(2, len(needed)), gap="small"), needed.items(), strict=False):
        with place:
            given[name] = _needed(kind["kind"], name, field, profile, list(given.values()))
    with layout.line():
        for name, field in kind["fields"].items():
            if "values_of" in field:
                given[name] = _values(f"{kind['kind']}-{name}", field, profile.column(given[field["values_of"]] or ""))
            elif name not in needed:
                given[name] = _free(f"{kind['kind']}-{name}", name, field, profile)
    return given


def _needed(kind: str, name: str, field: Mapping[str, Any], profile: Profile, taken: Sequence[Any]) -> Any:
    """A choice among the columns that suit; the first one that no other field has."""
    suited = _suited(field, profile)
    key, help = f"{kind}-{name}-{profile.version_id}", field.get("description") or None
    if field.get("type") == "array":
        suited = [name for name in suited if name not in taken]
        look = {"format_func": words.named(suited), "max_selections": field.get("maxItems", len(suited)), "key": key}
        return st.multiselect(field["title"], suited, suited[:8], **look)
    first = next((place for place, column in enumerate(suited) if column not in taken), 0)
    return st.selectbox(
        field["title"], suited, index=first if suited else None, format_func=words.named(suited), help=help, key=key
    )


def _free(key: str, name: str, field: Mapping[str, Any], profile: Profile) -> Any:
    """A field that may stay as it is."""
    title, help = field["title"], field.get("description") or None
    if "columns" in field:
        suited = [None, *_suited(field, profile)]
        shown = {"format_func": words.optional(suited)}
        return st.selectbox(title, suited, help=help, width=WIDTH, key=f"{key}-{profile.version_id}", **shown)
    if "enum" in field:
        options, labels = field["enum"], field.get("labels", {})
        index = options.index(field["default"])
        return st.selectbox(
            title, options, index, lambda each: labels.get(each, each.capitalize()), help=help, width=WIDTH, key=key
        )
    if name in SHARES:
        return st.select_slider(
            title, SHARES[name], value=field["default"], format_func=words.percent, help=help, width=WIDTH, key=key
        )
    whole = field.get("type") == "integer"
    limits = {"min_value": field.get("minimum"), "max_value": field.get("maximum")} if whole else {}
    look = {"format": "%d" if whole else "%g", "help": help, "width": WIDTH, "key": key}
    return st.number_input(title, value=field["default"], **limits, **look)


def _values(key: str, field: Mapping[str, Any], column: ColumnProfile | None) -> list[str]:
    """Some values of a column that was chosen above."""
    options = [count.value for count in column.top] if column else []
    key, help = f"{key}-{column.name if column else ''}", field.get("description")
    return st.multiselect(
        field["title"], options, format_func=words.named(options), placeholder="All", help=help, width=WIDTH, key=key
    )


def _suited(field: Mapping[str, Any], profile: Profile) -> list[str]:
    """The columns that suit the field, those of the kind it names first before the others."""
    first = {kind: place for place, kind in reversed(list(enumerate(field["columns"])))}
    found = [
        (min(place for kind, place in first.items() if suits(column, [kind])), column.name)
        for column in profile.columns
        if suits(column, field["columns"])
    ]
    return [name for _, name in sorted(found, key=lambda each: each[0])]


def suits(column: ColumnProfile, kinds: Sequence[str]) -> bool:
    """Whether a form offers the column for a field that takes these kinds."""
    two = column.distinct == 2
    few = 2 <= column.distinct <= MOST_GROUPS
    tests = {
        "any": True,
        "number": column.kind.is_number and not column.semantic.is_code,
        "date": column.kind.is_date,
        "yes/no": two,
        "category": few and (not column.kind.is_number or column.distinct <= FEW_NUMBERS) and not column.kind.is_date,
    }
    return any(tests[kind] for kind in kinds)
