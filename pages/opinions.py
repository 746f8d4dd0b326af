"""What people say of answers: right, wrong and why, verified; and the words that a team defines."""

from __future__ import annotations

import streamlit as st

from components import definition_list, feedback_view, notice, shell
from components.definition_list import Wish
from components.feedback_view import Said
from services import definitions, feedback
from services.domain import Turn, TurnStatus
from services.errors import AppError
from services.workspace import Workspace


def is_answered(turn: Turn) -> bool:
    """Whether there is an answer to say something of."""
    return turn.status is TurnStatus.ANSWERED and turn.answer is not None


def offer(ws: Workspace, turn: Turn) -> None:
    """Draws the thumbs below an answer, for those who may say something of it, and keeps what is said."""
    if not is_answered(turn) or not feedback.may_give(ws):
        return
    match feedback_view.choose(turn):
        case Said.RIGHT:
            feedback.give(ws, turn.id, is_right=True)
            st.rerun()
        case Said.NOTHING:
            feedback.withdraw(ws, turn.id)
            st.rerun()
        case Said.WRONG:
            wrong(ws, turn)


@st.dialog("Wrong")
@shell.readable
def wrong(ws: Workspace, turn: Turn) -> None:
    """Asks what is wrong with the answer, and keeps it."""
    reason = feedback_view.reason(turn)
    if reason is not None:
        feedback.give(ws, turn.id, is_right=False, reason=reason)
        st.rerun()


@st.dialog("Definitions")
@shell.readable
def define(ws: Workspace) -> None:
    """Draws the team's words, and keeps what is written or removed."""
    place = st.container()
    wish = definition_list.show(definitions.list_all(ws), may_edit=definitions.may_edit(ws))
    if wish is None:
        return
    try:
        _keep(ws, wish)
    except AppError as error:
        with place:
            notice.show(error)
        return
    shell.redraw()


def _keep(ws: Workspace, wish: Wish) -> None:
    if wish.remove:
        definitions.remove(ws, wish.id)
    elif wish.id:
        definitions.change(ws, wish.id, wish.text)
    else:
        definitions.define(ws, wish.text)
