"""The dashboards in a list: how many tiles, what alarms, whether the data have moved on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from components import layout, words
from services.boards import Dashboard, ListedDashboard
from services.circles import Visibility

WIDTH = 470
ACTS = {
    "rename": ":material/edit: Rename",
    "share": ":material/share: Share",
    "delete": ":material/delete: Delete",
}


@dataclass(frozen=True)
class Choice:
    """What is to be done with a dashboard: "open", "rename", "share" or "delete"."""

    act: str
    dashboard: Dashboard


def new() -> str:
    """Draws the field for a new dashboard; its name once it is to be made, or ""."""
    with st.form("new-dashboard", border=False, clear_on_submit=True), layout.line():
        name = st.text_input(
            "Name", placeholder="A name, like “Sales this year”", max_chars=120, label_visibility="collapsed", width=320
        )
        made = st.form_submit_button("New dashboard", icon=":material/add:", type="primary")
    return name.strip() or "Dashboard" if made else ""


def show(found: Sequence[ListedDashboard], *, edits: bool) -> Choice | None:
    """Draws the dashboards; what was chosen."""
    chosen = None
    for each in found:
        chosen = _card(each, edits=edits) or chosen
    return chosen


def _card(each: ListedDashboard, *, edits: bool) -> Choice | None:
    board, chosen = each.dashboard, ""
    with st.container(border=True), layout.line():
        with st.container(gap=None, width=WIDTH):
            lock = ":material/lock: " if board.visibility is Visibility.PRIVATE else ""
            st.markdown(f":material/dashboard: {lock}**{words.literal(board.name, 90)}**")
            st.caption(" · ".join(_facts(each)))
        st.space("stretch")
        if st.button("Open", key=f"board-open-{board.id}"):
            chosen = "open"
        if edits:
            with st.popover("", icon=":material/more_horiz:", key=f"more-{board.id}", type="tertiary", help="More"):
                for act, label in ACTS.items():
                    if st.button(label, key=f"board-{act}-{board.id}", type="tertiary"):
                        chosen = act
    return Choice(chosen, board) if chosen else None


def _facts(each: ListedDashboard) -> list[str]:
    facts = [words.count(each.tiles, "tile"), words.ago(each.dashboard.created_at)]
    if each.alarms:
        names = words.literal(", ".join(each.alarms), 120)
        facts.append(f":red[:material/warning: {words.count(len(each.alarms), 'alarm')}: {names}]")
    if each.stale:
        facts.append(":orange[:material/update: the data have moved on]")
    return facts
