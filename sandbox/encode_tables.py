"""Tables as plain Arrow: no dictionaries, no extension types, no metadata, no compression. Runs in the worker."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import types as kinds

BATCH_CELLS: Final = 10_000_000
"""Rows times columns of one batch: the parent reads one after the other."""


def is_tabular(value: Any) -> bool:
    """Whether the value has rows: DataFrame, Series, Index or an array with one or two axes."""
    if isinstance(value, np.ndarray):
        return 1 <= value.ndim <= 2
    return isinstance(value, (pd.DataFrame, pd.Series, pd.Index, pd.api.extensions.ExtensionArray))


def tabulate(value: Any, rows: int) -> pd.DataFrame:
    """The first `rows` rows as a DataFrame; a named or non-integer index becomes the leading columns."""
    if isinstance(value, pd.Index):
        return _named(value[:rows].to_frame(index=False))
    if not isinstance(value, (pd.DataFrame, pd.Series)):
        value = pd.DataFrame(value[:rows]) if getattr(value, "ndim", 1) == 2 else pd.Series(value[:rows])
    top = value.iloc[:rows]
    frame = top.to_frame() if isinstance(top, pd.Series) else top
    if isinstance(top, pd.Series) and top.name is None:
        frame = frame.set_axis(["value"], axis=1)
    return _named(_with_index(frame))


def _with_index(frame: pd.DataFrame) -> pd.DataFrame:
    index = frame.index
    if index.nlevels == 1 and index.name is None and (index.dtype.kind in "iu" or len(index) == 0):
        return frame
    leading = [index.get_level_values(level) for level in range(index.nlevels)]
    names = [_label(part.name) if part.name is not None else "index" for part in leading]
    body = [frame.iloc[:, place] for place in range(frame.shape[1])]
    columns = [pd.Series(part, copy=False).set_axis(range(len(frame))) for part in leading]
    columns += [series.set_axis(range(len(frame))) for series in body]
    joined = pd.concat(columns, axis=1) if columns else frame
    return joined.set_axis(names + [_label(name) for name in frame.columns], axis=1)


def _named(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.set_axis(list(_unique(_label(name) for name in frame.columns)), axis=1)


def _label(name: Hashable) -> str:
    """A column's name as text; the parts of a compound name are joined with "_"."""
    if isinstance(name, tuple):
        return "_".join(text for part in name if (text := _label(part)))
    return str(name).encode("utf-8", "replace").decode()


def _unique(names: Iterable[str]) -> Iterable[str]:
    seen: dict[str, int] = {}
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        fresh = name if seen[name] == 1 else f"{name} ({seen[name]})"
        seen.setdefault(fresh, 1)
        yield fresh


def arrow_bytes(frame: pd.DataFrame) -> pa.Buffer:
    """The frame as one uncompressed Arrow IPC stream."""
    arrays = [_column(frame.iloc[:, place]) for place in range(frame.shape[1])]
    table = pa.table(arrays, names=list(frame.columns)) if arrays else pa.table({})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table.combine_chunks(), max_chunksize=max(1, BATCH_CELLS // max(1, table.num_columns)))
    return sink.getvalue()


def _column(series: pd.Series[Any]) -> pa.Array:
    if isinstance(series.dtype, (pd.PeriodDtype, pd.IntervalDtype)) or series.dtype.kind == "c":
        return _as_text(series)
    if isinstance(series.dtype, pd.CategoricalDtype):
        series = series.astype(series.dtype.categories.dtype if not series.isna().any() else "object")
    if isinstance(series.dtype, pd.SparseDtype):
        series = pd.Series(np.asarray(series), series.index)
    try:
        array = pa.array(series, from_pandas=True)
    except (pa.ArrowException, UnicodeError, OverflowError, TypeError, ValueError):
        return _as_text(series)
    return _plain(array, series)


def _plain(array: Any, series: pd.Series[Any]) -> pa.Array:
    kind = array.type
    if kinds.is_decimal(kind):
        return array.cast(pa.float64())
    if kind == pa.float16():
        return array.cast(pa.float32())
    if kinds.is_string(kind) or kinds.is_large_string(kind) or kinds.is_primitive(kind) or kinds.is_null(kind):
        return array
    return _as_text(series)


def _as_text(series: pd.Series[Any]) -> pa.Array:
    texts = [None if _is_missing(item) else _label_of(item) for item in series.tolist()]
    return pa.array(texts, pa.large_string())


def _is_missing(item: Any) -> bool:
    return item is None or item is pd.NaT or item is pd.NA or (isinstance(item, float) and item != item)


def _label_of(item: Any) -> str:
    text = bytes(item).decode("utf-8", "replace") if isinstance(item, (bytes, bytearray)) else str(item)
    return text.encode("utf-8", "replace").decode()
