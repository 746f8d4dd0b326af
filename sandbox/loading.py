"""Tables as DataFrames, from mapped files. Runs in the worker, after it has locked itself down.

Columns come as code written by hand expects them after `pd.read_csv`: text as `str`, whole numbers as `int64`, or
`float64` where values are missing (`Int64` where that would lose digits), true/false as `bool`, or `object` where
values are missing, dates and times as `datetime64`, decimals as `float64`.
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
from pyarrow import types as kinds

from sandbox import sampling
from sandbox.mapping import is_long, simple

Choose = Callable[[Sequence[str]], Sequence[str] | None]


class BadTable(ValueError):
    """The file is no table that can be read."""


def mapped(descriptor: int) -> Any:
    """The file's bytes as a private mapping: writes stay in this process. Closes the descriptor."""
    try:
        size = os.fstat(descriptor).st_size
        return mmap.mmap(descriptor, size, access=mmap.ACCESS_COPY) if size else b""
    finally:
        os.close(descriptor)


def load(
    content: Any, form: str, choose: Choose | None = None, memory_mb: int = 1 << 30, whole: bool = False
) -> tuple[pd.DataFrame, int]:
    """The DataFrame in a mapped file of the form "parquet", "arrow" or "csv", and the rows there are; the frame is a
    sample where all of them would not fit. `choose` gives the columns to load for the columns there are.

    Raises: BadTable; sampling.DoesNotFit, instead of a sample, when the table must be `whole`.
    """
    try:
        table, rows = _READERS[form](content, choose or _all, memory_mb, whole)
        return frame(table, content), rows
    except pa.ArrowMemoryError:
        raise MemoryError from None
    except pa.ArrowException as error:
        raise BadTable(f"the {form} table cannot be read: {error}") from None


def frame(table: pa.Table, content: Any = b"") -> pd.DataFrame:
    """The DataFrame of an Arrow table; columns of numbers and times without gaps stay where `content` holds them."""
    columns = [_as_array(simple(column), content) for column in table.columns]
    if not columns:
        return pd.DataFrame(index=pd.RangeIndex(table.num_rows))
    return pd.DataFrame(dict(enumerate(columns)), copy=False).set_axis(table.column_names, axis=1)


def _all(_: Sequence[str]) -> None:
    return None


def _parquet(content: Any, choose: Choose, memory_mb: int, whole: bool) -> tuple[pa.Table, int]:
    file = pq.ParquetFile(pa.BufferReader(pa.py_buffer(content)), pre_buffer=False)
    return sampling.parquet(file, choose(file.schema_arrow.names), memory_mb, whole)


def _arrow(content: Any, choose: Choose, *_: object) -> tuple[pa.Table, int]:
    table = pa.ipc.open_file(pa.py_buffer(content)).read_all()
    columns = choose(table.column_names)
    return table if columns is None else table.select(columns), table.num_rows


def _csv(content: Any, *_: object) -> tuple[pa.Table, int]:
    options = pa.csv.ConvertOptions(strings_can_be_null=True)
    read = pa.csv.ReadOptions(use_threads=False)
    table = pa.csv.read_csv(pa.BufferReader(pa.py_buffer(content)), convert_options=options, read_options=read)
    return table, table.num_rows


_READERS: Final[dict[str, Callable[..., tuple[pa.Table, int]]]] = {"parquet": _parquet, "arrow": _arrow, "csv": _csv}


def _as_array(column: pa.ChunkedArray, content: Any) -> Any:
    if column.num_chunks == 1 and column.null_count == 0 and (kind := _number_kind(column.type)) is not None:
        return _view(column.chunk(0), kind, content)
    mapper = {pa.int64(): pd.Int64Dtype(), pa.uint64(): pd.UInt64Dtype()}.get if is_long(column) else None
    options = {"use_threads": False, "zero_copy_only": False, "ignore_metadata": True, "types_mapper": mapper}
    return column.to_pandas(**options).array.copy()


def _number_kind(kind: pa.DataType) -> np.dtype[Any] | None:
    """The NumPy type with the same layout, if there is one."""
    if kinds.is_integer(kind) or kinds.is_floating(kind):
        number: np.dtype[Any] = np.dtype(kind.to_pandas_dtype())
        return number
    return np.dtype(f"M8[{kind.unit}]") if kinds.is_timestamp(kind) and kind.tz is None else None


def _view(array: pa.Array, kind: np.dtype[Any], content: Any) -> Any:
    """The numbers of an array without gaps: writable, and on the mapping itself where they lie in it."""
    data = array.buffers()[1]
    if data is None or len(array) == 0:
        return np.empty(0, kind)
    start = data.address - pa.py_buffer(content).address + array.offset * kind.itemsize
    if start >= 0 and start + len(array) * kind.itemsize <= len(content):
        return np.frombuffer(content, kind, len(array), start)
    return np.frombuffer(data, kind, len(array), array.offset * kind.itemsize).copy()
