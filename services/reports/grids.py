"""Tables as they are printed: every cell as text, the numbers of a column all written alike."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Final

import pyarrow as pa

from sandbox.messages import Table
from services.reports.document import Grid

MISSING: Final = "–"
MOST_ROWS: Final = 40
BESIDE_CHART: Final = 12
"""Rows of a table whose chart stands over it."""
MOST_COLUMNS: Final = 12
CELL_CHARS: Final = 200
SMALL: Final = 0.01
"""Columns with numbers smaller than this are written by significant digits."""
YEARS: Final = range(1500, 2200)


def grid(table: Table, codes: Collection[str] = (), most: int = MOST_ROWS, title: str = "") -> Grid:
    """The first rows of a result. Numbers in the columns `codes` are names: no thousands marks."""
    arrow = pa.ipc.open_stream(table.arrow).read_all()
    return of(arrow, codes, most, table.total_rows, title)


def of(arrow: pa.Table, codes: Collection[str] = (), most: int = MOST_ROWS, total: int = -1, title: str = "") -> Grid:
    """The first rows and columns of a table."""
    shown = arrow.select(range(min(arrow.num_columns, MOST_COLUMNS))).slice(0, most)
    columns = [_written(column.to_pylist(), column.type, name in codes) for name, column in _named(shown)]
    left_out = arrow.num_columns - shown.num_columns
    names = [*shown.column_names, *([f"… {left_out:,} more"] if left_out else [])]
    columns += [[""] * shown.num_rows] if left_out else []
    return Grid(
        columns=tuple(names),
        rows=tuple(zip(*columns, strict=True)) if columns else (),
        is_number=(*(_is_number(column.type) for column in shown.columns), *([False] if left_out else [])),
        total=max(total, arrow.num_rows),
        title=title,
    )


def number(value: float) -> str:
    """One number for a sentence or a card: whole ones in full, others with two decimals or three digits."""
    return _decimals([value])[0] if isinstance(value, float) else f"{value:,}"


def _named(table: pa.Table) -> list[tuple[str, pa.ChunkedArray]]:
    return list(zip(table.column_names, table.columns, strict=True))


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def _written(values: Sequence[Any], kind: pa.DataType, is_code: bool) -> list[str]:
    if pa.types.is_integer(kind):
        known = [value for value in values if value is not None]
        apart = not is_code and not (known and all(value in YEARS for value in known))
        return [MISSING if value is None else f"{value:,}" if apart else str(value) for value in values]
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return _decimals(values)
    if pa.types.is_timestamp(kind):
        return _moments(values)
    return [_text(value) for value in values]


def _decimals(values: Sequence[float | Decimal | None]) -> list[str]:
    known = [abs(float(value)) for value in values if value is not None and math.isfinite(value)]
    if all(value == int(value) for value in known):
        return [_finite(value, ",.0f") for value in values]
    is_small = any(0 < value < SMALL for value in known)
    return [_finite(value, ".3g" if is_small and abs(float(value or 0)) < 1 else ",.2f") for value in values]


def _finite(value: float | Decimal | None, form: str) -> str:
    if value is None or math.isnan(value):
        return MISSING
    if math.isinf(value):
        return "∞" if float(value) > 0 else "−∞"
    return format(value, form)


def _moments(values: Sequence[datetime | None]) -> list[str]:
    are_days = all(value is None or value.time() == time() for value in values)
    form = "%Y-%m-%d" if are_days else "%Y-%m-%d %H:%M"
    return [MISSING if value is None else value.strftime(form) for value in values]


def _text(value: Any) -> str:
    if value is None:
        return MISSING
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = value.isoformat() if isinstance(value, date | time) else str(value)
    text = " ".join(text.split())
    return text if len(text) <= CELL_CHARS else text[: CELL_CHARS - 1] + "…"
