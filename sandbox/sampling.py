"""How much of a table fits, and an even sample where not all of it does. Runs in the worker."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import types as kinds

SHARE: Final = 0.4
"""Share of the run's memory that a table may take: the rest is room to work."""
MARGIN: Final = 1.1
OVERHEAD_MB: Final = 16
"""What a run needs besides its tables; without the two, what was named as enough was sometimes not."""
BATCH: Final = 65_536
GROUPS: Final = 200
"""Row groups read for a sample, at most."""


class DoesNotFit(MemoryError):
    """A table that must be read whole is too large; `needs_mb` of memory would do."""

    def __init__(self, needs_mb: int) -> None:
        super().__init__(f"the whole table needs about {needs_mb:,} MB of memory")
        self.needs_mb = needs_mb


def parquet(
    file: pq.ParquetFile, columns: Sequence[str] | None, memory_mb: int, whole: bool = False
) -> tuple[pa.Table, int]:
    """The table, or an even sample of its rows where it is too large, and how many rows there are.

    Raises: DoesNotFit, instead of a sample, when the table must be `whole`.
    """
    rows = file.metadata.num_rows
    room, size = memory_mb * SHARE * 1024 * 1024, _size(file, columns)
    if size <= room:
        threads = rows >= 2_000_000
        return file.read(columns=columns, use_threads=threads, use_pandas_metadata=False), rows
    if whole:
        raise DoesNotFit(math.ceil(MARGIN * size / SHARE / 1024 / 1024) + OVERHEAD_MB)
    return _sample(file, columns, max(1, int(rows * room / size))), rows


def _size(file: pq.ParquetFile, columns: Sequence[str] | None) -> float:
    """Bytes of the columns in memory: eight for a number, else what the file says, but not less than twenty."""
    metadata, schema = file.metadata, file.schema_arrow
    packed = _packed(metadata)
    total = 0.0
    for field in schema:
        if columns is None or field.name in columns:
            written = packed.get(field.name, 0) / max(1, metadata.num_rows)
            each = 8.0 if kinds.is_primitive(field.type) else max(20.0, 8 + 1.5 * written)
            total += each * metadata.num_rows
    return total * 1.5


def _packed(metadata: Any) -> dict[str, int]:
    """Bytes of each column in the file before compression."""
    sizes: dict[str, int] = {}
    for group in range(metadata.num_row_groups):
        for place in range(metadata.num_columns):
            chunk = metadata.row_group(group).column(place)
            name = chunk.path_in_schema.split(".")[0]
            sizes[name] = sizes.get(name, 0) + chunk.total_uncompressed_size
    return sizes


def _sample(file: pq.ParquetFile, columns: Sequence[str] | None, wanted: int) -> pa.Table:
    """About so many rows, drawn evenly from row groups spread over the whole file."""
    count = file.metadata.num_row_groups
    chosen = [int(group) for group in np.unique(np.linspace(0, count - 1, min(count, GROUPS)).astype(int))]
    share = min(1.0, wanted / max(1, sum(file.metadata.row_group(group).num_rows for group in chosen)))
    rng = np.random.default_rng(0)
    parts = []
    for batch in file.iter_batches(BATCH, row_groups=chosen, columns=columns, use_threads=False):
        places = np.sort(rng.choice(batch.num_rows, max(1, round(batch.num_rows * share)), replace=False))
        parts.append(batch.take(pa.array(places, pa.int64())))
    return pa.Table.from_batches(parts)
