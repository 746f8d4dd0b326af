"""Draws tables: rows, the kinds of the columns, and the facts about them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from components import layout, words
from services.domain import ColumnProfile, Kind, Profile, Semantic

if TYPE_CHECKING:
    import pyarrow as pa

ICONS = {
    Kind.INTEGER: "tag",
    Kind.DECIMAL: "decimal_increase",
    Kind.TEXT: "notes",
    Kind.BOOLEAN: "check_box",
    Kind.DATE: "calendar_month",
    Kind.DATETIME: "schedule",
    Kind.TIME: "timer",
    Kind.OTHER: "data_object",
}
KIND_WORDS = {
    Kind.INTEGER: "Whole number",
    Kind.DECIMAL: "Decimal number",
    Kind.TEXT: "Text",
    Kind.BOOLEAN: "Yes or no",
    Kind.DATE: "Date",
    Kind.DATETIME: "Date and time",
    Kind.TIME: "Time of day",
    Kind.OTHER: "Other",
}
SHOWN_KINDS = 14
PREVIEW_HEIGHT = 248


def opened(arrow: bytes) -> pa.Table:
    """The table of an Arrow IPC stream."""
    import pyarrow.ipc

    return pyarrow.ipc.open_stream(arrow).read_all()


def csv(table: pa.Table) -> bytes:
    """The table as CSV in UTF-8."""
    import pyarrow as pa
    import pyarrow.csv

    target = pa.BufferOutputStream()
    pyarrow.csv.write_csv(table, target)
    return target.getvalue().to_pybytes()


def rows(table: pa.Table, key: str, alt: str, height: int | str = "auto") -> None:
    """Draws the rows as a grid."""
    st.dataframe(table, hide_index=True, height=height, key=key, alt=alt)


def pages(rows: int, per_page: int, key: str) -> int:
    """Draws the page numbers and which rows are shown; the page, from 1."""
    last = max(1, -(-rows // per_page))
    with layout.line(horizontal_alignment="distribute"):
        place = st.empty()
        page = st.pagination(last, key=key) if last > 1 else 1
        first = (page - 1) * per_page
        place.caption(f"Rows {min(first + 1, rows):,}–{min(first + per_page, rows):,} of {rows:,}", width="content")
    return page


def kinds(columns: Sequence[ColumnProfile]) -> None:
    """One chip per column: its kind as an icon, its name, and its facts on hover."""
    with st.container(horizontal=True, gap="xsmall"):
        for column in columns[:SHOWN_KINDS]:
            st.badge(
                words.literal(column.name, 28),
                icon=f":material/{ICONS[column.kind]}:",
                color="gray",
                help=words.literal(f"{KIND_WORDS[column.kind]}. {summary(column)}"),
            )
        if (more := len(columns) - SHOWN_KINDS) > 0:
            st.badge(f"\\+{more:,} more", color="gray")


def summary(column: ColumnProfile) -> str:
    """The facts of a column in a sentence."""
    parts = [words.count(column.distinct, "distinct value")]
    if column.low is not None and column.high is not None:
        parts.append(f"from {column.low} to {column.high}")
    elif column.top:
        parts.append("mostly " + ", ".join(entry.value for entry in column.top[:3]))
    if column.missing:
        parts.append(f"{column.missing:,} missing")
    return ", ".join(parts)


def facts(profile: Profile, key: str) -> None:
    """One row per column of the dataset: kind, missing, distinct, range, mean and the most frequent values."""
    import pyarrow as pa

    columns = profile.columns
    table = pa.table(
        {
            "Column": [words.clean(c.name) for c in columns],
            "Kind": [KIND_WORDS[c.kind] for c in columns],
            "Used as": [_USES[c.semantic] for c in columns],
            "Missing": pa.array([c.missing / max(1, profile.rows) for c in columns], pa.float64()),
            "Distinct": [c.distinct for c in columns],
            "Lowest": pa.array([c.low for c in columns], pa.string()),
            "Highest": pa.array([c.high for c in columns], pa.string()),
            "Mean": pa.array([c.mean for c in columns], pa.float64()),
            "Most frequent": [", ".join(words.clean(entry.value) for entry in c.top[:3]) for c in columns],
        }
    )
    config = {
        "Column": st.column_config.TextColumn(pinned=True),
        "Missing": st.column_config.ProgressColumn(format="percent", min_value=0, max_value=1),
    }
    st.dataframe(table, hide_index=True, column_config=config, key=key, alt="Facts about each column")


_USES = {
    Semantic.ID: "Identifier",
    Semantic.CATEGORY: "Category",
    Semantic.MEASURE: "Measure",
    Semantic.DATE: "Date",
    Semantic.YEAR: "Year",
    Semantic.BOOLEAN: "Yes or no",
    Semantic.TEXT: "Free text",
}
