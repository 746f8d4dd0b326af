"""Shared: what others share with this person; and one shared thing, to read, also by a published link."""

from functools import partial

import streamlit as st

from components import layout, report_view, share_view, shell, words
from components.session import session
from pages import board
from services import conversations, dashboards, sharing
from services.boards import Rights
from services.circles import ObjectKind, Right

CHAT, BOARD = "analyse/chat.py", "share/dashboards.py"
NO_RIGHTS = Rights(run=False, edit=False, create=False, delete=False, pin=False, rows=False)

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


def read_report() -> None:
    """Draws a shared report, to read."""
    share_view.title(sharing.title(ws))
    found = sharing.paper(ws)
    if found.report.subtitle:
        st.caption(words.literal(found.report.subtitle, 200))
    for point in found.report.summary or ():
        st.text(f"• {words.clean(point)}")
    told = {part.id: lines for part, lines in found.parts}
    report_view.sections([part for part, _ in found.parts], {}, lambda part: told[part.id], may_edit=False)


def look() -> None:
    """Draws a shared dashboard, to read; embedded in another page, without its head."""
    shared = sharing.title(ws)
    found = dashboards.get(ws, shared.share.object_id)
    if not st.context.is_embedded:
        share_view.title(shared)
        if ws.share and ws.share.right is Right.EDIT and st.button("Filter and arrange", icon=":material/tune:"):
            st.switch_page(BOARD, query_params=session.guest(ws.share.id, "", "") | {"dashboard": found.id})
    if not board.draw(ws, found, NO_RIGHTS):
        st.caption("Nothing stands here yet.")


if ws.share and ws.share.kind is ObjectKind.DASHBOARD:
    look()
    st.stop()

with layout.column():
    if ws.share and ws.share.kind is ObjectKind.REPORT:
        read_report()
    elif ws.share:
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
