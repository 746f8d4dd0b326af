"""Shared: what others share with this person; and one shared thing, to read, also by a published link."""

from functools import partial

import streamlit as st

from components import layout, share_view, shell
from components.session import session
from services import conversations, sharing
from services.circles import ObjectKind, Right

CHAT = "analyse/chat.py"

ws = shell.published() if session.link else shell.workspace()


def read() -> None:
    """Draws the shared thing, to read."""
    shared, version = sharing.title(ws), sharing.shown_version(ws)
    share_view.head(shared, version)
    if shared.share.kind is ObjectKind.DATASET:
        share_view.table(sharing.table(ws), version.rows)
        return
    drawn = conversations.pulse(ws, shared.share.object_id)
    conversation, turns = sharing.talk(ws)
    share_view.talk(turns, conversations.authors(ws, turns), ())
    shell.follow(partial(conversations.pulse, ws, conversation.id), drawn)


with layout.column():
    if ws.share:
        read()
        if ws.share.right is Right.EDIT and st.button("Ask about it", icon=":material/forum:", type="primary"):
            st.switch_page(CHAT, query_params=session.guest(ws.share.id, *sharing.place(ws)))
    else:
        st.title("Shared with me")
        found = sharing.shared_with_me(ws)
        if not found:
            st.caption("Nothing yet. Here appears what others share with you, a team of yours, or everyone.")
        if chosen := share_view.listed(found):
            st.query_params["shared"] = chosen.share.id
            st.rerun()
