"""The pins in a list: what each is, what it is about, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from components import layout, words
from services.boards import ListedPin

PER_PAGE = 10
WIDTH = 470
ICONS = {"figure": "bar_chart", "table": "table", "value": "123", "text": "notes", "image": "image"}


@dataclass(frozen=True)
class Choice:
    """What is to be done with a pin: "open", "rename" or "unpin"."""

    act: str
    listed: ListedPin


def show(pins: Sequence[ListedPin]) -> Choice | None:
    """Draws the pins, a page at a time; what was chosen."""
    last = max(1, -(-len(pins) // PER_PAGE))
    place = st.container()
    page = st.pagination(last, key=f"pins-{last}") if last > 1 else 1
    chosen = None
    with place:
        for each in pins[(page - 1) * PER_PAGE : page * PER_PAGE]:
            chosen = _card(each) or chosen
    return chosen


def _card(each: ListedPin) -> Choice | None:
    pin, chosen = each.pin, ""
    with st.container(border=True), layout.line():
        with st.container(gap=None, width=WIDTH):
            icon = f":material/{ICONS.get(each.kind, 'article')}:"
            st.markdown(f"{icon} **{words.literal(pin.name, 90)}**")
            st.caption(f"{words.literal(each.dataset, 60)} · {words.ago(pin.created_at)}{_stale(each)}")
        st.space("stretch")
        if st.button("Open", key=f"pin-open-{pin.id}", help="Where it came from"):
            chosen = "open"
        with st.popover("", icon=":material/more_horiz:", key=f"pin-more-{pin.id}", type="tertiary", help="More"):
            for act, label in (("rename", ":material/edit: Rename"), ("unpin", ":material/keep_off: Unpin")):
                if st.button(label, key=f"pin-{act}-{pin.id}", type="tertiary"):
                    chosen = act
    return Choice(chosen, each) if chosen else None


def _stale(each: ListedPin) -> str:
    return " · :orange[:material/update: the data have moved on]" if each.is_stale else ""
