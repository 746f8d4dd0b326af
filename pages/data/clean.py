"""Clean: change the open table in steps that are tried first and can be undone."""

from functools import partial

import streamlit as st

from components import dataset_bar, layout, proposal, shell, step_form, version_tree, words
from pages import desk
from services import change_jobs, cleaning, datasets, jobs, versions
from services.change_jobs import Proposal
from services.cleaning import Origin

ws = shell.workspace()


def propose(data: step_form.Data | None) -> None:
    """Draws the button that tries the step."""
    wanted = st.button("Try", type="primary", icon=":material/play_arrow:", disabled=data is None)
    if wanted and data:
        change = Proposal(ws, here.id, cleaning.step(data), Origin(conversation.id))
        proposal.drawer("What this would do", change)


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
    job = change_jobs.under_way(ws, here.id)  # begun before the person left the page
    if job and proposal.is_done(jobs.follow(ws, job.id), partial(jobs.stop, ws)):
        st.rerun()
    with st.container(border=True):
        propose(step_form.show(datasets.profile(ws, here.id)))
    if here.id != dataset.head_id:
        st.caption("You are not on the head: a change made here is a branch until it is made the head in the history.")
    st.subheader("Steps so far")
    for number, version in enumerate(versions.path(ws, here.id)):
        st.markdown(f"{number} · {words.literal(version_tree.sentence(version), 160)}")
