"""Draws what was done in a team, and what to look for in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import streamlit as st

from components import layout, words

SPANS = {"Today": 1, "7 days": 7, "30 days": 30, "Any time": 0}


@dataclass(frozen=True)
class Sought:
    """What the person looks for; empty fields ask for nothing."""

    user_id: str
    actions: tuple[str, ...]
    since: datetime | None
    text: str


@dataclass(frozen=True)
class Line:
    """One record as it is shown."""

    when: datetime
    who: str
    action: str
    what: str


def verb(action: str) -> str:
    """ "dataset.rename" as "Dataset: rename"."""
    noun, _, done = action.partition(".")
    return f"{noun.replace('-', ' ').title()}: {done.replace('-', ' ')}" if done else noun.replace("-", " ").title()


def search(people: Mapping[str, str], actions: Sequence[str]) -> Sought:
    """Draws the filter; what it says."""
    with layout.line():
        text = st.text_input("Object", placeholder="Name of an object", label_visibility="collapsed", width=220)
        ids = ["", *people]
        who = st.selectbox(
            "Who",
            ids,
            format_func=words.telling(ids, lambda id: words.clean(people[id]) if id else "Everybody"),
            label_visibility="collapsed",
            width=180,
        )
        span = st.selectbox("When", list(SPANS), index=2, label_visibility="collapsed", width=140)
    chosen = st.multiselect("What", actions, format_func=verb, placeholder="Everything")
    days = SPANS[span]
    since = datetime.now(UTC) - timedelta(days=days) if days else None
    return Sought(who or "", tuple(chosen), since, text or "")


def show(lines: Sequence[Line], most: int) -> None:
    """Draws the records, newest first."""
    if not lines:
        st.caption("Nothing was done that is like that.")
        return
    rows = [
        {"When": each.when, "Who": words.clean(each.who), "What": verb(each.action), "Object": words.clean(each.what)}
        for each in lines
    ]
    column = st.column_config.DatetimeColumn(format="DD MMM YYYY, HH:mm")
    st.dataframe(rows, hide_index=True, width="stretch", height=420, column_config={"When": column})
    if len(lines) >= most:
        st.caption(f"The newest {most:,}. Search for older ones, or export them.")
