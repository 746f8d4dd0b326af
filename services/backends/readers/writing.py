"""Writes the result of a query as Parquet under the names a person knows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from services.backends.connection import text

GROUP_ROWS = 100_000
GROUP_CELLS = 2_000_000
NARROW = 200
"""Up to this many columns DuckDB writes the file, in parallel; beyond, its buffers outgrow the memory it may use."""


def group_rows(width: int) -> int:
    """Rows in a row group of a table of that many columns."""
    return max(2_048, min(GROUP_ROWS, GROUP_CELLS // max(width, 1)))


def write(
    connection: duckdb.DuckDBPyConnection, source: str, target: Path, names: Sequence[str], values: Sequence[str]
) -> None:
    """Writes the SQL `values` of the table `source` at `target` under `names` (Parquet, zstd)."""
    if is_plain(names):
        _copy(connection, source, target, names, values)
    else:
        _stream(connection, source, target, names, values)


def is_plain(names: Sequence[str]) -> bool:
    """Whether DuckDB can write the file."""
    return len({name.casefold() for name in names}) == len(names) <= NARROW


def _copy(
    connection: duckdb.DuckDBPyConnection, source: str, target: Path, names: Sequence[str], values: Sequence[str]
) -> None:
    chosen = ", ".join(f"{value} AS {_quoted(name)}" for value, name in zip(values, names, strict=True))
    connection.execute(
        f"COPY (SELECT {chosen} FROM {source}) TO {text(str(target))} "
        f"(FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false, ROW_GROUP_SIZE {group_rows(len(names))})"
    ).fetchall()


def _stream(
    connection: duckdb.DuckDBPyConnection, source: str, target: Path, names: Sequence[str], values: Sequence[str]
) -> None:
    """With pyarrow, since DuckDB renames columns whose names differ in case only."""
    rows = group_rows(len(names))
    chosen = ", ".join(f"{value} AS c{place}" for place, value in enumerate(values))
    batches = connection.sql(f"SELECT {chosen} FROM {source}").to_arrow_reader(rows)
    schema = pa.schema([pa.field(name, kind) for name, kind in zip(names, batches.schema.types, strict=True)])
    with pq.ParquetWriter(target, schema, compression="zstd") as writer:
        for batch in grouped(batches, rows):
            writer.write_table(batch.rename_columns(list(names)))


def grouped(batches: Iterator[pa.RecordBatch], rows: int) -> Iterator[pa.Table]:
    """The batches joined to tables of about that many rows."""
    held: list[pa.RecordBatch] = []
    for batch in batches:
        held.append(batch)
        if sum(part.num_rows for part in held) >= rows:
            yield pa.Table.from_batches(held)
            held = []
    if held:
        yield pa.Table.from_batches(held)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
