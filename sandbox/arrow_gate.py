"""Arrow streams made by hostile code, read without touching a value before it is known to be sound.

Each rule is there because an attack needs it: compressed bodies expand without a cap (15 KB to 457 MB), dictionary
batches and extension types run code of their own, null columns of 2 thousand million rows fit in 224 bytes, and
wrong offsets crash the reader unless every batch is validated in full first.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
from pyarrow import types as kinds

CELLS: Final = 50_000_000
"""Rows times columns that are accepted at all."""
NAME_CHARS: Final = 1_000
_HEADER_SLOT: Final = 2
_COMPRESSION_SLOT: Final = 3
_ALLOWED: Final = (
    kinds.is_null,
    kinds.is_boolean,
    kinds.is_integer,
    kinds.is_floating,
    kinds.is_string,
    kinds.is_large_string,
    kinds.is_timestamp,
    kinds.is_date,
    kinds.is_time,
    kinds.is_duration,
)


class BadArrow(ValueError):
    """The stream breaks a rule."""


def check(data: memoryview, rows: int, columns: int) -> pa.Table:
    """The table in the stream, without metadata, on the caller's bytes. Raises: BadArrow."""
    try:
        return _table(data, rows, columns)
    except (pa.ArrowException, OSError, EOFError, struct.error, UnicodeError) as error:
        raise BadArrow(f"the table is malformed: {str(error)[:100]}") from None


def serialise(table: pa.Table) -> bytes:
    """The table as a fresh, uncompressed Arrow IPC stream."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def write(table: pa.Table, target: Path) -> bytes:
    """Writes the table as an uncompressed Arrow IPC stream, batch by batch; gives no bytes."""
    with pa.OSFile(str(target), "wb") as sink, pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return b""


def _table(data: memoryview, rows: int, columns: int) -> pa.Table:
    reader = pa.ipc.MessageReader.open_stream(pa.py_buffer(data))
    first = _next(reader)
    if first is None or first.type != "schema":
        raise BadArrow("the table has no schema")
    schema = _schema(pa.ipc.read_schema(first), columns)
    batches = list(_batches(reader, schema, rows))
    return pa.Table.from_batches(batches, schema).replace_schema_metadata(None)


def _schema(schema: pa.Schema, columns: int) -> pa.Schema:
    if len(schema) > columns:
        raise BadArrow("the table has too many columns")
    if len(set(schema.names)) != len(schema) or any(len(name) > NAME_CHARS for name in schema.names):
        raise BadArrow("column names must be unique and short")
    if not all(any(test(field.type) for test in _ALLOWED) for field in schema):
        raise BadArrow("a column has a type that is not accepted")
    return pa.schema([pa.field(field.name, field.type) for field in schema])


def _batches(reader: Any, schema: pa.Schema, rows: int) -> Iterator[pa.RecordBatch]:
    left = rows
    while (message := _next(reader)) is not None:
        if message.type != "record batch" or _is_compressed(bytes(message.metadata)):
            raise BadArrow("only plain, uncompressed rows are accepted")
        batch = pa.ipc.read_record_batch(message, schema)
        left -= batch.num_rows
        if left < 0 or batch.num_rows * len(schema) > CELLS:
            raise BadArrow("the table has too many rows")
        batch.validate(full=True)
        yield batch


def _next(reader: Any) -> Any:
    try:
        return reader.read_next_message()
    except StopIteration:
        return None


def _is_compressed(metadata: bytes) -> bool:
    """Whether the flatbuffer of a record batch names a compression. Raises: struct.error, when it is cut."""
    (message,) = struct.unpack_from("<I", metadata, 0)
    place = _field(metadata, message, _HEADER_SLOT)
    if place is None:
        raise BadArrow("a message without a header")
    (step,) = struct.unpack_from("<I", metadata, place)
    return _field(metadata, place + step, _COMPRESSION_SLOT) is not None


def _field(data: bytes, table: int, slot: int) -> int | None:
    """Where a field of a flatbuffer table lies, or None when it is absent."""
    (back,) = struct.unpack_from("<i", data, table)
    start = table - back
    if start < 0:
        raise BadArrow("a message with a wrong offset")
    (size,) = struct.unpack_from("<H", data, start)
    if 4 + 2 * slot + 2 > size:
        return None
    (offset,) = struct.unpack_from("<H", data, start + 4 + 2 * slot)
    return table + offset if offset else None
