"""The SHA-256 of what is in a table, whoever wrote its file: the same after an update of the libraries."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types as kinds


def of(schema: pa.Schema, groups: Iterable[pa.Table]) -> Iterator[tuple[pa.Table, str]]:
    """The row groups as they come, each with the digest of all so far."""
    digest = hashlib.sha256("\n".join(f"{field.name!r} {field.type}" for field in schema).encode())
    for group in groups:
        for column in group.columns:
            for piece in _bytes(column.combine_chunks()):
                digest.update(piece)
        yield group, digest.hexdigest()


def empty(schema: pa.Schema) -> str:
    """The digest of a table without rows."""
    [(_, digest)] = of(schema, [schema.empty_table()])
    return digest


def _bytes(values: pa.Array) -> Iterator[memoryview | bytes]:
    """Which cells are missing, and the others, in bytes that the type alone decides."""
    values = pa.concat_arrays([values.chunk(0)] if isinstance(values, pa.ChunkedArray) else [values])
    yield len(values).to_bytes(8, "little")
    yield np.packbits(values.is_valid().to_numpy(zero_copy_only=False)).tobytes()
    kind = values.type
    if kinds.is_string(kind) or kinds.is_binary(kind):
        yield from _texts(values.drop_null())
    elif kinds.is_boolean(kind):
        yield np.packbits(values.drop_null().to_numpy(zero_copy_only=False)).tobytes()
    elif kinds.is_primitive(kind) and kind.bit_width in (8, 16, 32, 64):
        present = values.drop_null()
        yield present.view(f"uint{kind.bit_width}").to_numpy().tobytes()
    else:
        yield repr(values.to_pylist()).encode("utf-8", "surrogatepass")


def _texts(values: pa.Array) -> Iterator[memoryview | bytes]:
    yield pc.binary_length(values).to_numpy(zero_copy_only=False).astype("<i4").tobytes()
    _, offsets, data = values.buffers()
    if len(values) and data is not None:
        ends = np.frombuffer(offsets, np.int32, len(values) + 1, values.offset * 4)
        yield memoryview(data)[int(ends[0]) : int(ends[-1])]
