"""Draws what went wrong, in plain text: what happened, and what to do about it."""

from __future__ import annotations

import streamlit as st

from components import words
from services.errors import AppError, LimitReached


def show(error: AppError) -> None:
    """The message of the error and its hint; where something was used up, the way to ask for more."""
    problem(error.message, error.hint)
    if isinstance(error, LimitReached) and error.measure:
        st.page_link("team/members.py", label="Ask for more", icon=":material/add_circle:")


def problem(message: str, hint: str = "") -> None:
    """A calm red line with the message, and the hint under it."""
    with st.container(border=True, gap="xsmall"):
        st.markdown(f":red[:material/error:] {words.literal(message, 1_000)}")
        if hint:
            st.caption(words.literal(hint, 1_000))
