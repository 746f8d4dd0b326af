"""Statistics: pick what you want to know; the method is chosen by the facts, run, and shown with its assumptions."""

from functools import partial

import streamlit as st

from components import analysis_form, answer_card, data_table, dataset_bar, layout, notice, shell, words
from components.session import session
from services import conversations, datasets, exploration, jobs
from services.domain import Turn
from services.errors import AppError

SHOWN = 10

ws = shell.workspace()


def attach(turn: Turn) -> None:
    """Watches a turn that is under way; once it is over, the whole page is drawn again."""
    shell.watch(
        partial(jobs.get, ws, turn.job_id),
        lambda: conversations.turn(ws, turn.id).status.is_final,
        partial(jobs.stop, ws, turn.job_id),
    )


def run(asked: dict[str, object]) -> None:
    """Starts the analysis and draws the page again with it."""
    try:
        exploration.analyse(ws, conversation.id, asked)
    except AppError as error:
        notice.show(error)
        return
    st.rerun()


everything = datasets.list_all(ws) or [datasets.sample(ws)]
dataset, _ = dataset_bar.opened(everything)
conversation = conversations.opened(ws, session.conversation_id, dataset.id)
session.open(dataset.id, conversation.id)
version = datasets.version(ws, conversation.version_id)
profile = datasets.profile(ws, version.id)
turns = [turn for turn in conversations.turns(ws, conversation.id) if exploration.group_of(turn) == "Statistics"]

with layout.column():
    st.title("Statistics")
    with layout.line():
        picked = dataset_bar.pick(everything, dataset)
        dataset_bar.extent(version)
    if picked != dataset.id:
        session.open(picked)
        st.rerun()
    if asked := analysis_form.show([kind for kind in exploration.kinds() if kind["group"] == "Statistics"], profile):
        run(asked)
    if not turns:
        st.caption("Results appear here and in the chat about this dataset, where you can ask on.")
    for turn in reversed(turns[-SHOWN:]):
        with st.container(border=True):
            st.markdown(f"**{words.literal(turn.question, 200)}**")
            if turn.status.is_final:
                if answer_card.show(turn, data_table.codes(profile), newest=False):
                    run(exploration.asked(turn))
            else:
                attach(turn)
