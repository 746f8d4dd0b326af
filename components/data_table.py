"""Draws tables: rows, the kinds of the columns, and the facts about them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from components import layout, words
from services.domain import ColumnProfile, Kind, Profile, Semantic

if TYPE_CHECKING:
    import pyarrow as pa
    from streamlit.delta_generator import DeltaGenerator
    from streamlit.typing import DataframeState

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
MISSING = "–"
FEW_ROWS = 9
"""Of which a grid is no higher than they are."""
LONG_NUMBER = 1_000
"""From here on a whole number is easier to read with its thousands apart."""
YEARS = (1500, 2199)
"""Whole numbers that all lie in here may be years, and a year has no thousands."""
FORMULA_START = r"^[=+\-@\t\r]"
SIGNED_NUMBER = r"^[+\-][\d.,]+%?$"
RUNS = r"^(?:[=@\t\r]|[+-].*[(|!])"
"""What a spreadsheet would run when it opens a CSV file; other signs stay as they are."""
UNSEEN = "\u2060"


def opened(arrow: bytes) -> pa.Table:
    """The table of an Arrow IPC stream."""
    import pyarrow.ipc

    return pyarrow.ipc.open_stream(arrow).read_all()


def csv(table: pa.Table) -> bytes:
    """The table as CSV in UTF-8. Text that a spreadsheet would run as a formula gets an apostrophe in front."""
    import pyarrow as pa
    import pyarrow.csv

    names = _defused(pa.chunked_array([pa.array(table.column_names, pa.string())])).to_pylist()
    columns = [_defused(column) if _is_text(column) else column for column in table.columns]
    target = pa.BufferOutputStream()
    pyarrow.csv.write_csv(pa.table(columns, names=names), target)
    return target.getvalue().to_pybytes()


def _is_text(column: pa.ChunkedArray) -> bool:
    import pyarrow as pa

    return pa.types.is_string(column.type) or pa.types.is_large_string(column.type)


def _defused(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = texts.cast(pa.string())
    starts = pc.match_substring_regex(texts, FORMULA_START)
    number = pc.match_substring_regex(texts, SIGNED_NUMBER)
    return pc.if_else(pc.and_not(starts, number), pc.binary_join_element_wise("'", texts, ""), texts)


def harmless(table: pa.Table) -> pa.Table:
    """The table for a grid. The toolbar of a grid lets one take it away as CSV: what a spreadsheet would run in there
    gets a character in front that nobody sees and that makes it a text."""
    import pyarrow as pa

    names: list[str] = []
    for name in table.column_names:
        safe = str(_disarmed(pa.chunked_array([[name]], pa.string()))[0])
        names.append(safe if safe not in names else UNSEEN * len(names) + safe)
    columns = [_disarmed(column) if _is_text(column) else column for column in table.columns]
    return pa.table(columns, names=names)


def _disarmed(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = texts.cast(pa.string())
    runs = pc.match_substring_regex(texts, RUNS)
    if not pc.any(runs).as_py():
        return texts
    return pc.if_else(runs, pc.binary_join_element_wise(UNSEEN, texts, ""), texts)


def rows(table: pa.Table, key: str, alt: str, height: int | str = "auto", codes: Collection[str] = ()) -> None:
    """Draws the rows as a grid. `codes` are columns whose numbers are names (years, identifiers): no separators."""
    _grid(table, key, alt, height, codes)


def choosing(table: pa.Table, key: str, alt: str, height: int, codes: Collection[str] = ()) -> str:
    """Draws the rows; the name of the column whose head was clicked, or "". Nothing is sorted in the browser."""
    tall: int | str = height if table.num_rows > FEW_ROWS else "auto"
    chosen = _grid(table, key, alt, tall, codes, on_select="rerun", selection_mode="single-column")
    names = dict(zip(harmless(table.slice(0, 0)).column_names, table.column_names, strict=True))
    return names.get(next(iter(chosen.selection.columns), ""), "")


def _grid(
    table: pa.Table, key: str, alt: str, height: int | str, codes: Collection[str], **options: Any
) -> DataframeState | DeltaGenerator:
    shown = harmless(table)
    config = {
        name: found
        for name, own, column in zip(shown.column_names, table.column_names, table.columns, strict=True)
        if (found := form(column, is_code=own in codes))
    }
    return st.dataframe(
        shown, hide_index=True, height=height, column_config=config, key=key, alt=alt, placeholder=MISSING, **options
    )


def form(column: pa.ChunkedArray, *, is_code: bool) -> Mapping[str, Any] | None:
    """How a column is written, where Streamlit's own way reads badly."""
    if _is_amount(column) and not is_code:
        return st.column_config.NumberColumn(format="localized")
    return st.column_config.DateColumn(format="YYYY-MM-DD") if _is_days(column) else None


