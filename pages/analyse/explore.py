"""Explore: put columns into a chart, or see the eight charts that say most about the table."""

from functools import partial

import streamlit as st

from components import answer_card, chart_form, data_table, dataset_bar, layout, notice, shell, words
from components.session import session
from services import charting, conversations, datasets, exploration, jobs
from services.domain import Turn
from services.errors import AppError

SHOWN = 6

ws = shell.workspace()


def attach(turn: Turn) -> None:
    """Watches a turn that is under way; once it is over, the whole page is drawn again."""
    shell.watch(
        partial(jobs.get, ws, turn.job_id),
        lambda: conversations.turn(ws, turn.id).status.is_final,
        partial(jobs.stop, ws, turn.job_id),
    )


def draw(asked: dict[str, object]) -> None:
    """Starts the drawing and draws the page again with it."""
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
turns = [turn for turn in conversations.turns(ws, conversation.id) if exploration.group_of(turn) == "Charts"]

with layout.column():
    st.title("Explore")
    with layout.line():
        picked = dataset_bar.pick(everything, dataset)
        dataset_bar.extent(version)
        st.space("stretch")
        wants_gallery = st.button("Gallery", icon=":material/auto_awesome:", help="The charts that say most, at once")
    if picked != dataset.id:
        session.open(picked)
        st.rerun()
    ideas = charting.ideas(ws, version.id)
    if wants_gallery and ideas:
        draw({"kind": "gallery", "charts": [idea.chart for idea in ideas]})
    if asked := chart_form.show(exploration.chart_types(), profile):
        draw(asked)
    if not turns:
        st.caption("Charts appear here and in the chat about this dataset, where you can ask on.")
    for turn in reversed(turns[-SHOWN:]):
        with st.container(border=True):
            st.markdown(f"**{words.literal(turn.question, 200)}**")
            if turn.status.is_final:
                if answer_card.show(turn, data_table.codes(profile), newest=False):
                    draw(exploration.asked(turn))
            else:
                attach(turn)
