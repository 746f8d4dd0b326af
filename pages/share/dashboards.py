"""Dashboards: pins and texts on a grid, under filters, kept up to date; and the list of all pins."""

import streamlit as st

from components import dashboard_list, layout, pin_list, shell, words
from components.session import session
from pages import board, board_dialogs, share_dialog, tile_rows
from services import dashboards, exploration, pins, tiles
from services.boards import Dashboard, Shown
from services.domain import ObjectKind

PLACES = {
    "Charts": "analyse/explore.py",
    "Statistics": "analyse/statistics.py",
    "Forecast": "analyse/forecast.py",
    "Model": "analyse/models.py",
}
CHAT = "analyse/chat.py"
WIDTH = 980

ws = shell.workspace()
may = dashboards.rights(ws)


def listing() -> None:
    """Draws every dashboard and every pin, and does what is chosen with one."""
    st.title("Dashboards")
    if may.create and (name := dashboard_list.new()):
        open_board(dashboards.create(ws, name).id, "arrange")
    found = dashboards.list_all(ws)
    if not found:
        st.caption("No dashboards yet. Pin what is worth keeping below its answer, then put it on a dashboard here.")
    if choice := dashboard_list.show(found, edits=may.delete):
        if choice.act == "open":
            open_board(choice.dashboard.id)
        elif choice.act == "share":
            share(choice.dashboard)
        else:
            ask = {"rename": board_dialogs.rename_board, "delete": board_dialogs.delete}
            ask[choice.act](ws, choice.dashboard)
    if may.pin:
        pinned()


def pinned() -> None:
    """Draws the pins, and does what is chosen with one."""
    st.subheader("Pins", anchor=False)
    found = pins.list_all(ws)
    if not found:
        st.caption("Nothing is pinned yet. Below every answer and every result there is a button for it.")
    if not (choice := pin_list.show(found)):
        return
    pin = choice.listed.pin
    if choice.act == "rename":
        board_dialogs.rename_pin(ws, pin)
    elif choice.act == "unpin":
        pins.unpin(ws, pin.id)
        st.rerun()
    else:
        session.open(pin.dataset_id, pin.conversation_id)
        where = PLACES.get(exploration.heading_of(pin.kept.analysis), CHAT)
        st.switch_page(where, query_params={"dataset": pin.dataset_id, "conversation": pin.conversation_id})


def open_board(dashboard_id: str, mode: str = "") -> None:
    """Opens a dashboard."""
    session.go_to_board(dashboard_id, mode)
    st.rerun()


def share(opened: Dashboard) -> None:
    """Says who sees it."""
    share_dialog.show(ws, ObjectKind.DASHBOARD, opened.id, opened.name)


def bar(opened: Dashboard, shown: list[Shown]) -> None:
    """Draws what can be done with the dashboard, and does what is chosen."""
    stale = sum(each.is_stale for each in shown)
    arranges = session.board_mode == "arrange"
    if may.edit and st.button("Add", icon=":material/add:", type="primary" if arranges else "secondary"):
        board_dialogs.add(ws, opened)
    if may.edit and st.button("Done" if arranges else "Arrange", icon=":material/dashboard_customize:"):
        open_board(opened.id, "" if arranges else "arrange")
    if may.edit and st.button(f"Update all · {stale}" if stale else "Update all", icon=":material/refresh:"):
        tiles.refresh(ws, opened.id)
        st.rerun()
    if may.create and st.button("Share", icon=":material/share:"):
        share(opened)
    if may.rows and st.button("Rows", icon=":material/table_rows:", help="The rows behind a tile"):
        tile_rows.ask(ws, shown, board.chosen(opened))
    if st.button("Full screen", icon=":material/fullscreen:"):
        open_board(opened.id, "full")
    if may.create and st.button("Schedule", icon=":material/schedule:", help="Update by itself"):
        board_dialogs.schedule(ws, opened)


def opened() -> None:
    """Draws one dashboard."""
    found, is_full = dashboards.get(ws, session.board_id), session.board_mode == "full"
    with layout.line():
        if st.button("", icon=":material/fullscreen_exit:" if is_full else ":material/arrow_back:", help="Back"):
            open_board(found.id if is_full else "")
        st.title(words.literal(found.name, 120), anchor=False, width="stretch")
    place = st.container(horizontal=True, gap="small")
    shown = board.draw(ws, found, may, arranges=session.board_mode == "arrange" and may.edit)
    if not is_full:
        with place:
            bar(found, shown)
    if not shown:
        st.caption("Nothing stands here yet. Add what was pinned, or a text.")


if session.board_id:
    opened()
else:
    with layout.column(width=WIDTH):
        listing()
