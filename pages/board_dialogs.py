"""What is asked in a dialog about dashboards: what to put on one, its name, how often it looks for new data."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from components import shell, words
from services import dashboards, pins
from services.boards import Dashboard, Every
from services.workspace import Workspace

EVERY = {Every.NEVER: "Never", Every.HOUR: "Every hour", Every.DAY: "Every day", Every.WEEK: "Every week"}


@st.dialog("Put on the dashboard", width="large")
@shell.readable
def add(ws: Workspace, board: Dashboard) -> None:
    """Asks for pins, or for a text."""
    found = {each.pin.id: each for each in pins.list_all(ws)}
    pinned, written = st.tabs(["Pins", "Text"])
    with pinned:
        if not found:
            st.caption("Nothing is pinned yet. Pin an answer below it in the chat, or a result of an analysis.")
        names = {id: f"{words.clean(each.pin.name)} · {words.clean(each.dataset)}" for id, each in found.items()}
        chosen = st.multiselect(
            "Pins", list(names), format_func=words.telling(names, names.__getitem__), placeholder="Choose some"
        )
        if st.button("Add these", type="primary", disabled=not chosen, key="add-pins"):
            for pin_id in chosen:
                dashboards.add_pin(ws, board.id, pin_id)
            st.rerun()
    with written:
        help_ = "“# ” begins a heading, “- ” a list item."
        text = st.text_area("Text", max_chars=4_000, help=help_, placeholder="# How we are doing")
        if st.button("Add the text", type="primary", disabled=not text.strip(), key="add-text"):
            dashboards.add_text(ws, board.id, text)
            st.rerun()


@st.dialog("Rename")
@shell.readable
def rename(name: str, keep: Callable[[str], object]) -> None:
    """Asks for another name of a dashboard or a pin, and keeps it."""
    name = st.text_input("Name", name, max_chars=120)
    if st.button("Save", type="primary", disabled=not name.strip(), key="save-name"):
        keep(name)
        st.rerun()


@st.dialog("Delete the dashboard")
@shell.readable
def delete(ws: Workspace, board: Dashboard) -> None:
    """Asks whether it shall go; pins and datasets stay."""
    st.markdown(f"**{words.literal(board.name, 120)}** goes with its tiles and links. Pins and datasets stay.")
    if st.button("Delete", type="primary", key="delete-board"):
        dashboards.delete(ws, board.id)
        st.query_params.pop("dashboard", None)
        st.rerun()


@st.dialog("Update by itself")
@shell.readable
def schedule(ws: Workspace, board: Dashboard) -> None:
    """Asks how often the dashboard looks for new data."""
    st.caption("It looks whether its datasets show something new, and makes its tiles anew if so.")
    at = list(EVERY).index(board.every)
    every = st.selectbox("How often", list(EVERY), at, format_func=lambda each: EVERY[each])
    if board.due_at:
        st.caption(f"Next at {board.due_at:%d %b %Y, %H:%M} UTC.")
    if st.button("Save", type="primary", key="save-schedule"):
        dashboards.set_schedule(ws, board.id, every)
        st.rerun()
