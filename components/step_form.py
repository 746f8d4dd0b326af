"""Draws the form of a step: its group, its kind, and its few fields. Gives the step as data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from components import layout, step_fields, words
from components.step_fields import Place
from services.domain import Profile

Data = dict[str, Any]
GROUPS = {
    "columns": ":material/view_column: Columns",
    "rows": ":material/table_rows: Rows",
    "values": ":material/edit: Values",
    "types": ":material/category: Types",
    "text": ":material/text_fields: Text",
    "dates": ":material/calendar_month: Dates",
    "numbers": ":material/calculate: Numbers",
    "groups": ":material/group_work: Groups",
    "tables": ":material/join_inner: Tables",
    "features": ":material/tune: Features",
    "privacy": ":material/shield: Privacy",
}
TESTS = ("=", "≠", "<", "≤", ">", "≥", "contains", "starts with", "one of", "none of", "missing", "not missing")
STATISTICS = ("sum", "mean", "median", "min", "max", "count", "distinct", "first", "last", "deviation")
NEEDS_TABLE = ("join", "append")
"""Kinds that read another table: they have a form of their own."""


def show(kinds: Sequence[Mapping[str, Any]], profile: Profile) -> Data | None:
    """Draws the form for a table; the step that is filled in, or None while something is missing."""
    offered = [kind for kind in kinds if kind["title"] and kind["kind"] not in NEEDS_TABLE]
    groups = [group for group in GROUPS if any(kind["group"] == group for kind in offered)]
    group = st.segmented_control("Step", groups, default="columns", format_func=GROUPS.__getitem__, key="step-group")
    mine = [kind for kind in offered if kind["group"] == (group or "columns")]
    titles = {kind["kind"]: kind["title"] for kind in mine}
    chosen = st.pills(
        "Kind", list(titles), default=mine[0]["kind"], format_func=titles.__getitem__, key=f"step-{group}"
    )
    kind = next((each for each in mine if each["kind"] == chosen), mine[0])
    st.caption(words.literal(str(kind["description"]).replace("\n", " "), 300))
    return fields(kind, profile, {})


def fields(kind: Mapping[str, Any], profile: Profile, given: Mapping[str, Any], key: str = "step") -> Data | None:
    """Draws the fields of one kind, filled in as `given`; the step, or None while something is missing."""
    own = OWN.get(kind["kind"])
    names = [column.name for column in profile.columns]
    if own:
        return own(profile, given, key)
    found: Data = {}
    with layout.line():
        for name, field in kind["fields"].items():
            found[name] = step_fields.draw(name, field, Place(f"{key}-{kind['kind']}-{name}", names, given.get(name)))
    missing = [name for name in kind["required"] if found.get(name) in (None, "", [], {})]
    return None if missing else {"kind": kind["kind"], **{n: value for n, value in found.items() if value is not None}}


def _rename(profile: Profile, given: Mapping[str, Any], key: str) -> Data | None:
    [(before, after), *_] = list(given.get("names", {"": ""}).items())
    names = [column.name for column in profile.columns]
    with layout.line():
        old = _column(names, "Column", f"{key}-rename", before)
        new = st.text_input("New name", after, key=f"{key}-name-{old}", max_chars=200)
    return {"kind": "rename", "names": {old: new}} if new.strip() and new != old else None


def _filter(profile: Profile, given: Mapping[str, Any], key: str) -> Data | None:
    names = [column.name for column in profile.columns]
    first = next(iter(given.get("conditions", ())), {})
    with layout.line():
        column = _column(names, "Column", f"{key}-column", first.get("column"))
        place = TESTS.index(first["test"]) if first.get("test") in TESTS else 0
        test = st.selectbox("Test", TESTS, place, key=f"{key}-test")
        is_alone = test in ("missing", "not missing")
        before = ", ".join(str(each) for each in first.get("values", ())) or str(first.get("value") or "")
        text = (
            ""
            if is_alone
            else st.text_input("Value", before, key=f"{key}-value", help="Several: with a comma between.")
        )
    options = ["Keep", "Drop"]
    keep = st.radio("These rows", options, int(not given.get("keep", True)), horizontal=True, key=f"{key}-keep")
    if not is_alone and not text:
        return None
    is_number = any(each.name == column and each.kind.is_number for each in profile.columns)
    parts = text.split(",") if test in ("one of", "none of") else [text]
    values = [step_fields.value(part) if is_number else part.strip() for part in parts]
    condition: Data = {"column": column, "test": test}
    if test in ("one of", "none of"):
        condition["values"] = values
    elif not is_alone:
        condition["value"] = values[0]
    return {"kind": "filter", "conditions": [condition], "keep": keep == "Keep"}


def _aggregate(profile: Profile, given: Mapping[str, Any], key: str) -> Data | None:
    names = [column.name for column in profile.columns]
    before = given.get("measures", [])
    with layout.line():
        by = st.multiselect("Groups", names, given.get("by", []), format_func=words.named(names), key=f"{key}-by")
        of = list(dict.fromkeys(measure["column"] for measure in before))
        columns = st.multiselect("Columns", names, of, format_func=words.named(names), key=f"{key}-of")
        used = list(dict.fromkeys(measure["statistic"] for measure in before)) or ["sum"]
        statistics = st.multiselect("Statistics", STATISTICS, used, key=f"{key}-statistics")
    measures = [{"column": column, "statistic": statistic} for column in columns for statistic in statistics]
    return {"kind": "aggregate", "by": by, "measures": measures} if by and measures else None


def _code(profile: Profile, given: Mapping[str, Any], key: str) -> Data | None:
    names = [column.name for column in profile.columns]
    example = f"df[{names[0]!r}] = df[{names[0]!r}].fillna(0)" if names else "df = df.drop_duplicates()"
    help_text = "`df` is the table."
    code = st.text_area(
        "Code", given.get("code", ""), placeholder=example, height=160, key=f"{key}-code", help=help_text
    )
    same = {"sentence": given["sentence"]} if given.get("sentence") and code == given.get("code") else {}
    return {"kind": "code", "code": code, **same} if code.strip() else None


def _column(names: Sequence[str], label: str, key: str, given: Any = None) -> str:
    place = names.index(given) if given in names else 0
    return str(st.selectbox(label, names, place, format_func=words.named(names), key=key))


OWN: dict[str, Callable[[Profile, Mapping[str, Any], str], Data | None]] = {
    "rename": _rename,
    "filter": _filter,
    "aggregate": _aggregate,
    "code": _code,
}
"""Kinds whose fields hang together."""
