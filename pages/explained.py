"""The six sides of a table put in words, on its profile."""

from __future__ import annotations

import streamlit as st

from components import answer_card, explain_view, notice
from components.session import session
from pages import desk
from services import conversations, feedback
from services.assistant import explaining, pipeline, telling
from services.assistant.telling import Topic
from services.domain import Conversation, Dataset, Turn, TurnStatus
from services.errors import AppError
from services.workspace import Workspace

CHAT = "analyse/chat.py"
TOPICS = tuple(topic for topic in Topic if topic is not Topic.STUDY)


def show(ws: Workspace, dataset: Dataset) -> None:
    """Draws the side that is chosen, explains it when that is wanted, and goes on with its questions."""
    topic = Topic(explain_view.choose({each.value: telling.TITLES[each] for each in TOPICS}))
    about = _conversation(ws, dataset)
    turn = explaining.latest(ws, about.id, topic) if about else None
    if turn and not turn.status.is_final:
        desk.attach(ws, turn)
        return
    if turn and turn.status is TurnStatus.ANSWERED and (asked := answer_card.show(turn, (), newest=True)):
        _ask(ws, turn, asked)
    elif turn and turn.status is not TurnStatus.ANSWERED:
        explain_view.failed(turn.message, turn.hint)
    if feedback.may_give(ws) and explain_view.wants(topic.value, anew=turn is not None):
        _start(ws, dataset, about, topic)


def _conversation(ws: Workspace, dataset: Dataset) -> Conversation | None:
    """This person's newest conversation on what the dataset shows."""
    mine = (each for each in conversations.list_all(ws, dataset.id) if each.created_by == ws.user.id)
    return next((each for each in mine if each.version_id == dataset.head_id), None)


def _start(ws: Workspace, dataset: Dataset, about: Conversation | None, topic: Topic) -> None:
    try:
        about = about or conversations.create(ws, dataset.id)
        explaining.start(ws, about.id, topic, own=session.model)
    except AppError as error:
        notice.show(error)
        return
    st.rerun()


def _ask(ws: Workspace, turn: Turn, question: str) -> None:
    about = conversations.get(ws, turn.conversation_id)
    try:
        pipeline.ask(ws, about.id, question, session.model)
    except AppError as error:
        notice.show(error)
        return
    st.switch_page(CHAT, query_params={"dataset": about.dataset_id, "conversation": about.id})
