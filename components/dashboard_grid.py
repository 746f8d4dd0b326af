"""Draws the tiles of a dashboard on twelve columns; on a phone they stand below each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from components import layout, takeaway, tile_view, words
from services.boards import COLUMNS, Shown

Tools = Callable[[Shown], None]
"""Draws what can be done with a tile."""


def rows(widths: Sequence[int]) -> list[list[int]]:
    """The places of the tiles, row by row: each row as full as it gets."""
    found: list[list[int]] = []
    room = 0
    for place, width in enumerate(widths):
        if not found or width > room:
            found.append([])
            room = COLUMNS
        found[-1].append(place)
        room -= width
    return found


def show(
    tiles: Sequence[Shown], tools: Tools | None = None, *, selects: bool = False, take: takeaway.Take | None = None
) -> None:
    """Draws the tiles; `tools` in the head of each; `take` makes files of what they show."""
    for row in rows([each.tile.width for each in tiles]):
        widths = [tiles[place].tile.width for place in row]
        rest = COLUMNS - sum(widths)
        for column, place in zip(st.columns([*widths, rest] if rest else widths), row, strict=False):
            with column:
                _tile(tiles[place], tools, take, selects=selects)


def _tile(shown: Shown, tools: Tools | None, take: takeaway.Take | None, *, selects: bool) -> None:
    tile = shown.tile
    if not tile.dataset_id:
        _text(shown, tools)
        return
    high = tile.height * tile_view.STEP + (40 if tools else 0)
    with st.container(border=True, height=high, key=f"board-tile-{tile.id}", gap="xsmall"):
        _head(shown, tools, take)
        if shown.problem:
            tile_view.problem(shown.problem, shown.hint)
        if shown.kept:
            tile_view.kept(tile, shown.kept, shown.number, selects=selects)
        elif not shown.problem:
            st.markdown(":shimmer[Being made]")
        for caveat in shown.kept.caveats if shown.kept else ():
            st.caption(f":material/info: {words.literal(caveat, 300)}")


def _text(shown: Shown, tools: Tools | None) -> None:
    with st.container(key=f"board-tile-{shown.tile.id}", border=tools is not None, gap="xsmall"):
        if tools:
            tools(shown)
        if shown.tile.name:
            st.markdown(f"**{words.literal(shown.tile.name, 120)}**")
        st.markdown(tile_view.text(shown.tile.text))


def _head(shown: Shown, tools: Tools | None, take: takeaway.Take | None) -> None:
    """The name, whether the data have moved on, and what no filter reaches."""
    if tools:
        tools(shown)
    with layout.line(gap="xsmall"):
        if shown.tile.name:
            st.markdown(f"**{words.literal(shown.tile.name, 120)}**", width="stretch")
        if shown.kept:
            tile_view.tables(shown.tile, shown.kept)
            if take:
                tile_view.take_away(shown.tile, shown.kept, take)
        if shown.is_stale:
            st.markdown(":orange[:material/update:]", width="content", help=words.literal(shown.reason, 400))
        if shown.tile.changes and not shown.tile.changes.is_none:
            tile_view.changes(shown.tile.changes)
    if shown.note:
        st.caption(f":material/filter_alt_off: {words.literal(shown.note, 200)}")
