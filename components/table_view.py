"""Looking at a table: conditions, order, and what is in each column. A view goes in, the changed view comes out."""

from __future__ import annotations

import streamlit as st
from pydantic import ValidationError

from components import data_table, layout, words
from services.domain import ColumnProfile, Comparison, Condition, Kind, Profile, View

LISTED_COLUMNS = 60
"""Columns in the list beside the table; all are in its search."""
SHOWN_VALUES = 8
NAMES = {
    Comparison.IS: "is",
    Comparison.IS_NOT: "is not",
    Comparison.CONTAINS: "contains",
    Comparison.BEGINS: "begins with",
    Comparison.OVER: "is over",
    Comparison.FROM: "is at least",
    Comparison.UNDER: "is under",
    Comparison.TO: "is at most",
    Comparison.MISSING: "is missing",
    Comparison.PRESENT: "is not missing",
    Comparison.ONE_OF: "is one of",
    Comparison.NONE_OF: "is none of",
    Comparison.OUTSIDE: "is outside",
    Comparison.REPEATED: "is repeated",
    Comparison.PADDED: "has stray spaces",
    Comparison.BEFORE: "is before",
    Comparison.DIFFERS: "is not the same as",
}
SHOWN_IN_LIST = 3
DATE_NAMES = {
    Comparison.OVER: "is after",
    Comparison.FROM: "is on or after",
    Comparison.UNDER: "is before",
    Comparison.TO: "is on or before",
}
TEXTUAL = (Comparison.CONTAINS, Comparison.IS, Comparison.IS_NOT, Comparison.BEGINS)
ORDERED = (Comparison.FROM, Comparison.TO, Comparison.IS, Comparison.IS_NOT, Comparison.OVER, Comparison.UNDER)
EITHER = (Comparison.MISSING, Comparison.PRESENT)


def parsed(text: str, profile: Profile) -> View:
    """The view in the address, without what this table has not; the plain one when the address is not ours."""
    try:
        view = View.model_validate_json(text) if text else View()
    except ValidationError:
        return View()
    there = {column.name for column in profile.columns}
    kept = tuple(condition for condition in view.conditions if _fits(condition, there))
    return view.model_copy(update={"conditions": kept, "sort": view.sort if view.sort in there else ""})


def _fits(condition: Condition, there: set[str]) -> bool:
    """Whether the table has the columns of the condition."""
    how = condition.comparison
    named = [condition.column] if condition.column or how is not Comparison.REPEATED else []
    named += [condition.value] if how in (Comparison.BEFORE, Comparison.DIFFERS) else []
    return there.issuperset(named)


def written(view: View) -> str:
    """The view for the address; empty for the plain one."""
    return view.model_dump_json(exclude_defaults=True) if view != View() else ""


def comparisons(kind: Kind) -> tuple[Comparison, ...]:
    """What a column of this kind can be compared by."""
    if kind is Kind.BOOLEAN:
        return (Comparison.IS, *EITHER)
    if kind.is_number or kind.is_date or kind is Kind.TIME:
        return (*ORDERED, *EITHER)
    return (*TEXTUAL, *EITHER)


def said(condition: Condition, profile: Profile) -> str:
    """ "price is at least 100"."""
    column = profile.column(condition.column)
    value = f" {condition.value}" if condition.value else ""
    if condition.comparison is Comparison.OUTSIDE:
        value = f" {' to '.join(condition.values)}"
    elif condition.values:
        more = len(condition.values) - SHOWN_IN_LIST
        value = f" {', '.join(condition.values[:SHOWN_IN_LIST])}{f' and {more:,} more' if more > 0 else ''}"
    return f"{condition.column or 'the whole row'} {_name(condition.comparison, column)}{value}"


def conditions(profile: Profile, view: View, key: str) -> View:
    """Draws the conditions in force, each with a way to take it off, and the form that adds one."""
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        with st.popover("Filter", icon=":material/filter_alt:", key=f"filter-{key}-{len(view.conditions)}"):
            added = _form(profile, key)
        dropped = None
        for place, condition in enumerate(view.conditions):
            label = words.literal(said(condition, profile), 70)
            if st.button(label, icon=":material/close:", key=f"drop-{key}-{place}", help="Remove this filter"):
                dropped = place
        if view.sort:
            arrow = ":material/south:" if view.descending else ":material/north:"
            if st.button(f"Sorted by {words.literal(view.sort, 40)}", icon=arrow, key=f"unsort-{key}", help="Undo"):
                return view.model_copy(update={"sort": "", "descending": False})
    kept = tuple(each for place, each in enumerate(view.conditions) if place != dropped)
    return view.model_copy(update={"conditions": kept + ((added,) if added else ())})


