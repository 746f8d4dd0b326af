"""The language model of the session: a button that names who answers, and the form behind it."""

from __future__ import annotations

import streamlit as st

from components import chat_view, model_form, notice, words
from components.session import session
from services.assistant import chosen
from services.errors import AppError
from services.workspace import Workspace


def show(ws: Workspace) -> None:
    """Draws the button in the sidebar, where own keys may be used."""
    if not ws.backends.settings.own_keys:
        return
    own = session.model
    label = words.literal(own.model, 40) if own else "Language model"
    with st.sidebar.popover(label, icon=":material/neurology:", type="tertiary"):
        _choose(ws)


def promise(ws: Workspace) -> str:
    """Who answers, and what becomes of the data when a question is asked."""
    settings, own = ws.backends.settings, session.model
    try:
        name = chosen.choose(ws, own).name
    except AppError as error:
        return words.literal(str(error), 300)
    return chat_view.promise(name, own.model if own else settings.model_name, chosen.sight(ws))


def _choose(ws: Workspace) -> None:
    found = model_form.show(session.model)
    if found is None:
        return
    own = None if isinstance(found, bool) else found
    try:
        if own:
            chosen.check(ws, own)
    except AppError as error:
        notice.show(error)
        return
    session.bring(own)
    st.rerun()
