"""Long whole numbers with gaps keep every digit, from any kind of file."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sandbox import loading, mapping

LONG = [9_007_199_254_740_993, None, -9_223_372_036_854_775_807]


@pytest.mark.parametrize(
    ("cells", "dtype"), [(LONG, "Int64"), ([1, None, 2], "float64"), ([1, 2, 3], "int64"), ([None, None], "float64")]
)
def test_digits_stay_and_short_numbers_come_as_usual(cells: list[int | None], dtype: str, tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"a": pa.array(cells, pa.int64())}), path)
    mapping.convert(pa.BufferReader(path.read_bytes()), str(tmp_path))
    for form, file in (("parquet", path), ("arrow", tmp_path / mapping.NAME)):
        frame, rows = loading.load(file.read_bytes(), form)
        assert rows == len(cells)
        assert frame["a"].dtype == dtype
        assert [
            None if cell is None else int(cell) for cell in frame["a"].astype(object).where(frame["a"].notna(), None)
        ] == cells
