"""Reads Parquet, Feather and Arrow files with pyarrow, batch by batch.

Kinds are those the file declares. What would not show as a cell becomes one: structs become columns with dotted names,
lists and maps JSON texts, bytes text.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePath

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import feather

from services.backends.readers import failures, headers, writing
from services.backends.readers.found import File, no_rows
from services.errors import BadInput
from services.sources import ReadReport, TableInFile

BATCH_CELLS = 1_000_000
DEPTH = 20
EXACT_DIGITS = 15
KINDS = ((b"PAR1", "Parquet"), (b"ARROW1", "Arrow"), (b"FEA1", "Feather"))


def tables(file: File) -> list[TableInFile]:
    """The one table in the file. Raises: BadInput."""
    with _plain_errors(file):
        names, rows, _ = _open(file, ())
    return [TableInFile(name=PurePath(file.name).stem or file.name, rows=rows, columns=len(names))]


def read(file: File, target: Path, table: str) -> ReadReport:
    """Raises: BadInput."""
    del table
    with _plain_errors(file):
        names, _, _ = _open(file, ())
        offered = tuple(names) if len(set(names)) == len(names) and all(names) else ()
        _, _, batches = _open(file, _wanted(file, offered))
        return _write(file, target, batches).model_copy(update={"offered": offered})


def _wanted(file: File, offered: Sequence[str]) -> list[str]:
    """The columns a person wants, in the order of the file; none for all. Raises: BadInput, when some are not there."""
    lost = [name for name in file.options.only if name not in offered]
    if lost:
        raise BadInput(
            f"“{file.name}” has no column “{lost[0][:80]}” that could be read alone.", "Choose the columns again."
        )
    chosen = set(file.options.only)
    return [name for name in offered if name in chosen]


def _write(file: File, target: Path, batches: Iterator[pa.RecordBatch]) -> ReadReport:
    rows, notes, writer, is_part = 0, set[str](), None, False
    names: tuple[str, ...] = ()
    try:
        for batch in batches:
            batch.validate(full=True)
            flat = _flattened(pa.Table.from_batches([batch]))
            if writer is None:
                file.check_width(flat.num_columns)
                names, told = headers.name_columns(flat.column_names)
                notes.update(told)
            columns = [_plain(column, notes, file.typed) for column in flat.columns]
            made = pa.table(columns, names=list(names)) if columns else flat
            writer = writer or pq.ParquetWriter(target, made.schema, compression="zstd")
            writer.write_table(made.cast(writer.schema), row_group_size=writing.group_rows(len(names)))
            rows += made.num_rows
            if is_part := file.is_enough(rows):
                break
    finally:
        if writer is not None:
            writer.close()
    if not rows or not names:
        raise no_rows(file.name, PurePath(file.name).stem, tuple(names))
    return ReadReport(
        rows=rows, columns=tuple(names), notes=tuple(sorted(notes)), options=file.options, is_part=is_part
    )


def _open(file: File, only: Sequence[str]) -> tuple[Sequence[str], int | None, Iterator[pa.RecordBatch]]:
    """Names of all columns, rows where they are known, and the batches, with `only` some of the columns."""
    with file.path.open("rb") as head:
        start = head.read(8)
    if start.startswith(b"PAR1"):
        parquet = pq.ParquetFile(file.path)
        schema = parquet.schema_arrow
        size = max(1024, BATCH_CELLS // max(1, len(only) or len(schema)))
        return schema.names, parquet.metadata.num_rows, parquet.iter_batches(size, columns=_leaves(parquet, only))
    if start.startswith(b"FEA1"):
        table = feather.read_table(file.path, memory_map=False)
        return table.column_names, table.num_rows, _cut(table.to_batches(), only)
    if start.startswith(b"ARROW1"):
        reader = pa.ipc.open_file(pa.OSFile(str(file.path)))
        batches = (reader.get_batch(place) for place in range(reader.num_record_batches))
        return reader.schema.names, None, _cut(batches, only)
    stream = pa.ipc.open_stream(pa.OSFile(str(file.path)))
    return stream.schema.names, None, _cut(stream, only)


def _cut(batches: Iterable[pa.RecordBatch], only: Sequence[str]) -> Iterator[pa.RecordBatch]:
    return (batch.select(list(only)) if only else batch for batch in batches)


def _leaves(parquet: pq.ParquetFile, only: Sequence[str]) -> list[str] | None:
    """What pyarrow calls the columns: "a" is all within "a", but also the first of a column that is called "a.b"."""
    if not only:
        return None
    inner = [name for name in parquet.schema_arrow.names for other in only if name.startswith(f"{other}.")]
    if inner:
        raise BadInput(f"The columns “{inner[0][:80]}” and the one before its dot cannot be told apart.", "Read all.")
    return list(only)


def _flattened(table: pa.Table) -> pa.Table:
    """Structs opened up, as far as they are not nested beyond reason; what has no fields goes."""
    for _ in range(DEPTH):
        if not any(pa.types.is_struct(kind) for kind in table.schema.types):
            return table
        hollow = [f.name for f in table.schema if pa.types.is_struct(f.type) and f.type.num_fields == 0]
        table = table.drop_columns(hollow).flatten() if hollow else table.flatten()
    return table


def _plain(column: pa.ChunkedArray, notes: set[str], typed: bool) -> pa.Array:
    """The column in a type that every part of the product can show."""
    column = column.combine_chunks()
    column = column.chunk(0) if isinstance(column, pa.ChunkedArray) else column
    if isinstance(column, pa.ExtensionArray):
        column = column.storage
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    made = _converted(column, notes)
    return made if typed or pa.types.is_string(made.type) else _texts(made)


def _converted(column: pa.Array, notes: set[str]) -> pa.Array:
    kind = column.type
    if pa.types.is_null(kind):
        return pa.nulls(len(column), pa.string())
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        return _from_bytes(column)
    if pa.types.is_decimal(kind) and kind.precision <= EXACT_DIGITS:
        return column.cast(pa.float64())
    if pa.types.is_float16(kind):
        return column.cast(pa.float32())
    if pa.types.is_duration(kind):
        notes.add("Durations are in seconds.")
        return pc.divide(column.cast(pa.int64()).cast(pa.float64()), _per_second(kind.unit))
    if pa.types.is_timestamp(kind):
        return _moments(column, notes)
    if pa.types.is_date64(kind):
        return column.cast(pa.date32())
    if pa.types.is_time(kind):
        return column.cast(pa.time64("us"), safe=False)
    if _is_simple(kind):
        return column
    return _texts(column)


def _is_simple(kind: pa.DataType) -> bool:
    tests = (pa.types.is_integer, pa.types.is_floating, pa.types.is_boolean, pa.types.is_string, pa.types.is_date,
             pa.types.is_decimal)  # fmt: skip
    return any(test(kind) for test in tests)


def _per_second(unit: str) -> float:
    return {"s": 1.0, "ms": 1e3, "us": 1e6, "ns": 1e9}[unit]


def _moments(column: pa.Array, notes: set[str]) -> pa.Array:
    """Times without a zone, in UTC where they had one, to the microsecond."""
    if column.type.tz:
        notes.add("Times that had a time zone are in UTC.")
    return column.cast(pa.timestamp(column.type.unit)).cast(pa.timestamp("us"), safe=False)


def _from_bytes(column: pa.Array) -> pa.Array:
    """Bytes as text, or as hexadecimal digits where some are no text."""
    try:
        return column.cast(pa.binary()).cast(pa.string())
    except pa.ArrowInvalid:
        return pa.array([None if cell is None else cell.hex() for cell in column.to_pylist()], pa.string())


def _texts(column: pa.Array) -> pa.Array:
    """Texts of any cells; JSON for lists and maps."""
    if not pa.types.is_nested(column.type):
        try:
            return column.cast(pa.string())
        except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
            return pa.array([None if cell is None else str(cell) for cell in column.to_pylist()], pa.string())
    cells = column.to_pylist()
    return pa.array(
        [None if c is None else json.dumps(c, ensure_ascii=False, default=_shown) for c in cells], pa.string()
    )


def _shown(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)


@contextmanager
def _plain_errors(file: File) -> Iterator[None]:
    try:
        yield
    except (pa.ArrowException, OSError, ValueError, OverflowError, KeyError, TypeError, IndexError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        with file.path.open("rb") as head:
            start = head.read(8)
        kind = next((name for magic, name in KINDS if start.startswith(magic)), "Arrow")
        raise BadInput(
            f"“{file.name}” is damaged: it could not be read as a {kind} file ({failures.reason(error)}).",
            "Write the file again, or save the table as CSV.",
        ) from error