def _form(profile: Profile, key: str) -> Condition | None:
    names = [column.name for column in profile.columns]
    name = st.selectbox("Column", names, format_func=words.named(names), key=f"filter-column-{key}")
    column = profile.column(name)
    assert column is not None
    comparison = st.selectbox(
        "Condition",
        comparisons(column.kind),
        format_func=lambda each: _name(each, column),
        key=f"filter-how-{key}-{column.kind}",
    )
    value = _value(column, key) if comparison.has_value else ""
    ready = bool(value) or not comparison.has_value
    if st.button("Add filter", type="primary", disabled=not ready, key=f"filter-add-{key}"):
        return Condition(column=name, comparison=comparison, value=value)
    return None


def _value(column: ColumnProfile, key: str) -> str:
    place = f"filter-value-{key}-{column.name}"
    if column.kind is Kind.BOOLEAN:
        return str(st.segmented_control("Value", ("yes", "no"), default="yes", key=place) or "")
    if column.kind is Kind.TEXT and column.top:
        known = [entry.value for entry in column.top]
        chosen = st.selectbox(
            "Value", known, index=None, accept_new_options=True, format_func=words.named(known), key=place,
            placeholder="Choose or type",
        )  # fmt: skip
        return str(chosen or "")
    example = (column.low or "") if column.kind.is_date or column.kind.is_number else ""
    return st.text_input("Value", placeholder=words.clean(example[:40]), key=place).strip()


def _name(comparison: Comparison, column: ColumnProfile | None) -> str:
    dated = column is not None and (column.kind.is_date or column.kind is Kind.TIME)
    return DATE_NAMES.get(comparison, NAMES[comparison]) if dated else NAMES[comparison]


def columns(profile: Profile, chosen: str, view: View, key: str) -> View:
    """Draws the facts of the chosen column, or of all in short. The view as its buttons change it."""
    column = profile.column(chosen)
    if column is None:
        _all(profile)
        return view
    _heading(column)
    _facts(column, profile.rows)
    _values(column, profile.rows)
    with st.container(horizontal=True, gap="small"):
        up = st.button("Sort", icon=":material/north:", key=f"up-{key}", help="Lowest first")
        down = st.button("Sort", icon=":material/south:", key=f"down-{key}", help="Highest first")
    return view.model_copy(update={"sort": column.name, "descending": down}) if up or down else view


def _heading(column: ColumnProfile) -> None:
    st.markdown(f":material/{data_table.ICONS[column.kind]}: **{words.literal(column.name, 80)}**")
    use = data_table.USES[column.semantic]
    kind = data_table.KIND_WORDS[column.kind]
    st.caption(kind if use == kind else f"{kind} · {use}")


def _facts(column: ColumnProfile, rows: int) -> None:
    share = column.missing / rows if rows else 0.0
    lines = {
        "Missing": f"{column.missing:,} ({share:.1%})" if column.missing else "none",
        "Distinct": f"{column.distinct:,}",
        "Range": data_table.span(column),
        "Mean": words.number(column.mean) if column.mean is not None else "",
    }
    for name, value in lines.items():
        if value:
            with layout.line(horizontal_alignment="distribute", gap="small"):
                st.caption(name, width="content")
                st.text(words.clean(value), width="content")


def _values(column: ColumnProfile, rows: int) -> None:
    """The most frequent values as bars; the share is of all rows."""
    if not column.top or column.distinct == rows:
        return
    st.caption("Most frequent")
    for entry in column.top[:SHOWN_VALUES]:
        share = entry.rows / rows if rows else 0.0
        st.progress(min(1.0, share), text=f"{words.literal(entry.value, 40)} · {entry.rows:,} ({share:.0%})")


def _all(profile: Profile) -> None:
    st.caption("Click on the head of a column for its facts and to sort by it.")
    for column in profile.columns[:LISTED_COLUMNS]:
        with st.container(gap="xxsmall"):
            st.markdown(f":material/{data_table.ICONS[column.kind]}: {words.literal(column.name, 60)}")
            st.caption(words.literal(data_table.summary(column), 120))
    if (more := len(profile.columns) - LISTED_COLUMNS) > 0:
        st.caption(f"and {words.count(more, 'more column')}")
