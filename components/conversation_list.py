"""The conversations about the open dataset, in the sidebar."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from components import words
from services.domain import Conversation, Turn

SHOWN = 30
TITLE_LENGTH = 60
SEARCHED = 4
"""From this many on there is a box to search them."""
LONGEST = 200
UNTITLED = "New conversation"


@dataclass(frozen=True)
class Choice:
    """What the person wants: a new conversation, the one with this id, or what is done with the open one."""

    new: bool = False
    id: str = ""
    share: bool = False
    rename: bool = False
    define: bool = False
    """To see what the words of the team mean."""


Find = Callable[[str], Sequence[Conversation]]
"""The conversations in which these words were said."""


def show(
    conversations: Sequence[Conversation], opened: Conversation, find: Find, verified: Sequence[Turn], *, fresh: bool
) -> Choice:
    """Draws the list, and the answers that are `verified`.

    `fresh`: the open conversation has no question yet, so there is no need for a new one.
    """
    with st.sidebar.container(gap="xxsmall"):
        new = st.button(
            "New conversation", icon=":material/edit_square:", type="tertiary", disabled=fresh, key="new-conversation"
        )
        share = not fresh and st.button("Share this conversation", icon=":material/share:", type="tertiary")
        rename = not fresh and st.button(
            "Rename this conversation", icon=":material/edit:", type="tertiary", key="rename-this"
        )
        define = st.button("Definitions", icon=":material/menu_book:", type="tertiary", key="definitions")
        relied = _verified(verified)
        chosen = _list(conversations, opened, find, fresh=fresh)
    return Choice(new=new, id=relied or chosen, share=share, rename=rename, define=define)


def title(conversation: Conversation) -> str:
    """Draws the title, to be changed; the new one once it is to be kept, "" before."""
    with st.form("rename-conversation", border=False):
        written = st.text_input("Title", conversation.title, max_chars=LONGEST, key="conversation-title")
        wanted = st.form_submit_button("Rename", type="primary", key="keep-title")
    return written or " " if wanted else ""


def _verified(turns: Sequence[Turn]) -> str:
    """Draws the questions with a verified answer; the conversation of the one chosen, or ""."""
    if not turns:
        return ""
    with st.popover(f"Verified answers · {len(turns)}", icon=":material/verified:", type="tertiary"):
        chosen = [each.conversation_id for each in turns[:SHOWN] if _relied(each)]
    return chosen[0] if chosen else ""


def _relied(turn: Turn) -> bool:
    question = words.literal(turn.question, TITLE_LENGTH)
    return st.button(question, icon=":material/verified:", type="tertiary", key=f"verified-{turn.id}")


def _list(conversations: Sequence[Conversation], opened: Conversation, find: Find, *, fresh: bool) -> str:
    """Draws the conversations with what was searched for, all without; the id of the one chosen, or ""."""
    words_said = ""
    if len(conversations) >= SEARCHED:
        words_said = st.text_input(
            "Search conversations",
            placeholder="Search conversations",
            icon=":material/search:",
            label_visibility="collapsed",
            max_chars=LONGEST,
            key="find-conversations",
        )
    found = find(words_said) if words_said.strip() else conversations
    listed = [c for c in found if not (fresh and c.id == opened.id)]
    if words_said.strip() and not listed:
        st.caption("No title and no question has these words.")
    elif listed:
        st.caption("Conversations")
    chosen = [c.id for c in listed[:SHOWN] if _entry(c, is_open=c.id == opened.id)]
    if (more := len(listed) - SHOWN) > 0:
        st.caption(f"and {more:,} older")
    return chosen[0] if chosen else ""


def _entry(conversation: Conversation, *, is_open: bool) -> bool:
    title = words.literal(conversation.title or UNTITLED, TITLE_LENGTH)
    return st.button(
        f"**{title}**" if is_open else title,
        icon=":material/chat_bubble:",
        type="tertiary",
        wrap=False,
        key=f"conversation-{conversation.id}",
    )
