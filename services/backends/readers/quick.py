"""Converts a clean text file in one pass: kinds are guessed from its beginning, and every later cell is checked.

The first cell that does not fit ends the attempt, and the file is read the thorough way; both give the same table.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from services.backends.connection import only_row, text
from services.backends.readers import columns, writing
from services.backends.readers.columns import Reading, Wishes

LEAST_BYTES = 4 * 1024 * 1024
"""Smaller files are read the thorough way: the second pass costs less than an attempt."""

CHUNK = 1024 * 1024


def can_read(path: Path, codec: str) -> bool:
    """Whether DuckDB can read the file as it is: UTF-8 with plain line ends, no zeros and no control characters."""
    if codec != "utf-8" or path.stat().st_size < LEAST_BYTES or any(mark in str(path) for mark in "*?["):
        return False
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            if b"\r" in chunk or b"\0" in chunk or (not chunk.isascii() and b"\xc2" in chunk):
                return False
    return True


def write(
    connection: duckdb.DuckDBPyConnection, source: str, target: Path, names: Mapping[int, str], wishes: Wishes
) -> list[Reading]:
    """Writes the table of texts `source` at `target`; the readings of its columns, none when some cell does not fit."""
    known = list(names.values())
    if not writing.is_plain(known):
        return []
    try:
        readings = columns.guess(connection, source, names, wishes)
        if readings:
            writing.write(connection, source, target, known, [reading.sql for reading in readings])
    except (duckdb.InvalidInputException, duckdb.ConversionException, duckdb.OutOfMemoryException):
        return []
    return readings


def rows(connection: duckdb.DuckDBPyConnection, target: Path, header: tuple[str, ...]) -> int:
    """The number of rows written; 0 when some of them are empty or repeat the header."""
    parquet = pq.ParquetFile(target)
    places = range(parquet.metadata.num_columns)
    if any(_missing(parquet, place) == 0 for place in places) and not _are_texts(parquet):
        return int(parquet.metadata.num_rows)
    cells = [columns.quoted(name) for name in parquet.schema_arrow.names]
    is_empty = f"coalesce({', '.join(f'{cell}::VARCHAR' for cell in cells)}) IS NULL"
    same = [f"{cell}::VARCHAR IS NOT DISTINCT FROM {text(name)}" for cell, name in zip(cells, header, strict=False)]
    odd = f"count(*) FILTER ({is_empty} OR ({' AND '.join(same) or 'false'}))"
    found, odd_ones = only_row(connection, f"SELECT count(*), {odd} FROM read_parquet({text(str(target))})")
    return 0 if odd_ones else int(found)


def _are_texts(parquet: pq.ParquetFile) -> bool:
    return all(str(kind) == "string" for kind in parquet.schema_arrow.types)


def _missing(parquet: pq.ParquetFile, place: int) -> int:
    """Missing values in a column; -1 where that is not known."""
    groups = [parquet.metadata.row_group(number).column(place) for number in range(parquet.metadata.num_row_groups)]
    known = [group.statistics.null_count for group in groups if group.statistics is not None]
    return sum(known) if len(known) == len(groups) and None not in known else -1
