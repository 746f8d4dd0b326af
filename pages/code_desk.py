"""The code of an answer, changed and run: by hand, or by saying how."""

from __future__ import annotations

import streamlit as st

from components import code_form, notice, shell
from components.session import session
from services import conversations
from services.assistant import by_hand, pipeline
from services.domain import Mode, PlanKind, Turn
from services.errors import AppError
from services.workspace import Workspace

KINDS = (PlanKind.ANALYSE, PlanKind.ANALYSIS)


def is_offered(turn: Turn) -> bool:
    """Whether the turn has code that a person may change and run."""
    return bool(turn.plan and turn.plan.kind in KINDS and code_form.code_of(turn))


def offer_run(ws: Workspace, turn: Turn) -> None:
    """Draws the button that runs what was only written, and does it."""
    if turn.mode is not Mode.CODE or not (turn.answer and turn.answer.code):
        return
    if st.button("Run it", icon=":material/play_arrow:", type="primary", key=f"run-{turn.id}"):
        try:
            _run(ws, turn)
        except AppError as error:
            notice.show(error)
            return
        st.rerun()


def _run(ws: Workspace, turn: Turn) -> None:
    """Runs the code as it stands where a model wrote it. The built-in analyst writes the same again."""
    if turn.analyst == "model" and turn.plan and turn.plan.kind is PlanKind.ANALYSE:
        by_hand.run(ws, turn.id, code_form.code_of(turn))
    else:
        pipeline.retry(ws, turn.id, session.model)


@st.dialog("Change the code", width="large")
@shell.readable
def edit(ws: Workspace, turn: Turn) -> None:
    """Runs the changed code, or asks for the change, as a new turn at the end of the conversation."""
    change = code_form.show(turn, ws.backends.settings.question_chars)
    if change is None:
        return
    try:
        if change.code:
            by_hand.run(ws, turn.id, change.code)
        else:
            about = conversations.get(ws, turn.conversation_id)
            pipeline.ask(ws, about.id, change.said, session.model, base_id=turn.id)
    except AppError as error:
        notice.show(error)
        return
    st.rerun()
