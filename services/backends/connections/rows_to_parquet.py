"""Makes Parquet of the rows a database gave as CSV, with the types it told."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import duckdb

from services.backends.connection import connect, only_row, text
from services.backends.connections.postgresql import NULL, Column
from services.backends.readers import writing
from services.backends.readers.headers import name_columns
from services.domain import ReadReport
from services.errors import BadInput

MEMORY_MB: Final = 512
ENDLESS: Final = ("DATE", "TIMESTAMP")
"""Types that know "infinity", which no chart and no other format does."""
LINE_BYTES: Final = 16_000_000
"""Longest row; a buffer is twice as long."""


def write(rows: Path, columns: Sequence[Column], target: Path, work: Path) -> ReadReport:
    """Writes the rows at `target`. What does not fit its type ("infinity" as a date) is missing, and counted in a note.

    Raises: BadInput, when there are no rows.
    """
    names, told = name_columns([column.name for column in columns])
    source, values = _source(rows, len(columns)), [_value(place, column) for place, column in enumerate(columns)]
    with connect(memory_mb=MEMORY_MB, temp=work, files=(target,), folder=work) as connection:
        try:
            count, *lost = only_row(connection, f"SELECT count(*), {', '.join(_lost(values))} FROM {source}")
            if not count:
                raise BadInput("There are no rows.", "Check the table or the statement.")
            writing.write(connection, source, target, names, values)
        except duckdb.Error as error:
            raise BadInput(
                f"The rows cannot be kept: {str(error).splitlines()[0][:200]}",
                "Leave out very long texts.",
            ) from None
    notes = [
        f"{missing:,} values in “{name}” are no {column.type.lower()} and are missing."
        for missing, name, column in zip(lost, names, columns, strict=True)
        if missing
    ]
    return ReadReport(rows=count, columns=tuple(names), notes=(*told, *notes))


def _source(rows: Path, width: int) -> str:
    kinds = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(width))
    return (
        f"read_csv({text(str(rows))}, columns = {{{kinds}}}, header = false, auto_detect = false, delim = ',', "
        f"quote = '\"', escape = '\"', nullstr = {text(NULL)}, allow_quoted_nulls = false, parallel = false, "
        f"max_line_size = {LINE_BYTES}, buffer_size = {2 * LINE_BYTES})"
    )


def _value(place: int, column: Column) -> str:
    if column.type == "VARCHAR":
        return f"c{place}"
    value = f"TRY_CAST(c{place} AS {column.type})"
    return f"CASE WHEN isfinite({value}) THEN {value} END" if column.type in ENDLESS else value


def _lost(values: Sequence[str]) -> list[str]:
    """SQL that counts the values each type could not hold."""
    return [f"count(c{place}) - count({value})" for place, value in enumerate(values)]
