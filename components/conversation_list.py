"""The conversations about the open dataset, in the sidebar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from components import words
from services.domain import Conversation

SHOWN = 30
TITLE_LENGTH = 60
UNTITLED = "New conversation"


@dataclass(frozen=True)
class Choice:
    """What the person wants: a new conversation, or the one with this id."""

    new: bool = False
    id: str = ""
    share: bool = False


def show(conversations: Sequence[Conversation], opened: Conversation, *, fresh: bool) -> Choice:
    """Draws the list. `fresh`: the open conversation has no question yet, so there is no need for a new one."""
    listed = [c for c in conversations if not (fresh and c.id == opened.id)]
    with st.sidebar.container(gap="xxsmall"):
        new = st.button(
            "New conversation", icon=":material/edit_square:", type="tertiary", disabled=fresh, key="new-conversation"
        )
        share = not fresh and st.button("Share this conversation", icon=":material/share:", type="tertiary")
        if listed:
            st.caption("Conversations")
        chosen = [c.id for c in listed[:SHOWN] if _entry(c, is_open=c.id == opened.id)]
        if (more := len(listed) - SHOWN) > 0:
            st.caption(f"and {more:,} older")
    return Choice(new=new, id=chosen[0] if chosen else "", share=share)


def _entry(conversation: Conversation, *, is_open: bool) -> bool:
    title = words.literal(conversation.title or UNTITLED, TITLE_LENGTH)
    return st.button(
        f"**{title}**" if is_open else title,
        icon=":material/chat_bubble:",
        type="tertiary",
        wrap=False,
        key=f"conversation-{conversation.id}",
    )
