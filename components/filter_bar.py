"""The filters over a dashboard: drawn from the facts about their columns, kept in the address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import streamlit as st
from pydantic import TypeAdapter, ValidationError

from components import words
from services.boards import Filter
from services.domain import ColumnProfile

WIDTH = 220
_FILTERS: TypeAdapter[tuple[Filter, ...]] = TypeAdapter(tuple[Filter, ...])


def parsed(text: str) -> tuple[Filter, ...] | None:
    """The filters in the address; None when there are none, or they are not ours."""
    try:
        return _FILTERS.validate_json(text) if text else None
    except ValidationError:
        return None


def written(filters: Sequence[Filter]) -> str:
    """The filters for the address."""
    return _FILTERS.dump_json(tuple(filters), exclude_defaults=True).decode()


def show(filters: Sequence[Filter], columns: Mapping[str, ColumnProfile], key: str) -> tuple[Filter, ...]:
    """Draws a field for each filter; the filters as they are chosen now."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="filter-bar"):
        chosen = [_field(each, columns[each.column], key) for each in filters if each.column in columns]
        gone = [each for each in filters if each.column not in columns]
        chosen = _offered(chosen, columns, key)
    return (*chosen, *gone)


def keeps() -> bool:
    """Draws the way to keep the filters as they are; whether that is wanted."""
    return st.button(
        "Keep these filters", icon=":material/save:", type="tertiary", help="For everybody who sees the dashboard"
    )


def said(filters: Sequence[Filter]) -> None:
    """Draws the filters in words, for those who cannot change them."""
    if parts := [f"{each.column}: {_what(each)}" for each in filters if each.is_set]:
        st.caption(f":material/filter_alt: {words.literal(' · '.join(parts), 400)}")


def _what(each: Filter) -> str:
    if each.values:
        return ", ".join(each.values[:6]) + (f" and {len(each.values) - 6} more" if len(each.values) > 6 else "")
    low, high = ("" if end is None else str(end) for end in (each.low, each.high))
    return f"{low} – {high}" if low and high else f"from {low}" if low else f"up to {high}"


def _field(filter: Filter, column: ColumnProfile, key: str) -> Filter:
    key = f"filter-{key}-{column.name}"
    if column.kind.is_date and column.low and column.high:
        return _dates(filter, column, key)
    if column.kind.is_number and not column.top and column.low is not None and column.high is not None:
        return _numbers(filter, column, key)
    return _values(filter, column, key)


def _values(filter: Filter, column: ColumnProfile, key: str) -> Filter:
    known = [entry.value for entry in column.top]
    options = [*known, *(value for value in filter.values if value not in known)]
    picked = st.multiselect(
        words.literal(column.name, 60),
        options,
        list(filter.values),
        format_func=words.named(options),
        accept_new_options=len(known) < column.distinct,
        placeholder="All",
        width=WIDTH,
        key=key,
    )
    return Filter(column=column.name, values=tuple(picked))


def _dates(filter: Filter, column: ColumnProfile, key: str) -> Filter:
    first, last = date.fromisoformat(str(column.low)[:10]), date.fromisoformat(str(column.high)[:10])
    given = [_day(end) for end in (filter.low, filter.high)]
    start = tuple(day for day in given if day) if any(given) else ()
    picked = st.date_input(
        words.literal(column.name, 60),
        start,
        min_value=min([first, *start]),
        max_value=max([last, *start]),
        format="YYYY-MM-DD",
        width=WIDTH,
        key=key,
    )
    ends = [day.isoformat() for day in (picked if isinstance(picked, tuple) else (picked,)) if day]
    low, high = (ends[0] if ends else None), (ends[1] if len(ends) > 1 else None)
    return Filter(column=column.name, low=low, high=high)


def _day(end: object) -> date | None:
    try:
        return date.fromisoformat(str(end)[:10]) if end is not None else None
    except ValueError:
        return None


def _numbers(filter: Filter, column: ColumnProfile, key: str) -> Filter:
    with st.container(width=WIDTH + 60, horizontal=True, gap="xsmall", vertical_alignment="bottom"):
        name = words.literal(column.name, 60)
        low = st.number_input(
            f"{name} from", value=_amount(filter.low), placeholder=str(column.low), key=f"{key}-low", width=130
        )
        high = st.number_input(
            "to", value=_amount(filter.high), placeholder=str(column.high), key=f"{key}-high", width=130
        )
    return Filter(column=column.name, low=low, high=high)


def _amount(end: object) -> float | None:
    return float(end) if isinstance(end, int | float) else None


def _offered(chosen: list[Filter], columns: Mapping[str, ColumnProfile], key: str) -> list[Filter]:
    """Draws which columns can be filtered by; the filters of those."""
    with st.popover("Filters", icon=":material/filter_alt:", type="tertiary"):
        kept = st.multiselect(
            "Filter by",
            list(columns),
            [each.column for each in chosen],
            format_func=words.named(columns),
            key=f"filter-columns-{key}",
        )
    known = {each.column: each for each in chosen}
    return [known.get(name) or Filter(column=name) for name in kept]
