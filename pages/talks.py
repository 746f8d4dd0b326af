"""The conversations of the chat: asked in, chosen and renamed in the sidebar, and gone on with from any question."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from components import chat_view, conversation_list, notice, shell, turn_menu
from components.session import session
from components.turn_menu import Act
from pages import code_desk, opinions, share_dialog
from services import conversations, feedback
from services.assistant import pipeline, resuming
from services.domain import Conversation, Mode, ObjectKind, Turn, TurnStatus
from services.errors import AppError
from services.workspace import Workspace

NOT_WORDS = (Mode.HAND, Mode.EXPLAIN)
"""What no question in words stands behind."""
FORM = "analysis"
"""Name of the analyst of what a form asked."""


def go(conversation: Conversation) -> None:
    """Opens the conversation and draws the page again."""
    session.open(conversation.dataset_id, conversation.id)
    st.rerun()


def choose(ws: Workspace, opened: Conversation, *, fresh: bool) -> None:
    """Draws the conversations in the sidebar, and opens, begins, shares or renames as is wanted."""
    every, find = conversations.list_all(ws, opened.dataset_id), partial(conversations.search, ws, opened.dataset_id)
    choice = conversation_list.show(every, opened, find, feedback.verified(ws, opened.dataset_id), fresh=fresh)
    if choice.new:
        go(conversations.create(ws, opened.dataset_id))
    if choice.id:
        go(conversations.get(ws, choice.id))
    if choice.share:
        share_dialog.show(ws, ObjectKind.CONVERSATION, opened.id, opened.title)
    elif choice.rename:
        rename(ws, opened)
    elif choice.define:
        opinions.define(ws)


def ask(ws: Workspace, question: str, about: Conversation, mode: Mode = Mode.ANSWER) -> None:
    """Asks and draws the page again with the question in it."""
    try:
        last = next(iter(conversations.turns(ws, about.id, last=1)), None)
        if last and last.status is TurnStatus.CLARIFY and last.answer and question in last.answer.suggestions:
            resuming.choose(ws, last.id, question, session.model)
        elif last and last.cached_id and question == last.question and mode is Mode.ANSWER:
            pipeline.retry(ws, last.id, session.model)
        else:
            pipeline.ask(ws, about.id, question, session.model, mode)
    except AppError as error:
        chat_view.refused(question, error)
        return
    st.rerun()


def menu(ws: Workspace) -> Callable[[Turn], None]:
    """Draws the menu below a turn, and does what is chosen."""
    may_ask, may_branch = feedback.may_give(ws), conversations.may_create(ws)

    def show(turn: Turn) -> None:
        in_words = turn.mode not in NOT_WORDS and turn.analyst != FORM
        acts = [Act.AGAIN] * (may_ask and in_words) + [Act.EDIT] * (may_ask and may_branch and in_words)
        acts += [Act.CODE] * (may_ask and code_desk.is_offered(turn)) + [Act.BRANCH] * may_branch
        if may_ask and opinions.is_answered(turn):
            acts.append(Act.UNVERIFY if turn.feedback and turn.feedback.verified else Act.VERIFY)
        if acts:
            _do(ws, turn, turn_menu.show(turn, acts))

    return show


def _do(ws: Workspace, turn: Turn, act: Act | None) -> None:
    if act is Act.EDIT:
        edit(ws, turn)
    elif act is Act.CODE:
        code_desk.edit(ws, turn)
    elif act is Act.VERIFY:
        feedback.verify(ws, turn.id)
        st.rerun()
    elif act is Act.UNVERIFY:
        feedback.withdraw(ws, turn.id)
        st.rerun()
    elif act is Act.BRANCH:
        go(conversations.branch(ws, turn.id))
    elif act is Act.AGAIN:
        try:
            pipeline.retry(ws, turn.id, session.model)
        except AppError as error:
            notice.show(error)
            return
        st.rerun()


@st.dialog("Rename the conversation")
@shell.readable
def rename(ws: Workspace, conversation: Conversation) -> None:
    """Asks for the title, and keeps it."""
    if title := conversation_list.title(conversation):
        conversations.rename(ws, conversation.id, title)
        st.rerun()


@st.dialog("Edit and ask again")
@shell.readable
def edit(ws: Workspace, turn: Turn) -> None:
    """Asks the changed question in a branch that begins as the conversation did, and opens that."""
    if question := turn_menu.question(turn, ws.backends.settings.question_chars):
        asked = resuming.instead(ws, turn.id, question, session.model)
        go(conversations.get(ws, asked.conversation_id))
