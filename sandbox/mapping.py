"""Uncompressed Arrow files beside large Parquet tables, which runs map into memory instead of copying.

They are made on first use, in a locked-down run, and thrown away, least recently used first, beyond a size.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import types as kinds

from sandbox.queue import Cancelled

NAME: Final = "table.arrow"
WORTH_BYTES: Final = 4 * 1024 * 1024
"""Smaller Parquet files are read about as quickly as mapped ones."""
EXACT: Final = 2**53
"""The longest whole number of which a decimal in memory holds every digit."""
CODE: Final = "import sandbox.mapping\nresult = sandbox.mapping.convert(df, scratch)"
"""What is run, under the grant `read`, to make a mapped file."""
Make = Callable[[Path, Path], bool]
PATIENCE: Final = 0.2
"""Seconds between two looks whether whoever waits for a copy was stopped."""


class Cache:
    """Mapped files by the Parquet files they were made from. Thread-safe."""

    def __init__(self, folder: Path, most_bytes: int) -> None:
        self._folder, self._most = folder, most_bytes
        self._lock = threading.Lock()
        self._hopeless: set[str] = set()
        self._making: dict[str, threading.Lock] = {}

    def find(self, path: Path, make: Make, is_stopped: Callable[[], bool] = bool) -> Path | None:
        """The mapped file of a Parquet file, made with `make(source, folder)` where there is none yet; or None.

        Raises: Cancelled, when it is stopped while another run makes the file; what `make` raises.
        """
        status = path.stat()
        if path.suffix.lower() not in (".parquet", ".pq") or status.st_size < WORTH_BYTES:
            return None
        # Not the path: storage hands out another link to the same file each time.
        facts = f"{status.st_dev}|{status.st_ino}|{status.st_size}|{status.st_mtime_ns}"
        key = hashlib.sha256(facts.encode()).hexdigest()[:40]
        target = self._folder / f"{key}.arrow"
        with self._lock:
            making = self._making.setdefault(key, threading.Lock())
        # A table that takes long to copy must hold up nobody but those who ask for it.
        while not making.acquire(timeout=PATIENCE):
            if is_stopped():
                raise Cancelled(key)
        try:
            if not target.exists() and (key in self._hopeless or not self._make(path, target, make)):
                self._hopeless.add(key)
                return None
            _touch(target)
            return target
        finally:
            making.release()

    def _make(self, path: Path, target: Path, make: Make) -> bool:
        self._folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self._folder, prefix="making-", ignore_cleanup_errors=True) as scratch:
            made = Path(scratch, NAME)
            if not make(path, Path(scratch)) or made.is_symlink() or not made.is_file():
                return False
            if made.stat().st_size > self._most:
                return False
            made.replace(target)
        _touch(target)
        with self._lock:
            self._shrink(target)
        return True

    def _shrink(self, newest: Path) -> None:
        """Deletes the files that were used longest ago, until the rest is small enough."""
        files = sorted(self._folder.glob("*.arrow"), key=lambda file: file.stat().st_atime_ns)
        size = sum(file.stat().st_size for file in files)
        for file in files:
            if size <= self._most or file == newest:
                return
            size -= file.stat().st_size
            file.unlink(missing_ok=True)


def _touch(file: Path) -> None:
    """Notes that the file was used now; the kernel's own note is too coarse to tell two uses apart."""
    with contextlib.suppress(OSError):
        os.utime(file, ns=(time.time_ns(), time.time_ns()))


def convert(source: Any, scratch: str) -> int:
    """Writes the table of an open Parquet file as one uncompressed Arrow batch; gives its rows. Runs in the worker."""
    file = pq.ParquetFile(source)
    names = file.schema_arrow.names
    # One column at a time: only one of them is ever held twice.
    arrays = [flat(file.read(columns=[name], use_threads=False).column(0)).combine_chunks() for name in names]
    table = pa.Table.from_arrays(arrays, names=names)
    with pa.OSFile(str(Path(scratch, NAME)), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    return int(table.num_rows)


def flat(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The column as pandas holds it: gaps in numbers as NaN, so that the bytes can be used as they are."""
    column = simple(column)
    if is_long(column):
        return column
    if column.null_count and (kinds.is_integer(column.type) or kinds.is_floating(column.type)):
        return pc.fill_null(column.cast(pa.float64(), safe=False), np.nan)
    return column


def is_long(column: pa.ChunkedArray) -> bool:
    """Whether whole numbers with gaps are too long for the decimals in which pandas holds such columns."""
    if not column.null_count or not kinds.is_integer(column.type) or column.type.bit_width < 64:
        return False
    low, high = pc.min_max(column).as_py().values()
    return high is not None and max(high, -low) > EXACT


def simple(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The column in one of the few Arrow types that pandas reads as plain columns."""
    kind = column.type
    if kinds.is_string(kind) or kinds.is_string_view(kind):
        return column.cast(pa.large_string())
    if kinds.is_date(kind):
        return column.cast(pa.timestamp("us"))
    if kinds.is_decimal(kind):
        return column.cast(pa.float64(), safe=False)
    return column
