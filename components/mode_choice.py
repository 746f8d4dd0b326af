"""Draws what is to be done with the questions of the chat."""

from __future__ import annotations

import streamlit as st

from services.domain import Mode

MODES = {
    Mode.ANSWER: "Answer it",
    Mode.PLAN: "Show the plan first",
    Mode.CODE: "Write the code, do not run it",
}
NOTES = {
    Mode.PLAN: "Nothing is done before you approve the plan.",
    Mode.CODE: "The code is written, and not run.",
}


def show() -> Mode:
    """Draws the choice in the sidebar; what is chosen."""
    with st.sidebar.container(gap="xxsmall"):
        chosen = st.selectbox("When you ask a question", list(MODES), format_func=MODES.__getitem__, key="mode")
    return Mode(chosen)


def said(mode: Mode, promise: str) -> str:
    """What stands under the box to ask in."""
    return f"{promise} {NOTES[mode]}" if mode in NOTES else promise
