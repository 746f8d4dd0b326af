"""What several pages do alike before and after what is theirs: the open dataset, work under way, a list of results."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import streamlit as st

from components import analysis_form, answer_card, data_table, dataset_bar, layout, notice, proposal, shell, words
from components.session import session
from pages import pinning, shelf
from services import conversations, datasets, exploration, jobs, predictions, takeaway
from services.change_jobs import Proposal
from services.cleaning import Origin
from services.domain import Conversation, Dataset, Turn, Version
from services.errors import AppError
from services.workspace import Workspace

SCRIPT = "Fits the same model on a CSV file, and keeps it in a file."
KEPT = "A new version of the table, with a column of what the model tells for each row."


@dataclass(frozen=True)
class Desk:
    """What lies open: the datasets to choose from, the one chosen, its conversation, and the version that is at."""

    everything: Sequence[Dataset]
    dataset: Dataset
    conversation: Conversation
    version: Version


def lay(ws: Workspace) -> Desk:
    """Opens what the address names, else the newest dataset (the sample where there is none), and keeps it there."""
    everything = shelf.tables(ws)
    dataset = next((each for each in everything if each.id == session.dataset_id), everything[0])
    conversation = conversations.opened(ws, session.conversation_id, dataset.id)
    session.open(dataset.id, conversation.id)
    return Desk(everything, dataset, conversation, datasets.version(ws, conversation.version_id))


def attach(ws: Workspace, turn: Turn) -> None:
    """Watches a turn that is under way; once it is over, the whole page is drawn again."""
    shell.watch(
        partial(jobs.get, ws, turn.job_id),
        lambda: conversations.turn(ws, turn.id).status.is_final,
        partial(jobs.stop, ws, turn.job_id),
    )


def follow(ws: Workspace, conversation_id: str, drawn: str) -> None:
    """Draws the page again once others have asked in the conversation, where others are in it."""
    if conversations.is_shared(ws, conversation_id):
        shell.follow(partial(conversations.pulse, ws, conversation_id), drawn)


def analyse(ws: Workspace, desk: Desk, asked: dict[str, object]) -> None:
    """Starts an analysis and draws the page again with it."""
    try:
        exploration.analyse(ws, desk.conversation.id, asked)
    except AppError as error:
        notice.show(error)
        return
    st.rerun()


def results(ws: Workspace, desk: Desk, group: str, most: int, under: Callable[[Turn], None] | None = None) -> None:
    """Draws the newest results of one group of analyses, newest first; runs the one again that is asked for again.

    `under` draws what else can be done with a result whose charts can be clicked.
    """
    codes = data_table.codes(datasets.profile(ws, desk.version.id))
    turns = [each for each in conversations.turns(ws, desk.conversation.id) if exploration.group_of(each) == group]
    if not turns:
        st.caption("Results appear here and in the chat about this dataset, where you can ask on.")
    pin = pinning.of(ws, desk.conversation)
    for turn in reversed(turns[-most:]):
        with st.container(border=True):
            st.markdown(f"**{words.literal(turn.question, 200)}**")
            if not turn.status.is_final:
                attach(ws, turn)
                continue
            if answer_card.show(turn, codes, newest=False, selects=under is not None, take=partial(takeaway.file, ws)):
                analyse(ws, desk, exploration.asked(turn))
            _offer(ws, desk, turn)
            if under:
                under(turn)
            pin(turn)


def _offer(ws: Workspace, desk: Desk, turn: Turn) -> None:
    """Offers to keep what the model of a turn tells."""
    if not (step := predictions.step_of(turn)):
        return
    with layout.line():
        if st.button("Keep predictions", icon=":material/add_column_right:", key=f"keep-{turn.id}", help=KEPT):
            change = Proposal(ws, desk.version.id, step, Origin(desk.conversation.id))
            proposal.drawer("What this would do", change)
        data, icon = predictions.script_of(turn), ":material/download:"
        key = f"script-{turn.id}"
        st.download_button("Script", data, "model.py", "text/x-python", key, SCRIPT, icon=icon, on_click="ignore")


def questions(ws: Workspace, group: str, most: int = 10) -> None:
    """Draws a page that is a form and its results: which question of the group, its columns, what came of it."""
    here = lay(ws)
    with layout.column():
        st.title(group)
        with layout.line():
            dataset_bar.switch(here.everything, here.dataset, here.version)
        kinds = [kind for kind in exploration.kinds() if kind["group"] == group]
        if asked := analysis_form.show(kinds, datasets.profile(ws, here.version.id)):
            analyse(ws, here, asked)
        results(ws, here, group, most)
