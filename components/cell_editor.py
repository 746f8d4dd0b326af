"""Draws a part of the table whose cells can be typed over; gives that as a step."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import streamlit as st

from components import words

if TYPE_CHECKING:
    import pyarrow as pa

ROWS = 100
CHARS = 200


def first(rows: int) -> int:
    """The number of the first row that is shown, from 1."""
    if rows <= ROWS:
        return 1
    return int(st.number_input(f"From row (of {rows:,})", 1, rows, 1, step=ROWS, key="cells-first", width=200))


def show(page: pa.Table, first: int, version_id: str) -> dict[str, Any] | None:
    """Draws the rows; the step that types over what was changed, or None."""
    shown = {f"c{place}": [_shown(cell) for cell in column.to_pylist()] for place, column in enumerate(page.columns)}
    titles = {f"c{place}": words.clean(name)[:CHARS] for place, name in enumerate(page.column_names)}
    key = f"cells-{version_id}-{first}"
    edited = st.data_editor(shown, hide_index=True, num_rows="fixed", column_config=titles, key=key)
    edits = [
        {"row": first + row, "column": page.column_names[place], "value": _given(after)}
        for place, name in enumerate(shown)
        for row, (before, after) in enumerate(zip(shown[name], edited[name], strict=True))
        if not _same(before, after)
    ]
    st.caption(f"{words.count(len(edits), 'cell')} typed over." if edits else "Type over a cell: that becomes a step.")
    return {"kind": "edit_cells", "edits": edits} if edits else None


def _shown(cell: Any) -> Any:
    return cell if cell is None or isinstance(cell, str | int | float | bool | date | datetime) else str(cell)


def _given(cell: Any) -> Any:
    """The cell as a step keeps it."""
    if cell is None or cell != cell:
        return None
    return cell.isoformat() if isinstance(cell, date | datetime) else cell


def _same(before: Any, after: Any) -> bool:
    missing = [each is None or each != each for each in (before, after)]
    return all(missing) or (not any(missing) and _given(before) == _given(after))
