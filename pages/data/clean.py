"""Clean: describe a change, accept what is suggested, build steps by hand, type over cells, change the steps so far."""

import streamlit as st

from components import (
    cell_editor,
    change_field,
    dataset_bar,
    layout,
    notice,
    proposal,
    shell,
    step_form,
    suggestion_list,
)
from components.session import session
from pages import desk, worklist
from services import change_jobs, cleaning, datasets, suggestions, versions
from services.assistant import proposals
from services.change_jobs import Proposal
from services.cleaning import Origin
from services.domain import Step
from services.errors import AppError

ws = shell.workspace()


def propose(step: Step) -> None:
    """Opens the drawer with what the step would do."""
    proposal.drawer("What this would do", Proposal(ws, here.id, step, Origin(conversation.id)))


def offer(data: step_form.Data | None, key: str) -> None:
    """Draws the button that tries the step."""
    wanted = st.button("Try", type="primary", icon=":material/play_arrow:", disabled=data is None, key=key)
    if wanted and data:
        propose(cleaning.step(data))


def describe() -> None:
    """Draws the field for a change in words, and tries what is typed."""
    if sentence := change_field.show():
        try:
            step = proposals.described(ws, here.id, sentence)
        except AppError as error:
            notice.show(error)
        else:
            propose(step)


def suggest() -> None:
    """Draws what was found, and tries what was chosen of it."""
    job = suggestions.start(ws, here.id)
    if job and not worklist.wait(ws, job):
        return
    found = suggestions.get(ws, here.id) or ()
    chosen = suggestion_list.show(found, session.rejected, lambda row: datasets.page(ws, here.id, row - 1, 1))
    if chosen and chosen.rejected:
        session.reject(chosen.rejected)
        st.rerun()
    elif chosen and chosen.dropped:
        propose(cleaning.step({"kind": "drop_rows", "rows": list(chosen.dropped)}))
    elif chosen:
        propose(suggestions.together(chosen.suggestions, chosen.option))


opened = desk.lay(ws)
dataset, conversation, here = opened.dataset, opened.conversation, opened.version

with layout.column():
    st.title("Clean")
    with layout.line():
        dataset_bar.switch(opened.everything, dataset, here)
        st.space("stretch")
        if st.button("Undo", icon=":material/undo:", disabled=here.parent_id is None):
            versions.undo(ws, conversation.id)
            st.rerun()
        st.page_link("data/history.py", label="History", icon=":material/history:")
    if (job := change_jobs.under_way(ws, here.id)) and worklist.wait(ws, job):  # begun before the person left the page
        st.rerun()
    describe()
    by_rule, by_hand, by_cell = st.tabs(["Suggestions", "Build a step", "Edit cells"])
    with by_hand:
        offer(step_form.show(cleaning.kinds(), datasets.profile(ws, here.id)), "try-form")
    with by_cell:
        first = cell_editor.first(here.rows)
        page = datasets.page(ws, here.id, first - 1, cell_editor.ROWS)
        offer(cell_editor.show(page, first, here.id), "try-cells")
    if here.id != dataset.head_id:
        st.caption("You are not on the head: a change made here is a branch until it is made the head in the history.")
    st.subheader("Steps so far")
    worklist.show(ws, opened)
    with by_rule:  # last, for it may have to wait
        suggest()
