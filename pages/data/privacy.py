"""Personal data: what was found in the open dataset, and masks for it that make a new version."""

import streamlit as st

from components import dataset_bar, findings_view, layout, proposal, shell, words
from components.session import session
from pages import shelf
from services import conversations, datasets, privacy
from services.change_jobs import Proposal
from services.cleaning import Origin
from services.domain import Dataset

HISTORY = "data/history.py"

ws = shell.workspace()


def show(dataset: Dataset) -> None:
    """Draws the findings with their masks."""
    with st.spinner("Looking for personal data"):
        findings = privacy.findings(ws, dataset.head_id)
    if not findings:
        st.text("No personal data was found in this table.")
        return
    columns = len({finding.column for finding in findings})
    st.caption(f"{words.count(columns, 'column')} with personal data. Masks make a new version, which can be undone.")
    chosen = findings_view.choose(findings, [privacy.masks(finding) for finding in findings], dataset.head_id)
    if st.button("Preview", type="primary", disabled=not chosen, icon=":material/visibility:", key="preview-masks"):
        origin = Origin(conversations.current(ws, dataset.id).id)
        change = Proposal(ws, dataset.head_id, privacy.together(chosen), origin)
        proposal.drawer("What the masks do", change)


everything = shelf.tables(ws)
with layout.column():
    st.title("Personal data")
    opened, _ = dataset_bar.opened(everything)
    session.open(opened.id, session.conversation_id)
    with layout.line():
        dataset_bar.switch(everything, opened, datasets.head(ws, opened.id))
        st.space("stretch")
        history = st.button("History", icon=":material/history:")
    if history:
        st.switch_page(HISTORY, query_params={"dataset": opened.id})
    show(opened)
