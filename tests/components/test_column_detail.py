"""A bar of a column's picture leads to exactly the rows it stands for."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from benchmarks.profile import profile
from components import column_detail, sparkline
from services.backends.engine import Engine
from services.domain import ColumnProfile


def table() -> pa.Table:
    drawn = random.Random(4)
    return pa.table(
        {
            "few": [drawn.randrange(9) for _ in range(500)],
            "many": [drawn.randrange(-5_000, 90_000) for _ in range(500)],
            "price": [drawn.gauss(50, 9) for _ in range(500)],
            "with ' quote": [drawn.choice(["a", "b'", "<c>"]) for _ in range(500)],
            "when": [datetime(2024, 1, 1) + timedelta(hours=drawn.randrange(9_000)) for _ in range(500)],
        }
    )


@pytest.mark.parametrize("name", ["few", "many", "price", "with ' quote"])
def test_the_rows_behind_each_bar_are_as_many_as_it_says(tmp_path: Path, name: str) -> None:
    column = found(tmp_path, name)
    labels, rows, views = column_detail.bars(column)
    assert len(labels) == len(rows) == len(views) > 1
    assert [Engine(256, tmp_path).count(tmp_path / "t.parquet", view) for view in views] == rows


def test_a_bar_of_dates_leads_to_its_days(tmp_path: Path) -> None:
    _, rows, views = column_detail.bars(found(tmp_path, "when"))
    counted = [Engine(256, tmp_path).count(tmp_path / "t.parquet", view) for view in views]
    assert all(there >= said > 0 for there, said in zip(counted, rows, strict=True))


def test_the_small_picture_holds_numbers_only(tmp_path: Path) -> None:
    drawn = sparkline.svg(sparkline.bars(found(tmp_path, "with ' quote")))
    assert drawn.count("<rect") == 3
    assert "quote" not in drawn


def found(folder: Path, name: str) -> ColumnProfile:
    column = profile(table(), folder).column(name)
    assert column is not None
    return column
