"""Dashboards: pins and texts on a grid, under filters, kept up to date; and the list of all pins."""

from functools import partial

import streamlit as st

from components import dashboard_list, layout, shell, words
from components.session import session
from pages import board, board_dialogs, pinned, report_offer, share_dialog, tile_rows
from services import dashboards, report_shelf, tiles
from services.boards import Dashboard, Shown
from services.domain import ObjectKind

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
            ask = {"rename": rename_board, "delete": partial(board_dialogs.delete, ws)}
            ask[choice.act](choice.dashboard)
    if may.pin:
        pinned.show(ws)


def open_board(dashboard_id: str, mode: str = "") -> None:
    """Opens a dashboard."""
    session.go_to_board(dashboard_id, mode)
    st.rerun()


def rename_board(opened: Dashboard) -> None:
    """Asks for another name."""
    board_dialogs.rename(opened.name, partial(dashboards.rename, ws, opened.id))


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
    if shown:
        report_offer.one_click(ws, lambda ws: report_shelf.from_dashboard(ws, opened.id))
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
