"""The file of a version, put together from the Arrow streams that runs left: the same bytes for the same table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import types as kinds

from services.backends import fingerprint
from services.backends.readers.writing import group_rows
from services.errors import BadInput
from services.progress import QUIET
from services.protocols import Progress

SLICE_ROWS: Final = 500_000
STORED: Final[dict[str, pa.DataType]] = {
    "text": pa.string(),
    "integer": pa.int64(),
    "decimal": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "datetime": pa.timestamp("us"),
}
"""How a column of each kind is stored."""


@dataclass(frozen=True)
class Made:
    """A version's file before it is stored."""

    path: Path
    rows: int
    columns: tuple[str, ...]
    bytes: int
    digest: str
    """SHA-256 of what is in the table, whoever wrote its file."""


@dataclass
class _Column:
    """What the parts hold in one column."""

    wanted: pa.DataType | None
    seen: list[pa.DataType] = field(default_factory=list)
    fits: bool = True

    def look(self, values: pa.Array) -> None:
        """Notes the type, and whether the wanted one would hold the same values."""
        if kinds.is_null(values.type) or values.null_count == len(values):
            self.seen += [values.type] if values.type not in self.seen else []
            return
        if values.type not in self.seen:
            self.seen.append(values.type)
        self.fits = self.fits and self.wanted is not None and _holds(values, self.wanted)

    @property
    def settled(self) -> pa.DataType:
        """The type that is stored."""
        if self.wanted is not None and self.fits:
            return self.wanted
        types = [kind for kind in self.seen if not kinds.is_null(kind)]
        return _plain(_common(types)) if types else pa.string()


def degraded(path: Path) -> dict[str, pa.DataType]:
    """The columns that pandas cannot hold as they are stored, with their types: days, decimals, and what has gaps."""
    file = pq.ParquetFile(path)
    gaps = _gaps(file.metadata)
    return {
        column.name: column.type
        for column in file.schema_arrow
        if kinds.is_date(column.type)
        or kinds.is_decimal(column.type)
        or (_loses_to_gaps(column.type) and gaps.get(column.name, True))
    }


def slices(path: Path, folder: Path, most_bytes: int) -> Iterator[tuple[int, Path]]:
    """The table in pieces of about so many bytes, in order: the rows of each and an Arrow file in `folder`, which the
    next overwrites."""
    file, target = pq.ParquetFile(path), folder / "slice.arrow"
    batches = file.iter_batches(_slice_rows(file.metadata, most_bytes), use_threads=False)
    # A table without rows is one slice without rows: its columns count.
    empty = [pa.RecordBatch.from_pylist([], file.schema_arrow)]
    for batch in batches if file.metadata.num_rows else empty:
        with pa.OSFile(str(target), "wb") as sink, pa.ipc.new_file(sink, batch.schema) as writer:
            writer.write_batch(batch)
        yield batch.num_rows, target


def pick(path: Path, target: Path, columns: Sequence[str]) -> None:
    """Writes some columns of a Parquet file as one at `target`, in row groups of a bounded size."""
    file = pq.ParquetFile(path)
    schema = pa.schema([file.schema_arrow.field(name) for name in columns])
    with pq.ParquetWriter(target, schema, compression="zstd", compression_level=1) as writer:
        for batch in file.iter_batches(SLICE_ROWS, columns=list(columns), use_threads=False):
            writer.write_batch(batch.select(list(columns)))


def assemble(
    parts: Sequence[Path], target: Path, wanted: Mapping[str, pa.DataType], progress: Progress = QUIET
) -> Made:
    """Writes the rows of the parts, in order, as Parquet (zstd) at `target`.

    A column gets its `wanted` type where that holds every value unchanged, else the type the parts have in common.
    Row groups do not depend on how the rows were spread over the parts. Raises: BadInput, when there are no columns;
    Stopped.
    """
    names = _names(parts)
    columns = {name: _Column(wanted.get(name)) for name in names}
    for batch in _batches(parts):
        progress.check()
        for name, values in zip(names, batch.columns, strict=True):
            columns[name].look(values)
    schema = pa.schema([pa.field(name, column.settled) for name, column in columns.items()])
    rows, digest = _write(parts, target, schema, progress)
    return Made(target, rows, names, target.stat().st_size, digest)


