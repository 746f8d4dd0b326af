"""A table has one fingerprint, however it was written; another table has another."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from services.backends import fingerprint

CELLS: dict[str, tuple[pa.DataType, list[Any]]] = {
    "integer": (pa.int64(), [1, None, -(2**63)]),
    "small": (pa.int16(), [1, 2, None]),
    "decimal": (pa.float64(), [0.1, None, -0.0]),
    "boolean": (pa.bool_(), [True, None, False]),
    "text": (pa.string(), ["ä", None, ""]),
    "date": (pa.date32(), [date(2024, 1, 1), None, date(1700, 1, 1)]),
    "datetime": (pa.timestamp("us"), [datetime(2024, 1, 1), None, datetime(1700, 1, 1)]),
    "time": (pa.time64("us"), [time(1, 2, 3), None, time(0)]),
    "exact": (pa.decimal128(20, 2), [Decimal("1.10"), None, Decimal("-2.00")]),
    "nothing": (pa.null(), [None, None, None]),
}


def of(*groups: pa.Table) -> str:
    return list(fingerprint.of(groups[0].schema, groups))[-1][1]


def table(cells: list[Any], kind: pa.DataType, name: str = "a") -> pa.Table:
    return pa.table({name: pa.array(cells, kind)})


@pytest.mark.parametrize("name", CELLS)
def test_how_a_table_was_written_makes_no_difference(name: str, tmp_path: Path) -> None:
    kind, cells = CELLS[name]
    made = table(cells, kind)
    sliced = table([*cells, *cells, *cells], kind).slice(len(cells), len(cells))
    chunked = pa.concat_tables([made.slice(0, 1), made.slice(1)])
    assert of(made) == of(sliced) == of(chunked)
    for compression in ("zstd", "snappy", "none"):
        pq.write_table(made, tmp_path / "t.parquet", compression=compression, use_dictionary=compression != "zstd")
        assert of(pq.read_table(tmp_path / "t.parquet")) == of(made)


@pytest.mark.parametrize("name", [name for name in CELLS if name != "nothing"])
def test_another_cell_name_kind_or_order_is_another_table(name: str) -> None:
    kind, cells = CELLS[name]
    made = of(table(cells, kind))
    others = [cells[::-1], [cells[0], cells[0], cells[2]], [cells[0], cells[2], None], cells[:2], [None, *cells[:2]]]
    assert made not in [of(table(other, kind)) for other in others]
    assert made != of(table(cells, kind, "b"))
    assert made != of(table([None] * 3, kind))
    assert fingerprint.empty(table(cells, kind).schema) == of(table([], kind)) != made


def test_texts_do_not_run_into_each_other() -> None:
    assert of(table(["ab", "c"], pa.string())) != of(table(["a", "bc"], pa.string()))
    assert of(pa.table({"a": ["x"], "b": ["y"]})) != of(pa.table({"a": ["xy"], "b": [""]}))
