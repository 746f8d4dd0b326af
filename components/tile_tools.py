"""What can be done with a tile while a dashboard is arranged: move it, size it, name it, watch it, take it off."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from components import layout
from services.boards import COLUMNS, ROWS, Shown, Threshold, Tile

WIDTHS = {3: "¼", 4: "⅓", 6: "½", 8: "⅔", 9: "¾", 12: "Full"}


@dataclass(frozen=True)
class Act:
    """What is to be done with the tile."""

    tile_id: str
    by: int = 0
    size: tuple[int, int] | None = None
    words: tuple[str, str] | None = None
    """Its name and its text."""
    threshold: Threshold | None = None
    watches: bool = False
    """Whether `threshold` is meant, None too."""
    removes: bool = False


class Tools:
    """Draws the tools of every tile, and remembers what was chosen."""

    def __init__(self) -> None:
        self.act: Act | None = None

    def show(self, shown: Shown) -> None:
        """Draws the tools of one tile."""
        tile = shown.tile
        with layout.line(gap="xxsmall", horizontal_alignment="right"):
            if _icon("arrow_back", "Earlier", f"earlier-{tile.id}"):
                self.act = Act(tile.id, by=-1)
            if _icon("arrow_forward", "Later", f"later-{tile.id}"):
                self.act = Act(tile.id, by=1)
            with st.popover("", icon=":material/tune:", type="tertiary", key=f"tune-{tile.id}", help="Size and name"):
                self.act = _settings(tile, shown.number) or self.act
            if _icon("close", "Take off", f"remove-{tile.id}"):
                self.act = Act(tile.id, removes=True)


def _icon(name: str, tip: str, key: str) -> bool:
    return st.button("", icon=f":material/{name}:", help=tip, key=key, type="tertiary")


def _settings(tile: Tile, number: float | None) -> Act | None:
    act = _size(tile)
    name = st.text_input("Name", tile.name, max_chars=120, key=f"name-{tile.id}")
    text = tile.text
    if not tile.dataset_id:
        text = st.text_area(
            "Text", tile.text, max_chars=4_000, key=f"text-{tile.id}", help="“# ” begins a heading, “- ” a list item."
        )
    if st.button("Save", key=f"save-{tile.id}"):
        act = Act(tile.id, words=(name, text))
    return _watch(tile) or act if number is not None or tile.threshold else act


def _size(tile: Tile) -> Act | None:
    options = sorted({*WIDTHS, tile.width})
    width = st.segmented_control(
        "Width",
        options,
        default=tile.width,
        format_func=lambda each: WIDTHS.get(each, f"{each}/{COLUMNS}"),
        required=True,
        key=f"width-{tile.id}-{tile.width}",
    )
    height = st.slider("Height", 1, ROWS, tile.height, key=f"height-{tile.id}-{tile.height}")
    size = (int(width or tile.width), int(height))
    return Act(tile.id, size=size) if size != (tile.width, tile.height) else None


def _watch(tile: Tile) -> Act | None:
    """Draws from where on the value alarms."""
    at = tile.threshold
    with layout.line():
        tests = ("never", "over", "under")
        test = st.selectbox(
            "Alarm",
            tests,
            tests.index(at.test) if at else 0,
            width=110,
            key=f"test-{tile.id}",
            format_func=str.capitalize,
        )
        bound = st.number_input(
            "Bound", value=at.bound if at else 0.0, width=150, key=f"bound-{tile.id}", disabled=test == "never"
        )
    if not st.button("Set the alarm", key=f"watch-{tile.id}"):
        return None
    threshold = Threshold(test="over" if test == "over" else "under", bound=bound) if test != "never" else None
    return Act(tile.id, threshold=threshold, watches=True)