def _write(parts: Sequence[Path], target: Path, schema: pa.Schema, progress: Progress) -> tuple[int, str]:
    """Writes the file; its rows, and the digest of what is in it."""
    size, rows, digest = group_rows(len(schema)), 0, fingerprint.empty(schema)
    with pq.ParquetWriter(target, schema, compression="zstd") as writer:
        groups = _groups((_cast(batch, schema) for batch in _batches(parts)), size)
        for group, so_far in fingerprint.of(schema, groups):
            progress.check()
            writer.write_table(group, row_group_size=size)
            rows, digest = rows + group.num_rows, so_far
    return rows, digest


def _groups(batches: Iterator[pa.RecordBatch], size: int) -> Iterator[pa.Table]:
    """Tables of exactly `size` rows, and one of the rest."""
    held: list[pa.RecordBatch] = []
    for batch in batches:
        start = 0
        while start < batch.num_rows:
            room = size - sum(part.num_rows for part in held)
            held.append(batch.slice(start, room))
            start += room
            if sum(part.num_rows for part in held) == size:
                yield pa.Table.from_batches(held).combine_chunks()
                held = []
    if held:
        yield pa.Table.from_batches(held).combine_chunks()


def _batches(parts: Sequence[Path]) -> Iterator[pa.RecordBatch]:
    for part in parts:
        with pa.memory_map(str(part)) as source, pa.ipc.open_stream(source) as reader:
            yield from reader


def _names(parts: Sequence[Path]) -> tuple[str, ...]:
    found = []
    for part in parts:
        with pa.memory_map(str(part)) as source, pa.ipc.open_stream(source) as reader:
            found.append(tuple(reader.schema.names))
    if not found or not found[0]:
        raise BadInput("The table would have no columns.", "Keep at least one.")
    if len(set(found)) > 1:
        raise BadInput("The step gives different columns for different rows.", "Use a step that treats all rows alike.")
    return found[0]


def _cast(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    columns = [values.cast(field.type, safe=False) for values, field in zip(batch.columns, schema, strict=True)]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _holds(values: pa.Array, kind: pa.DataType) -> bool:
    """Whether the values survive the way to the other type and back."""
    if values.type == kind:
        return True
    try:
        return bool(values.cast(kind).cast(values.type).equals(values))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return False


def _common(types: Sequence[pa.DataType]) -> pa.DataType:
    """One type for all; text where there is none."""
    try:
        schemas = [pa.schema([("x", kind)]) for kind in types]
        return pa.unify_schemas(schemas, promote_options="permissive").field(0).type
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return pa.string()


def _plain(kind: pa.DataType) -> pa.DataType:
    """The type as versions hold it: DuckDB has no durations of its own in Parquet, so they become seconds."""
    if kinds.is_large_string(kind) or kinds.is_string_view(kind):
        return pa.string()
    return pa.float64() if kinds.is_duration(kind) else kind


def _gaps(metadata: Any) -> dict[str, bool]:
    """Whether each column has missing values, as far as the file says."""
    gaps: dict[str, bool] = {}
    for group in range(metadata.num_row_groups):
        for place in range(metadata.num_columns):
            chunk = metadata.row_group(group).column(place)
            known = chunk.statistics is not None and chunk.statistics.has_null_count
            name = chunk.path_in_schema
            gaps[name] = gaps.get(name, False) or not known or chunk.statistics.null_count > 0
    return gaps


def _loses_to_gaps(kind: pa.DataType) -> bool:
    return bool(kinds.is_integer(kind) or kinds.is_boolean(kind) or kinds.is_time(kind))


def _slice_rows(metadata: Any, most_bytes: int) -> int:
    size = sum(metadata.row_group(group).total_byte_size for group in range(metadata.num_row_groups))
    each = max(1.0, size / max(1, metadata.num_rows), 8.0 * metadata.num_columns)
    return max(1, min(SLICE_ROWS, int(most_bytes / each)))
