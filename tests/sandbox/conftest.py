"""One warm sandbox for all tests, and a small table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sandbox import Limits, RunRequest, RunResult, Sandbox

Run = Callable[..., RunResult]


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    box = Sandbox(workers=2)
    yield box
    box.close()


@pytest.fixture(scope="session")
def orders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six orders: region, product, price with a gap, units, date, paid."""
    path = tmp_path_factory.mktemp("tables") / "orders.parquet"
    table().to_parquet(path)
    return path


def table() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "region": ["north", "south", "north", "east", None, "south"],
            "product": ["tea", "tea", "milk", "milk", "tea", "jam"],
            "price": [2.5, 3.0, None, 1.25, 2.0, 4.5],
            "units": [1, 2, 3, 4, 5, 6],
            "day": pd.to_datetime(["2024-01-01", "2024-01-15", "2024-02-01", "2024-02-03", "2024-03-01", "2024-03-02"]),
            "paid": [True, False, True, True, False, True],
        }
    )


@pytest.fixture
def run(sandbox: Sandbox, orders: Path) -> Run:
    """Runs code on the orders and gives the result."""

    def start(code: str, on_output: Any = None, **limits: Any) -> RunResult:
        request = RunRequest(id="test", code=code, tables={"df": orders}, limits=Limits(**limits))
        return sandbox.run(request, on_output)

    return start
