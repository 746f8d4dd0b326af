"""What the chat says of answers that are out of date, and how they are brought up to date in one click."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from components import job_progress, report_view, words
from components.session import session
from services import answer_updates, jobs
from services.domain import Turn
from services.workspace import Workspace


def show(ws: Workspace, conversation_id: str, turns: Sequence[Turn]) -> None:
    """Draws how many answers are behind and why, with the button, and what its last use in this tab has changed."""
    if job_id := session.held(_what(conversation_id)):
        _changes(ws, job_id)
    behind = answer_updates.behind(ws, turns)
    if not behind or any(not turn.status.is_final for turn in turns):
        return
    with st.container(border=True):
        st.markdown(f":material/update: **{words.count(len(behind), 'answer')} out of date.**")
        for reason in dict.fromkeys(reason for each in behind.values() for reason in each.reasons):
            st.caption(words.literal(reason, 300))
        may_update = answer_updates.may_update(ws)
        if may_update and st.button("Update all", icon=":material/refresh:", key="answers-update"):
            _update(ws, conversation_id)


def _update(ws: Workspace, conversation_id: str) -> None:
    job = answer_updates.update_all(ws, conversation_id)
    if job_progress.done(jobs.follow(ws, job.id), partial(jobs.stop, ws)):
        session.hold(_what(conversation_id), job.id)
        st.rerun()


def _changes(ws: Workspace, job_id: str) -> None:
    with st.expander("What changed", expanded=True, icon=":material/difference:"):
        for each in answer_updates.found(ws, job_id):
            report_view.changed(each.question, each.reasons, each.changes, each.problem, is_rewritten=False)


def _what(conversation_id: str) -> str:
    return f"answers {conversation_id}"
