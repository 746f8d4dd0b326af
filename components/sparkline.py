"""Small drawings of how values are spread, as SVG in the colour of the theme. Nothing in them but numbers."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from services.domain import ColumnProfile

WIDTH, HEIGHT = 240, 40
COLOUR = "#c2522f"
"""The theme's first colour, which can be seen on light and on dark."""
TOP = 12
LEAST = 1.2
"""Height, of the full one, of a bar that stands for a single row: else it could not be seen."""


def show(column: ColumnProfile) -> None:
    """Draws the histogram, or the most frequent values as bars; as much room where there is neither."""
    rows = bars(column)
    label = f"Rows by value, {len(rows)} bars, the highest {max(rows):,} rows" if rows else "No picture"
    st.image(svg(rows), width="stretch", alt=label)


def bars(column: ColumnProfile) -> tuple[int, ...]:
    """Rows of each bar."""
    if column.histogram:
        return column.histogram.rows
    repeats = column.distinct > 1 and column.top and column.top[0].rows > 1
    return tuple(entry.rows for entry in column.top[:TOP]) if repeats else ()


def svg(rows: Sequence[int]) -> str:
    """The bars as SVG, as wide as its place."""
    most, width = max(rows, default=0), WIDTH / max(1, len(rows))
    drawn = "".join(
        f'<rect x="{place * width:.2f}" y="{HEIGHT - height:.2f}" width="{width * 0.84:.2f}" height="{height:.2f}"/>'
        for place, number in enumerate(rows)
        if number and (height := max(LEAST, HEIGHT * number / most))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'fill="{COLOUR}">{drawn}</svg>'
    )
