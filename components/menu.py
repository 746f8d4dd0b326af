"""What stands at the foot of the menu: who is here."""

from __future__ import annotations

import streamlit as st

from components import words
from services.domain import User


def foot(person: User) -> None:
    """Draws who is signed in, where anybody is."""
    if person.is_visitor:
        st.sidebar.caption("You are a visitor: what you make here is yours alone, and removed after a day.")
    elif person.email:
        st.sidebar.page_link("team/account.py", label=words.literal(person.name, 40), icon=":material/person:")