def codes(profile: Profile) -> frozenset[str]:
    """The columns whose numbers are no amounts."""
    return frozenset(column.name for column in profile.columns if column.semantic.is_code)


def _is_amount(column: pa.ChunkedArray) -> bool:
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_floating(column.type):
        return True
    if not pa.types.is_integer(column.type) or column.null_count == len(column):
        return False
    low, high = pc.min_max(column).as_py().values()
    return max(-low, high) >= LONG_NUMBER and not (low >= YEARS[0] and high <= YEARS[1])


def _is_days(column: pa.ChunkedArray) -> bool:
    """Whether every moment in the column is a midnight: pandas has no dates without a time."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not pa.types.is_timestamp(column.type) or column.type.tz:
        return False
    return bool(pc.all(pc.equal(column, pc.floor_temporal(column, unit="day"))).as_py())


def pages(rows: int, per_page: int, key: str, reach: int | None = None) -> int:
    """Draws the page numbers and which rows are shown; the page, from 1, none of them past the first `reach` rows."""
    last = max(1, -(-min(rows, reach or rows) // per_page))
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
                words.badge(column.name, 28),
                icon=f":material/{ICONS[column.kind]}:",
                color="gray",
                help=words.literal(f"{KIND_WORDS[column.kind]}. {summary(column)}"),
            )
        if (more := len(columns) - SHOWN_KINDS) > 0:
            st.badge(f"\\+{more:,} more", color="gray")


def summary(column: ColumnProfile) -> str:
    """The facts of a column in a sentence."""
    parts = [words.count(column.distinct, "distinct value")]
    if within := span(column):
        parts.append(within)
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
            "Used as": [USES[c.semantic] for c in columns],
            "Missing": pa.array([c.missing / max(1, profile.rows) for c in columns], pa.float64()),
            "Distinct": [c.distinct for c in columns],
            "Range": [span(c) for c in columns],
            "Mean": pa.array([c.mean for c in columns], pa.float64()),
            "Most frequent": [", ".join(words.clean(entry.value) for entry in c.top[:3]) for c in columns],
        }
    )
    config = {
        "Column": st.column_config.TextColumn(pinned=True),
        "Missing": st.column_config.ProgressColumn(format="percent", min_value=0, max_value=1, width="small"),
        "Distinct": st.column_config.NumberColumn(format="localized"),
        "Mean": st.column_config.NumberColumn(format="localized"),
        "Most frequent": st.column_config.TextColumn(width="large"),
    }
    st.dataframe(
        harmless(table), hide_index=True, column_config=config, key=key, alt="Facts about each column", placeholder=""
    )


def span(column: ColumnProfile) -> str:
    """The lowest and the highest value, or "" where there are none."""
    if column.low is None or column.high is None:
        return ""
    if not column.kind.is_number or column.semantic.is_code:
        return f"{column.low} – {column.high}"
    number = int if column.kind is Kind.INTEGER else float
    return f"{words.number(number(column.low))} – {words.number(number(column.high))}"


USES = {
    Semantic.ID: "Identifier",
    Semantic.CATEGORY: "Category",
    Semantic.ORDINAL: "Ordered category",
    Semantic.COUNT: "Count",
    Semantic.MEASURE: "Measure",
    Semantic.CURRENCY: "Money",
    Semantic.PERCENT: "Percentage",
    Semantic.DURATION: "Duration",
    Semantic.DATE: "Date",
    Semantic.YEAR: "Year",
    Semantic.DATE_PART: "Part of a date",
    Semantic.COUNTRY: "Country",
    Semantic.REGION: "Region",
    Semantic.CITY: "City",
    Semantic.POSTCODE: "Postcode",
    Semantic.LATITUDE: "Latitude",
    Semantic.LONGITUDE: "Longitude",
    Semantic.EMAIL: "Email address",
    Semantic.PHONE: "Phone number",
    Semantic.URL: "Web address",
    Semantic.BOOLEAN: "Yes or no",
    Semantic.TEXT: "Free text",
}
