"""The list of all pins: opened where they came from, renamed, forgotten."""

from __future__ import annotations

from functools import partial

import streamlit as st

from components import pin_list
from components.session import session
from pages import board_dialogs
from services import exploration, pins
from services.workspace import Workspace

PLACES = {
    "Charts": "analyse/explore.py",
    "Statistics": "analyse/statistics.py",
    "Forecast": "analyse/forecast.py",
    "Model": "analyse/models.py",
}
CHAT = "analyse/chat.py"


def show(ws: Workspace) -> None:
    """Draws the pins, and does what is chosen with one."""
    st.subheader("Pins", anchor=False)
    found = pins.list_all(ws)
    if not found:
        st.caption("Nothing is pinned yet. Below every answer and every result there is a button for it.")
    if not (choice := pin_list.show(found)):
        return
    pin = choice.listed.pin
    if choice.act == "rename":
        board_dialogs.rename(pin.name, partial(pins.rename, ws, pin.id))
    elif choice.act == "unpin":
        pins.unpin(ws, pin.id)
        st.rerun()
    else:
        session.open(pin.dataset_id, pin.conversation_id)
        where = PLACES.get(exploration.heading_of(pin.kept.analysis), CHAT)
        st.switch_page(where, query_params={"dataset": pin.dataset_id, "conversation": pin.conversation_id})
