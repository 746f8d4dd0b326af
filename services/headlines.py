"""The one number that a result is about, where it is about one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from sandbox.messages import Output, Table, Value


def number_of(outputs: Sequence[Output]) -> float | None:
    """The single value, or the cell of a table with one; else None."""
    values = [output.value for output in outputs if isinstance(output, Value)]
    tables = [output for output in outputs if isinstance(output, Table)]
    if len(values) == 1:
        only = values[0]
        found = list(only.values()) if isinstance(only, dict) else only if isinstance(only, list) else [only]
        return _number(found[0]) if len(found) == 1 else None
    if not values and len(tables) == 1 and tables[0].rows == len(tables[0].columns) == 1:
        return _number(next(iter(_opened(tables[0]).to_pylist()[0].values())))
    return None


def _opened(output: Table) -> pa.Table:
    return pa.ipc.open_stream(output.arrow).read_all()


def _number(value: Any) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and math.isfinite(value) else None
