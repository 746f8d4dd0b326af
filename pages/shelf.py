"""The tables of a workspace to choose from, and what a person is told who finds none and may add none."""

from __future__ import annotations

import streamlit as st

from components import layout, words
from services import datasets
from services.circles import Role
from services.domain import Dataset
from services.workspace import Workspace


def may_add(ws: Workspace) -> bool:
    """Whether this person may bring tables here: neither viewers nor guests may."""
    return ws.share is None and ws.role >= Role.MEMBER


def tables(ws: Workspace) -> list[Dataset]:
    """The datasets to choose from: the sample where there is none. Where a viewer finds none, the page ends here."""
    found = datasets.list_all(ws)
    if not found and not may_add(ws):
        empty(ws)
        st.stop()
    return found or [datasets.sample(ws)]


def empty(ws: Workspace) -> None:
    """Tells a viewer that there is nothing to look at yet."""
    with layout.column():
        st.title("Nothing here yet", anchor=False)
        st.markdown(f"Nobody has added a table to **{words.literal(ws.team.name, 80)}** so far.")
        st.caption("As a viewer you see what its members add. To bring tables yourself, ask an admin to make you one.")
        if st.button("Who is in the team", icon=":material/groups:"):
            st.switch_page("team/members.py")
