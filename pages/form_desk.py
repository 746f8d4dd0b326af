"""The button below an answer that opens how its question was understood, to be changed by clicking."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from components import notice, question_form, shell
from services.assistant import forms
from services.domain import Turn
from services.errors import AppError
from services.workspace import Workspace


def offer(ws: Workspace, turn: Turn) -> None:
    """Draws the button where the question can be edited, and opens the dialog."""
    if forms.is_offered(ws, turn) and st.button("Edit", icon=":material/tune:", type="tertiary", key=f"form-{turn.id}"):
        edit(ws, turn.id)


def below(ws: Workspace, *others: Callable[[Turn], None]) -> Callable[[Turn], None]:
    """Draws the button beside what else stands below an answer."""

    def show(turn: Turn) -> None:
        with st.container(horizontal=True, gap="small"):
            offer(ws, turn)
            for other in others:
                other(turn)

    return show


@st.dialog("Edit the question")
@shell.readable
def edit(ws: Workspace, turn_id: str) -> None:
    """Draws the form; the changed one is asked as a new turn."""
    form, choices, profile = forms.opened(ws, turn_id)
    wanted = question_form.show(form, choices, profile, f"edit-{turn_id}")
    if wanted is None:
        return
    try:
        forms.ask(ws, turn_id, wanted)
    except AppError as error:
        notice.show(error)
        return
    st.rerun()
