"""Draws the join assistant: which table, which keys, what they would find, and how to join."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from components import layout, words
from services.domain import Dataset, JoinKey

HOW = ("keep all rows here", "only matching rows", "all rows of both")
SHOWN = 5


@dataclass(frozen=True)
class Asked:
    """A join to try."""

    left: tuple[str, ...]
    right: tuple[str, ...]
    how: str
    once: bool


def other(others: Sequence[Dataset]) -> Dataset | None:
    """The table to combine with."""
    if not others:
        st.info(
            "There is no other dataset yet. Upload a second table to combine it with this one.", icon=":material/info:"
        )
        return None
    places = range(len(others))
    say = words.telling(places, lambda place: words.clean(others[place].name))
    return others[st.selectbox("Other table", places, format_func=say, key="join-other") or 0]


def is_join() -> bool:
    """Whether columns are to be added, rather than rows."""
    ways = ["Add its columns (join)", "Add its rows (append)"]
    return st.segmented_control("Way", ways, default=ways[0], key="join-way") != ways[1]


def show(found: Sequence[JoinKey], here: Sequence[str], there: Sequence[str]) -> Asked | None:
    """Draws the keys with what they find; the join to try."""
    if not found:
        st.caption(":material/warning: No column of one table holds values of the other. Choose the keys yourself.")
    for key in found[:SHOWN]:
        with st.container(border=True, gap="xsmall"):
            st.markdown(f"**{words.literal(key.left, 60)}** = **{words.literal(key.right, 60)}** of the other table")
            st.caption(" · ".join(sentences(key)))
    first = found[0] if found else None
    with layout.line():
        left = st.multiselect("Key here", here, [first.left] if first else [], words.named(here), key="join-left")
        right = st.multiselect("Key there", there, [first.right] if first else [], words.named(there), key="join-right")
        how = st.selectbox("Rows", HOW, format_func=str.capitalize, key="join-how")
    help_text = "Otherwise a row that has several partners is repeated for each."
    once = st.toggle("Stop when the key is not unique there", value=True, help=help_text, key="join-once")
    ready = bool(left) and len(left) == len(right)
    if st.button("Try", type="primary", icon=":material/play_arrow:", disabled=not ready):
        return Asked(tuple(left), tuple(right), how, once)
    return None


def sentences(key: JoinKey) -> list[str]:
    """What the key finds, loses and repeats."""
    share = key.matched / max(1, key.rows)
    told = [f"{key.matched:,} of {key.rows:,} rows here have a partner ({share:.0%})"]
    told.append(f"{key.rows - key.matched:,} would have none" if key.matched < key.rows else "none would be lost")
    told.append(f"{words.count(key.other_rows - key.other_used, 'row')} there not used")
    if key.other_repeated:
        told.append(f"{key.other_repeated:,} keys occur more than once there: {key.rows_after:,} rows would come of it")
    else:
        told.append("the key is unique there")
    return told


def append(here: Sequence[str], there: Sequence[str]) -> bool:
    """Draws which columns go together; whether to try it."""
    both = [name for name in here if name in there]
    st.caption(f"{words.count(len(both), 'column')} of the same name go together.")
    apart = {"Only here": [n for n in here if n not in there], "Only there": [n for n in there if n not in here]}
    for label, names in apart.items():
        if names:
            shown = ", ".join(words.literal(name, 40) for name in names[:8])
            st.caption(f":material/warning: {label}: {shown}. Their cells are missing in the rows of the other table.")
    return st.button("Try", type="primary", icon=":material/play_arrow:", key="append-try")
