"""One dashboard: its filters, its tiles as they are made, and what was clicked on them."""

from __future__ import annotations

from functools import partial

import streamlit as st

from components import dashboard_grid, filter_bar, layout, shell, words
from components.session import session
from components.tile_tools import Act, Tools
from pages import tile_rows
from services import dashboards, jobs, takeaway, tiles
from services.boards import Dashboard, Filter, Rights, Shown
from services.errors import AppError
from services.workspace import Workspace


def draw(ws: Workspace, board: Dashboard, may: Rights, *, arranges: bool = False) -> list[Shown]:
    """Draws filters and tiles, starts what is not made yet, and does what is chosen; the tiles."""
    filters = _filters(ws, board, may)
    if may.run and filters is not None:
        tiles.run(ws, board.id, filters)
    shown = tiles.shown(ws, board.id, filters)
    if may.run and (live := tiles.under_way(ws, board.id)):
        _attend(ws, board.id, len(live), sum(bool(each.tile.dataset_id) for each in shown))
    tools = Tools() if arranges else None
    looks_behind = may.rows and not arranges
    take = partial(takeaway.file, ws) if may.pin else None
    dashboard_grid.show(shown, tools.show if tools else None, selects=looks_behind, take=take)
    if looks_behind:
        tile_rows.marked(ws, shown, filters or ())
    if tools and tools.act:
        _do(ws, tools.act)
    return shown


def chosen(board: Dashboard) -> tuple[Filter, ...]:
    """The filters in the address, else those the dashboard is set to."""
    given = filter_bar.parsed(session.filters)
    return board.filters if given is None else given


def _filters(ws: Workspace, board: Dashboard, may: Rights) -> tuple[Filter, ...] | None:
    """The filters as they are chosen; None where nothing may be chosen."""
    if not may.run:
        filter_bar.said(board.filters)
        return None
    before = chosen(board)
    if not (columns := tiles.columns(ws, board.id)):
        return before
    now = filter_bar.show(before, columns, board.id)
    if now != before:
        session.filter("" if now == board.filters else filter_bar.written(now))
        st.rerun()
    if may.edit and now != board.filters and filter_bar.keeps():
        dashboards.set_filters(ws, board.id, now)
        tiles.settle(ws, board.id)
        session.filter("")
        st.rerun()
    return now


@shell.fragment(run_every=0.7)
def _attend(ws: Workspace, dashboard_id: str, drawn: int, whole: int) -> None:
    """Draws how many tiles are made; the whole page again with each that is."""
    live = tiles.under_way(ws, dashboard_id)
    if len(live) < drawn:
        st.rerun()
    with layout.line():
        done = max(0, whole - len(live))
        st.progress(done / max(1, whole), text=f"{done} of {words.count(whole, 'tile')} made")
        if st.button("Stop", icon=":material/stop_circle:", type="tertiary", key=f"stop-board-{dashboard_id}"):
            for job in live:
                if job.created_by == ws.user.id:
                    jobs.stop(ws, job.id)


def _do(ws: Workspace, act: Act) -> None:
    """Does what was chosen with a tile, and draws the page again."""
    verbs = [
        (act.by != 0, partial(dashboards.move, ws, act.tile_id, act.by)),
        (act.size is not None, partial(dashboards.resize, ws, act.tile_id, *(act.size or (1, 1)))),
        (act.words is not None, partial(dashboards.retitle, ws, act.tile_id, *(act.words or ("", "")))),
        (act.watches, partial(dashboards.watch, ws, act.tile_id, act.threshold)),
        (act.removes, partial(dashboards.remove, ws, act.tile_id)),
    ]
    try:
        for is_meant, verb in verbs:
            if is_meant:
                verb()
    except AppError as error:
        st.toast(words.literal(str(error), 300), icon=":material/error:")
        return
    st.rerun()
