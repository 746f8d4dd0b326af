"""Draws filters that need no dragging: for each chosen column what may be in it. Returns conditions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

import streamlit as st

from components import words
from services.domain import ColumnProfile, Comparison, Condition, Kind, Profile

MISSING = "Missing"


def show(profile: Profile, names: Sequence[str], key: str, *, label: str = "Filter by") -> tuple[Condition, ...]:
    """Draws the choice of columns among `names`, and what may be in each; the conditions, none while nothing is set."""
    able = [name for name in names if (column := profile.column(name)) and column.kind is not Kind.OTHER]
    chosen = st.multiselect(label, able, format_func=words.clean, key=f"{key}-columns", placeholder="Choose columns")
    found: list[Condition] = []
    for name in chosen:
        column = profile.column(name)
        assert column is not None
        found += _ask(column, f"{key}-{profile.columns.index(column)}")
    return tuple(found)


def _ask(column: ColumnProfile, key: str) -> list[Condition]:
    """What one column is asked."""
    if column.top and column.distinct <= max(len(column.top), 2) * 50 and not column.kind.is_date:
        return _values(column, key)
    ask: Mapping[bool, Callable[[ColumnProfile, str], Iterator[Condition]]] = {True: _range, False: _part}
    return list(ask[column.kind.is_number or column.kind.is_date](column, key))


def _values(column: ColumnProfile, key: str) -> list[Condition]:
    known = [entry.value for entry in column.top] + ([MISSING] if column.missing else [])
    chosen = st.multiselect(
        words.literal(column.name, 60),
        known,
        format_func=words.named(known),
        accept_new_options=column.distinct > len(column.top),
        placeholder="Any",
        key=f"{key}-values",
    )
    if chosen == [MISSING] and column.missing:
        return [Condition(column=column.name, comparison=Comparison.MISSING)]
    values = tuple(str(value) for value in chosen if value != MISSING)
    return [Condition(column=column.name, comparison=Comparison.ONE_OF, values=values)] if values else []


def _range(column: ColumnProfile, key: str) -> Iterator[Condition]:
    """From and to, each of which may stay open."""
    sides = zip(("from", "to"), (Comparison.FROM, Comparison.TO), (column.low, column.high), st.columns(2), strict=True)
    for word, comparison, edge, place in sides:
        with place:
            value = _edge(f"{words.literal(column.name, 40)} {word}", column, edge or "", f"{key}-{word}")
        if value:
            yield Condition(column=column.name, comparison=comparison, value=value)


def _edge(label: str, column: ColumnProfile, edge: str, key: str) -> str:
    if column.kind.is_number:
        is_whole = column.kind is Kind.INTEGER
        step, shape = (1, "%d") if is_whole else (None, None)
        number = st.number_input(label, value=None, step=step, format=shape, placeholder=edge[:12], key=key)
        return "" if number is None else f"{number:.15g}"
    day = st.date_input(label, value=None, min_value=date(1, 1, 1), max_value=date(9999, 12, 31), key=key)
    return day.isoformat() if isinstance(day, date) else ""


def _part(column: ColumnProfile, key: str) -> Iterator[Condition]:
    text = st.text_input(f"{words.literal(column.name, 60)} contains", key=f"{key}-part").strip()
    if text:
        yield Condition(column=column.name, comparison=Comparison.CONTAINS, value=text)
