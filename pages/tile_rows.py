"""The rows behind a tile: of the marks that were clicked on its chart, or those a person says."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial

import streamlit as st

from components import drill_view, layout, row_filter, shell, words
from components.session import session
from sandbox.messages import Figure
from services import datasets, drilling, rereading
from services.boards import Filter, Shown, Tile
from services.domain import Condition, Profile, View
from services.workspace import Workspace


def marked(ws: Workspace, shown: Sequence[Shown], filters: Sequence[Filter]) -> None:
    """Draws what was clicked on the charts of the tiles, and the way to the rows behind it."""
    for each in shown:
        for place, figure in enumerate(each.kept.outputs if each.kept else ()):
            points, areas = session.marks(f"tile-{each.tile.id}-{place}")
            if not isinstance(figure, Figure) or not (points or areas):
                continue
            profile = datasets.profile(ws, each.tile.version_id)
            view = drilling.behind(_chart(each), json.loads(figure.json_text), points, areas, profile)
            with layout.line():
                if view is None:
                    st.caption(":material/info: These marks stand for no rows of their own. Say which under “Rows”.")
                    continue
                told = drill_view.said(view.conditions, profile)
                st.caption(f":material/ads_click: {words.literal(each.tile.name, 80)}: {told}", width="content")
                if st.button("Show the rows", icon=":material/table_rows:", key=f"see-{each.tile.id}"):
                    _drawer(ws, each.tile, _limited(profile, filters, view.conditions))


@st.dialog("Rows behind a tile", width="large")
@shell.readable
def ask(ws: Workspace, shown: Sequence[Shown], filters: Sequence[Filter]) -> None:
    """Asks for a tile and conditions, and draws the rows behind it: for what cannot be clicked."""
    named = {each.tile.id: each for each in shown if each.tile.dataset_id and each.kept}
    if not named:
        st.caption("No tile here is made from a table.")
        return
    say = words.telling(named, lambda id: words.clean(named[id].tile.name)[:80])
    tile_id = st.selectbox("Tile", list(named), format_func=say)
    each = named[tile_id]
    profile = datasets.profile(ws, each.tile.version_id)
    names = drilling.columns(_chart(each)) or [column.name for column in profile.columns]
    picked = row_filter.show(profile, names, f"behind-{tile_id}", label="Rows where")
    _rows(ws, each.tile, _limited(profile, filters, picked))


def _chart(each: Shown) -> dict[str, object]:
    """The chart of the tile as data; one of no type where it is none."""
    asked = dict(each.kept.analysis) if each.kept else {}
    return asked if asked.get("kind") == "chart" else {"type": ""}


def _limited(profile: Profile, filters: Sequence[Filter], conditions: Sequence[Condition]) -> View:
    """The conditions together with the filters of the dashboard that reach the table."""
    tests = [
        test.model_dump(mode="json")
        for each in filters
        if each.is_set and (column := profile.column(each.column))
        for test in rereading.tests_of(column, each)
    ]
    return View(conditions=(*drilling.drawn({"where": tests}), *conditions))


def _drawer(ws: Workspace, tile: Tile, view: View) -> None:
    st.dialog("Rows behind the tile", width=drill_view.DRAWER, position="right")(_rows)(ws, tile, view)


@shell.readable
def _rows(ws: Workspace, tile: Tile, view: View) -> None:
    count = datasets.count(ws, tile.version_id, view)
    read = partial(datasets.view, ws, tile.version_id, view)
    drill_view.rows(view, datasets.profile(ws, tile.version_id), count, read, tile.id)
