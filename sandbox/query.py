"""`sql("select … from df")` for the grant `query`: every row of the tables, read only, out of core where it may spill.
Runs in the worker."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds

SHARE: Final = 0.6
"""Share of the run's memory that DuckDB may use before it spills."""


def connect(
    tables: Sequence[Mapping[str, str]], contents: Mapping[str, Any], memory_mb: int, scratch: str, scratch_mb: int
) -> Callable[[str], pd.DataFrame]:
    """The function `sql`."""
    import duckdb

    spill = {"temp_directory": scratch, "max_temp_directory_size": f"{int(scratch_mb * 0.9)}MB"} if scratch else {}
    config: dict[str, Any] = {
        "threads": "2",
        "memory_limit": f"{int(memory_mb * SHARE)}MB",
        "temp_directory": "",
        **spill,
    }
    config |= {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
    # Every further thread takes memory of the run for its stack.
    pa.set_io_thread_count(1)
    pa.set_cpu_count(2)
    connection = duckdb.connect(config=config)
    # So that a query sees the frames which the code has made, too.
    connection.execute("set python_scan_all_frames = true")
    for table in tables:
        _add(connection, table, contents[table["name"]])

    def sql(text: str) -> pd.DataFrame:
        """The rows the query gives. Tables, and frames that the code made, go by the names of their
        variables; a table of the run is always the whole one."""
        rows: pd.DataFrame = connection.sql(text).df()
        return rows

    return sql


def _add(connection: Any, table: Mapping[str, str], content: Any) -> None:
    name, path = table["name"], table.get("path", "")
    if path.lower().endswith((".parquet", ".pq")) and _can_open(path):
        quoted = path.replace("'", "''")
        connection.execute(f"create view {name} as select * from read_parquet('{quoted}')")
    else:
        connection.register(name, _dataset(table["form"], content))


def _can_open(path: str) -> bool:
    try:
        os.close(os.open(path, os.O_RDONLY))
    except OSError:
        return False
    return True


def _dataset(form: str, content: Any) -> Any:
    """What DuckDB can scan in pieces, on the mapped bytes: no path is opened."""
    buffer = pa.py_buffer(content)
    if form == "parquet":
        kind = ds.ParquetFileFormat()
        fragment = kind.make_fragment(buffer)
        return ds.FileSystemDataset([fragment], fragment.physical_schema, kind)
    if form == "arrow":
        return pa.ipc.open_file(buffer).read_all()
    import pyarrow.csv as csv

    return csv.read_csv(pa.BufferReader(buffer))
