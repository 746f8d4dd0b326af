"""Draws the words of a team, to be read, added, changed and removed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from components import words
from services.domain import Definition

EXAMPLE = "revenue = price * units, without returns"
LONGEST = 600
WHAT = "A word and what it means here. Questions with the word are read so, and their answers say it."


@dataclass(frozen=True)
class Wish:
    """What the person wants: this text kept, as a new one or in place of the one with the id; or that one gone."""

    text: str = ""
    id: str = ""
    remove: bool = False


def show(known: Sequence[Definition], *, may_edit: bool) -> Wish | None:
    """Draws them by term; what was wanted, if anything."""
    st.caption(WHAT)
    wish = _add() if may_edit else None
    for each in known:
        if may_edit:
            wish = _one(each) or wish
        else:
            st.text(words.clean(each.sentence))
    if not known:
        st.caption("Nothing is defined yet.")
    return wish


def _add() -> Wish | None:
    with (
        st.form("define", border=False, clear_on_submit=True),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        text = st.text_input("New definition", placeholder=EXAMPLE, max_chars=LONGEST, key="define-text")
        wanted = st.form_submit_button("Add", icon=":material/add:", type="primary", key="define-add")
    return Wish(text=text) if wanted else None


def _one(known: Definition) -> Wish | None:
    with (
        st.expander(words.literal(known.sentence, 120), type="compact", icon=":material/menu_book:"),
        st.form(f"define-{known.id}", border=False),
    ):
        text = st.text_input("Definition", known.sentence, max_chars=LONGEST, key=f"define-{known.id}-text")
        with st.container(horizontal=True, gap="small"):
            kept = st.form_submit_button("Change", icon=":material/check:", key=f"define-{known.id}-keep")
            gone = st.form_submit_button("Remove", icon=":material/delete:", key=f"define-{known.id}-remove")
    return Wish(id=known.id, remove=True) if gone else Wish(text=text, id=known.id) if kept else None
