"""Clean: change the open table in steps that are tried first and can be undone."""

import streamlit as st

from components import dataset_bar, difference_view, layout, shell, step_form, version_tree, words
from pages import desk
from services import cleaning, datasets, versions
from services.cleaning import Origin

DRAWER_WIDTH = 720

ws = shell.workspace()


@st.dialog("What this would do", width=DRAWER_WIDTH, position="right")
@shell.readable
def propose(data: step_form.Data) -> None:
    """Shows what the step would do to every row; applies it when the person says so."""
    step = cleaning.step(data)
    if st.button("Apply", type="primary", icon=":material/check:"):
        with st.spinner("Applying"):
            cleaning.apply(ws, here.id, step, Origin(conversation.id))
        st.rerun()
    with st.spinner("Trying it on every row"):
        difference_view.effect(cleaning.preview(ws, here.id, step))


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
    with st.container(border=True):
        data = step_form.show(datasets.profile(ws, here.id))
        if st.button("Try", type="primary", icon=":material/play_arrow:", disabled=data is None) and data:
            propose(data)
    if here.id != dataset.head_id:
        st.caption("You are not on the head: a change made here is a branch until it is made the head in the history.")
    st.subheader("Steps so far")
    for number, version in enumerate(versions.path(ws, here.id)):
        st.markdown(f"{number} · {words.literal(version_tree.sentence(version), 160)}")
