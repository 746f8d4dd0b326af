"""Chat: ask a question about the open dataset and read the answer."""

from functools import partial

import streamlit as st

from components import (
    chat_view,
    conversation_list,
    data_table,
    dataset_bar,
    job_progress,
    layout,
    notice,
    shell,
    upload_form,
    words,
)
from components.session import session
from services import conversations, datasets, jobs
from services.assistant import pipeline
from services.domain import Conversation, Dataset, Turn
from services.errors import AppError, NotFound

PREVIEW_ROWS = 100

ws = shell.workspace()
settings = ws.backends.settings
upload = partial(datasets.upload, ws)


def opened_dataset(everything: list[Dataset]) -> tuple[Dataset, bool]:
    """The dataset the address names, else the newest; and whether the one it names is gone."""
    named = [dataset for dataset in everything if dataset.id == session.dataset_id]
    return (named or everything)[0], bool(session.dataset_id and not named)


def opened_conversation(dataset: Dataset) -> Conversation:
    """The conversation the address names, when it is about this dataset, else the newest."""
    try:
        named = conversations.get(ws, session.conversation_id)
    except NotFound:
        return conversations.current(ws, dataset.id)
    return named if named.dataset_id == dataset.id else conversations.current(ws, dataset.id)


def attach(turn: Turn) -> None:
    """Stays with a turn until it is over, then draws the page again."""
    place = st.container()
    if job_progress.stop_button(turn.job_id):
        jobs.stop(ws, turn.job_id)
        st.toast("Stopping", icon=":material/stop_circle:")
    with place:
        job_progress.follow(jobs.follow(ws, turn.job_id))
    if conversations.turn(ws, turn.id).status.is_final:
        st.rerun()
    notice.problem("This question ended without an answer.", "Ask it again.")


def go(dataset_id: str, conversation_id: str = "") -> None:
    """Opens another dataset or conversation and draws the page again."""
    session.open(dataset_id, conversation_id)
    st.rerun()


def ask(question: str, about: Conversation) -> None:
    """Asks and draws the page again with the question in it."""
    try:
        pipeline.ask(ws, about.id, question)
    except AppError as error:
        chat_view.refused(question, error)
        return
    st.rerun()


def promise() -> str:
    """What becomes of the data when a question is asked."""
    try:
        return chat_view.promise(pipeline.choose(ws).name, settings.model)
    except AppError as error:
        return words.literal(str(error), 300)


everything = datasets.list_all(ws) or [datasets.sample(ws)]
dataset, is_gone = opened_dataset(everything)
conversation = opened_conversation(dataset)
session.open(dataset.id, conversation.id)
version = datasets.version(ws, conversation.version_id)
turns = conversations.turns(ws, conversation.id)

choice = conversation_list.show(conversations.list_all(ws, dataset.id), conversation, fresh=not turns)
if choice.new or choice.id:
    go(dataset.id, choice.id or conversations.create(ws, dataset.id).id)

question = chat_view.starters([] if turns else pipeline.starters(ws, version.id))
entered = chat_view.box(dataset.name, promise(), settings.upload_mb)
if is_gone:
    chat_view.gone(question or (entered.text if entered else ""), dataset)
elif question or (entered and entered.text and not entered.files):
    ask(question or entered.text, conversation)

with layout.column():
    with layout.line():
        picked = dataset_bar.pick(everything, dataset)
        dataset_bar.extent(version)
        st.space("stretch")
        new = dataset_bar.upload(upload, settings.upload_mb)
    if entered and entered.files:
        new = upload_form.take(entered.files[0], upload)
    if new and entered and entered.text:
        session.open(new.id)
        ask(entered.text, conversations.current(ws, new.id))
    if new or picked != dataset.id:
        go(new.id if new else picked)
    rows, profile = datasets.page(ws, version.id, 0, PREVIEW_ROWS), datasets.profile(ws, version.id)
    dataset_bar.preview(rows, profile, version, expanded=not turns)
    if again := chat_view.show(turns, data_table.codes(profile), attach):
        ask(again, conversation)
