"""Cells as text for recognisers that are not SQL: some of every column, and those that match a pattern."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from services.backends.connection import text
from services.domain import Kind
from services.protocols import CellTexts

if TYPE_CHECKING:
    from services.backends.engine import Column, OpenTable

LOOKED_AT: Final = 20_000
"""Rows drawn by lot from which the distinct values of a column are taken; always the same ones."""
CELLS: Final = 60_000
"""Values taken of all columns together, at least `FEWEST` and at most `MOST` of each."""
FEWEST, MOST = 60, 300
CUT: Final = 4_000
"""Characters of a cell that are read."""
MATCHES: Final = 50


def take(table: OpenTable, pattern: str) -> Iterator[CellTexts]:
    """One record a column, in table order. `pattern` is an expression of RE2, DuckDB's."""
    columns = [column for column in table.columns if column.kind is not Kind.OTHER]
    if not columns:
        return
    table.connection.execute(
        f"CREATE OR REPLACE TEMP TABLE drawn AS SELECT {', '.join(column.sql for column in columns)} "
        f"FROM {table.source} USING SAMPLE reservoir({LOOKED_AT} ROWS) REPEATABLE (7)"
    )
    most = max(FEWEST, min(MOST, CELLS // len(columns)))
    for column in columns:
        values = _distinct(table, column, most)
        matching = _matching(table, column, pattern) if column.kind is Kind.TEXT else []
        yield CellTexts(name=column.name, kind=column.kind, values=tuple(values), matching=tuple(matching))


def _matching(table: OpenTable, column: Column, pattern: str) -> list[str]:
    found = f"FROM {table.source} WHERE regexp_matches({column.sql}, {text(pattern)})"
    return _fetch(table, f"SELECT {_cell(column)} AS cell {found} LIMIT {MATCHES}")


def _distinct(table: OpenTable, column: Column, most: int) -> list[str]:
    """By lot, and the same ones every time."""
    cells = f"(SELECT DISTINCT {_cell(column)} AS cell FROM drawn)"
    return _fetch(table, f"SELECT cell FROM {cells} WHERE trim(cell) <> '' ORDER BY hash(cell), cell LIMIT {most}")


def _fetch(table: OpenTable, query: str) -> list[str]:
    found: Sequence[tuple[str]] = table.connection.execute(query).fetchall()
    return [cell for (cell,) in found]


def _cell(column: Column) -> str:
    """The cell as text; whole decimal numbers without a point."""
    if column.kind is Kind.DECIMAL:
        whole = f"{column.sql} = trunc({column.sql}) AND abs({column.sql}) < 1e18"
        return f"CASE WHEN {whole} THEN {column.sql}::BIGINT::VARCHAR ELSE {column.sql}::VARCHAR END"
    return f"left({column.sql}::VARCHAR, {CUT})"
