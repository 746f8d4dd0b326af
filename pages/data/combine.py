"""Combine: join another table by a key, or put its rows below. What would be found, lost and repeated is told first."""

import streamlit as st

from components import dataset_bar, join_form, layout, proposal, shell
from pages import desk
from services import datasets, joins
from services.change_jobs import Proposal
from services.cleaning import Origin
from services.domain import Step

ws = shell.workspace()


def propose(step: Step) -> None:
    """Opens the drawer with what the step would do."""
    proposal.drawer("What this would do", Proposal(ws, here.id, step, Origin(opened.conversation.id)))


opened = desk.lay(ws)
here = opened.version
others = [each for each in opened.everything if each.id != opened.dataset.id]

with layout.column():
    st.title("Combine")
    with layout.line():
        dataset_bar.switch(opened.everything, opened.dataset, here)
        st.space("stretch")
        st.page_link("data/clean.py", label="Clean", icon=":material/cleaning_services:")
    other = join_form.other(others)
    if other and join_form.is_join():
        there = datasets.version(ws, other.head_id)
        with st.spinner("Looking for keys"):
            found = joins.keys(ws, here.id, there.id)
        if asked := join_form.show(found, here.columns, there.columns):
            propose(joins.join(ws, there.id, asked.left, asked.right, asked.how, once=asked.once))
    elif other:
        there = datasets.version(ws, other.head_id)
        if join_form.append(here.columns, there.columns):
            propose(joins.append(ws, there.id))
