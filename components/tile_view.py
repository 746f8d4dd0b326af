"""Draws what stands on a tile: a big number, charts, tables, texts; or why there is nothing."""

from __future__ import annotations

import json

import streamlit as st

from components import data_table, figure, notice, takeaway, words
from sandbox.messages import Figure, Image, Output, Table, Text, Value
from services.boards import Kept, Threshold, Tile
from services.freshness import Changes

STEP = 80
"""Pixels of one row of the grid."""
FRAME, NAME = 34, 30
"""Pixels around what a tile shows, and of the line with its name."""
LEAST = 120
SHOWN_ROWS = 1_000


def text(given: str) -> str:
    """Markdown for a text tile: “# ” begins a heading, “- ” a list item, and everything else stands as it is."""
    lines = []
    for line in words.clean(given).splitlines():
        for mark, markdown in (("# ", "### "), ("## ", "#### "), ("- ", "- ")):
            if line.startswith(mark):
                lines.append(markdown + words.literal(line[len(mark) :], 1_000))
                break
        else:
            lines.append(words.literal(line, 2_000) + "  " if line.strip() else "")
    return "\n".join(lines)


def kept(tile: Tile, shown: Kept, number: float | None, *, selects: bool = False) -> None:
    """Draws the outputs of an answer, as large as the tile is. `selects`: marks of its charts can be clicked."""
    room = tile.height * STEP - FRAME - (NAME if tile.name else 0)
    if number is not None and len(shown.outputs) == 1:
        value(tile, number)
        return
    if shown.text and not (number is not None and tile.height <= 2):
        st.text(words.clean(shown.text))
        room -= 60
    charts = [output for output in shown.outputs if isinstance(output, Figure)]
    drawn = charts or shown.outputs  # the tables beside a chart are behind a button
    for place, output in enumerate(shown.outputs):
        if output in drawn:
            high = max(LEAST, room if len(drawn) == 1 else room // 2)
            _output(tile, output, place, high, selects=selects)


def tables(tile: Tile, shown: Kept) -> None:
    """Draws a button behind which the tables of a tile are that shows charts."""
    found = [each for each in shown.outputs if isinstance(each, Table)]
    if not found or not any(isinstance(each, Figure) for each in shown.outputs):
        return
    with st.popover("", icon=":material/table:", type="tertiary", help="The numbers", key=f"numbers-{tile.id}"):
        for place, each in enumerate(found):
            rows = data_table.opened(each.arrow).slice(0, SHOWN_ROWS)
            data_table.rows(
                rows, f"numbers-{tile.id}-{place}", alt=words.clean(tile.name)[:200] or "Numbers", height=360
            )


def take_away(tile: Tile, shown: Kept, take: takeaway.Take) -> None:
    """Draws a button behind which the tables and charts of a tile are as files."""
    offered = [each for each in shown.outputs if isinstance(each, Figure | Table | Image)]
    if not offered:
        return
    place = st.popover("", icon=":material/download:", type="tertiary", help="Download", key=f"files-{tile.id}")
    with place:
        for number, each in enumerate(offered):
            takeaway.files(each, take, f"tile-{tile.id}-{number}")


def value(tile: Tile, number: float) -> None:
    """Draws the number as a headline, with what it was before, and red where it is beyond its threshold."""
    said = words.number(int(number) if number == int(number) else number)
    st.markdown(f"# :red[{said}]" if is_alarming(tile, number) else f"# {said}")
    if tile.threshold and is_alarming(tile, number):
        st.caption(f":red[:material/warning: {_beyond(tile.threshold)}]")


def is_alarming(tile: Tile, number: float | None) -> bool:
    """Whether the number is beyond the threshold of the tile."""
    return tile.threshold is not None and tile.threshold.is_crossed(number)


def _beyond(threshold: Threshold) -> str:
    return f"{threshold.test.capitalize()} {words.number(threshold.bound)}"


def changes(found: Changes) -> None:
    """Draws what the last update changed, number by number."""
    with st.popover(f"{words.count(found.total, 'change')}", icon=":material/compare_arrows:", type="tertiary"):
        for each in found.listed[:40]:
            st.markdown(f"{words.literal(each.place, 120)}: {_said(each.before)} → **{_said(each.after)}**")
        if found.total > 40:
            st.caption(f"and {found.total - 40:,} more")
        for note in found.notes:
            st.caption(words.literal(note, 200))


def _said(value: object) -> str:
    if value is None:
        return data_table.MISSING
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return words.literal(words.number(value) if is_number else str(value), 60)  # type: ignore[arg-type]


def problem(message: str, hint: str) -> None:
    """Why the tile shows nothing, or nothing new."""
    notice.problem(message, hint)


def _output(tile: Tile, output: Output, place: int, room: int, *, selects: bool) -> None:
    key, alt = f"tile-{tile.id}-{place}", words.clean(tile.name)[:200] or "Tile"
    match output:
        case Figure():
            figure.show(_untitled(output) if tile.name else output, key, alt=alt, height=room, selects=selects)
        case Table():
            table = data_table.opened(output.arrow).slice(0, SHOWN_ROWS)
            high = room if table.num_rows > data_table.FEW_ROWS else "auto"
            data_table.rows(table, key, alt=alt, height=high)
        case Value():
            _value(output)
        case Text():
            st.text(words.clean(output.text))
        case Image():
            st.image(output.png)


def _untitled(output: Figure) -> Figure:
    """The chart without its title: the tile has a name."""
    drawn = json.loads(output.json_text)
    drawn.get("layout", {}).pop("title", None)
    return output.model_copy(update={"json_text": json.dumps(drawn)})


def _value(output: Value) -> None:
    entries = output.value.items() if isinstance(output.value, dict) else [(output.name, output.value)]
    for name, entry in entries:
        said = words.number(entry) if isinstance(entry, int | float) and not isinstance(entry, bool) else str(entry)
        label = words.literal(name or "Result")
        st.metric(label, words.literal(said), label_visibility="visible" if name else "collapsed")
