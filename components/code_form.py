"""Draws the code of an answer to be changed: by hand, or by saying how."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from services.domain import Turn, TurnStatus

LONGEST = 20_000
HEIGHT = 260
HELP = "`df` is the table, and `result` what is shown: a table, a figure, a value, or several by name."


@dataclass(frozen=True)
class Change:
    """What the person wants: this code run, or what they said done to it."""

    code: str = ""
    said: str = ""


def code_of(turn: Turn) -> str:
    """The code that gave the answer, or the last that was tried; "" where there is none, or it changes the table."""
    if turn.answer and turn.answer.effect is None and turn.answer.code:
        return turn.answer.code
    return turn.attempts[-1].code if turn.status is TurnStatus.FAILED and turn.attempts else ""


def show(turn: Turn, longest: int) -> Change | None:
    """Draws the code and a line for words; what was wanted, if anything."""
    with st.form(f"code-{turn.id}", border=False):
        code = st.text_area(
            "Code", code_of(turn), max_chars=LONGEST, height=HEIGHT, help=HELP, key=f"code-{turn.id}-text"
        )
        runs = st.form_submit_button("Run", type="primary", icon=":material/play_arrow:", key=f"code-{turn.id}-run")
    with (
        st.form(f"like-{turn.id}", border=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        said = st.text_input(
            "Or change it like this", placeholder="as a pie", max_chars=longest, key=f"like-{turn.id}-text"
        )
        asks = st.form_submit_button("Ask", icon=":material/arrow_upward:", key=f"like-{turn.id}-ask")
    return Change(code=code) if runs else Change(said=said) if asks else None
