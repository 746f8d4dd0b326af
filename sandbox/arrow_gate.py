"""Arrow streams made by hostile code, read without touching a value before it is known to be sound.

Each rule is there because an attack needs it: compressed bodies expand without a cap (15 KB to 457 MB), and old
versions name a compression in places of their own; dictionary batches and extension types run code of their own, null
columns of 2 thousand million rows fit in 224 bytes, and wrong offsets crash the reader unless every batch is validated
in full first.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types as kinds

CELLS: Final = 50_000_000
"""Rows times columns that are accepted at all."""
NAME_CHARS: Final = 1_000
EXTENSION: Final = b"ARROW:extension:name"
"""Types that libraries have registered read their own settings, with code of their own, as soon as a schema is read."""
_VERSION_SLOT, _HEADER_SLOT, _METADATA_SLOT = 0, 2, 4
_VERSION: Final = 4
"""Messages of version 5, which counts from 0. Older ones have further ways to name a compression."""
_DAYS: Final = (-719_162, 2_932_896)
"""The years 1 to 9999: dates beyond raise errors wherever they are shown."""
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
    except BadArrow:
        raise
    except (pa.ArrowException, OSError, EOFError, struct.error, LookupError, TypeError, ValueError) as error:
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
    if EXTENSION in bytes(first.metadata):
        raise BadArrow("a column has a type that is not accepted")
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
    for field in schema:
        if kinds.is_timestamp(field.type) and field.type.tz is not None:
            _check_zone(field.type.tz)
    return pa.schema([pa.field(field.name, field.type) for field in schema])


def _check_zone(name: str) -> None:
    try:
        pa.lib.string_to_tzinfo(name)
    except (LookupError, ValueError, OSError, pa.ArrowException) as error:
        raise BadArrow(f"a time zone is unknown: {str(error)[:100]}") from None


def _batches(reader: Any, schema: pa.Schema, rows: int) -> Iterator[pa.RecordBatch]:
    left = rows
    while (message := _next(reader)) is not None:
        if message.type != "record batch" or not _is_plain(bytes(message.metadata)):
            raise BadArrow("only plain, uncompressed rows are accepted")
        batch = pa.ipc.read_record_batch(message, schema)
        left -= batch.num_rows
        if left < 0 or batch.num_rows * len(schema) > CELLS:
            raise BadArrow("the table has too many rows")
        batch.validate(full=True)
        if not all(_has_years(column) for column in batch.columns if kinds.is_date(column.type)):
            raise BadArrow("a date lies beyond the year 9999")
        yield batch


def _next(reader: Any) -> Any:
    try:
        return reader.read_next_message()
    except StopIteration:
        return None


def _has_years(dates: pa.Array) -> bool:
    """Whether every day, or thousandth of a second, has a year that Python knows."""
    is_day = kinds.is_date32(dates.type)
    found = pc.min_max(dates.view(pa.int32() if is_day else pa.int64())).as_py()
    step = 1 if is_day else 86_400_000
    low, high = found["min"], found["max"]
    return low is None or (_DAYS[0] * step <= low and high <= _DAYS[1] * step)


def _is_plain(metadata: bytes) -> bool:
    """Whether the flatbuffer of a record batch names no compression. Raises: struct.error, when it is cut."""
    (message,) = struct.unpack_from("<I", metadata, 0)
    version = _field(metadata, message, _VERSION_SLOT)
    if version is None or struct.unpack_from("<h", metadata, version) != (_VERSION,):
        return False
    if _field(metadata, message, _METADATA_SLOT) is not None:
        return False
    place = _field(metadata, message, _HEADER_SLOT)
    if place is None:
        raise BadArrow("a message without a header")
    (step,) = struct.unpack_from("<I", metadata, place)
    return _field(metadata, place + step, _COMPRESSION_SLOT) is None


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
