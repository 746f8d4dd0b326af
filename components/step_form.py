"""Draws the form of a step: which kind, and its few fields. Gives the step as data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from components import layout, words
from services.domain import Profile

Data = dict[str, Any]
TESTS = ("=", "≠", "<", "≤", ">", "≥", "contains", "starts with", "one of", "none of", "missing", "not missing")
TARGETS = {
    "text": "Text",
    "integer": "Whole number",
    "decimal": "Decimal number",
    "boolean": "Yes or no",
    "date": "Date",
    "datetime": "Date and time",
}
MARKS = {"1234.5": (".", ""), "1,234.5": (".", ","), "1.234,5": (",", "."), "1 234,5": (",", " "), "1234,5": (",", "")}
ORDERS = {"": "Find out", "year first": "Year first", "day first": "Day first", "month first": "Month first"}


def show(profile: Profile) -> Data | None:
    """Draws the form for a table; the step that is filled in, or None while something is missing."""
    kind = st.segmented_control(
        "Step", list(KINDS), default="select", format_func=lambda each: KINDS[each][0], key="step"
    )
    return KINDS[kind][1](profile) if kind else None


def _select(profile: Profile) -> Data | None:
    names = _names(profile)
    chosen = st.multiselect("Columns to keep", names, default=names, format_func=words.clean, key="step-select")
    return {"kind": "select", "columns": chosen} if chosen and chosen != names else None


def _rename(profile: Profile) -> Data | None:
    with layout.line():
        old = _column(profile, "Column")
        new = st.text_input("New name", key=f"step-name-{old}", max_chars=200)
    return {"kind": "rename", "names": {old: new}} if new.strip() and new != old else None


def _filter(profile: Profile) -> Data | None:
    with layout.line():
        column = _column(profile, "Column")
        test = st.selectbox("Test", TESTS, key="step-test")
        is_alone = test in ("missing", "not missing")
        text = (
            "" if is_alone else st.text_input("Value", key="step-value", help="Several values: with a comma between.")
        )
    keep = st.radio("These rows", ["Keep", "Drop"], horizontal=True, key="step-keep") == "Keep"
    if not is_alone and not text:
        return None
    is_number = any(each.name == column and each.kind.is_number for each in profile.columns)
    values = [
        _value(part, is_number=is_number) for part in (text.split(",") if test in ("one of", "none of") else [text])
    ]
    condition: Data = {"column": column, "test": test}
    if test in ("one of", "none of"):
        condition["values"] = values
    elif not is_alone:
        condition["value"] = values[0]
    return {"kind": "filter", "conditions": [condition], "keep": keep}


def _sort(profile: Profile) -> Data | None:
    chosen = st.multiselect("Columns to sort by", _names(profile), format_func=words.clean, key="step-sort")
    down = st.toggle("From high to low", key="step-down")
    return {"kind": "sort", "columns": chosen, "descending": chosen if down else []} if chosen else None


def _cast(profile: Profile) -> Data | None:
    with layout.line():
        column = _column(profile, "Column")
        to = st.selectbox("Read as", list(TARGETS), format_func=lambda each: TARGETS[each], key="step-to")
    step: Data = {"kind": "cast", "column": column, "to": to}
    if to in ("integer", "decimal"):
        step["decimal"], step["thousands"] = MARKS[
            st.selectbox("Numbers are written like", list(MARKS), key="step-marks")
        ]
    if to in ("date", "datetime"):
        step["order"] = st.selectbox(
            "Dates are written", list(ORDERS), format_func=lambda each: ORDERS[each], key="step-order"
        )
    if st.toggle(
        "What cannot be read becomes missing", key="step-lose", help="Otherwise the step stops and says how many."
    ):
        step["unreadable"] = "missing"
    return step


def _code(profile: Profile) -> Data | None:
    code = st.text_area(
        "Code", placeholder=_example(_names(profile)), height=160, key="step-code", help="`df` is the table."
    )
    return {"kind": "code", "code": code} if code.strip() else None


def _example(names: Sequence[str]) -> str:
    return f"df[{names[0]!r}] = df[{names[0]!r}].fillna(0)" if names else "df = df.drop_duplicates()"


def _column(profile: Profile, label: str) -> str:
    return str(st.selectbox(label, _names(profile), format_func=words.clean, key="step-column"))


def _names(profile: Profile) -> list[str]:
    return [column.name for column in profile.columns]


def _value(text: str, *, is_number: bool) -> str | int | float:
    """The value as it is compared: a number in a column of numbers."""
    if not is_number:
        return text.strip()
    try:
        number = float(text.strip())
    except ValueError:
        return text.strip()
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


KINDS: dict[str, tuple[str, Callable[[Profile], Data | None]]] = {
    "select": (":material/view_column: Keep columns", _select),
    "rename": (":material/edit: Rename", _rename),
    "filter": (":material/filter_alt: Filter", _filter),
    "sort": (":material/sort: Sort", _sort),
    "cast": (":material/category: Change kind", _cast),
    "code": (":material/code: Own code", _code),
}
