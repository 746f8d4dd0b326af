"""Draws pairs of rows that may be one thing written twice, and asks which to keep."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from components import words

if TYPE_CHECKING:
    import pyarrow as pa

PAIRS = 10
"""Pairs that are drawn at once."""
BOTH = "Keep both"

Fetch = Callable[[int], "pa.Table"]
"""The number of a row, from 1, in; a table of that row out."""


def show(pairs: Sequence[tuple[int, int]], fetch: Fetch, key: str) -> tuple[int, ...]:
    """Draws some of the pairs; the rows that are to go once a person says so."""
    first = 1
    if len(pairs) > PAIRS:
        label = f"From pair (of {len(pairs):,})"
        first = int(st.number_input(label, 1, len(pairs), 1, step=PAIRS, key=f"{key}-first", width=200))
    gone: list[int] = []
    for one, two in pairs[first - 1 : first - 1 + PAIRS]:
        _pair(one, two, fetch)
        ways = (BOTH, f"Keep row {one:,}", f"Keep row {two:,}")
        chosen = st.segmented_control(
            "Keep", ways, default=BOTH, key=f"{key}-{one}-{two}", label_visibility="collapsed"
        )
        if chosen in ways[1:]:
            gone.append(two if chosen == ways[1] else one)
    label = f"Try dropping {words.count(len(set(gone)), 'row')}" if gone else "Choose a row to keep"
    pressed = st.button(label, icon=":material/play_arrow:", disabled=not gone, key=f"{key}-drop")
    return tuple(sorted(set(gone))) if pressed else ()


def _pair(one: int, two: int, fetch: Fetch) -> None:
    """Both rows, the columns in which they differ first."""
    left, right = fetch(one).to_pylist()[0], fetch(two).to_pylist()[0]
    order = sorted(left, key=lambda name: left[name] == right.get(name))
    cells = {words.clean(name): [_shown(left[name]), _shown(right.get(name))] for name in order}
    st.dataframe({"Row": [f"{one:,}", f"{two:,}"], **cells}, hide_index=True, height="content")
    differing = sum(left[name] != right.get(name) for name in left)
    st.caption(f"They differ in {words.count(differing, 'column')}, shown first.")


def _shown(cell: object) -> str:
    return "" if cell is None else words.clean(str(cell))
