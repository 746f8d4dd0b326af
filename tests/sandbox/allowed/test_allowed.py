"""Honest snippets run. One false refusal is a bug."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sandbox import Limits, RunRequest, RunStatus, Sandbox
from tests.sandbox.allowed import snippets

GROUPS = {
    "pandas": snippets.PANDAS,
    "python": snippets.PYTHON,
    "numpy": snippets.NUMPY,
    "plotly": snippets.PLOTLY,
    "matplotlib": snippets.MATPLOTLIB,
    "learning": snippets.LEARNING,
    "statistics": snippets.STATISTICS,
    "sql": snippets.SQL,
}
ALL = [(group, name) for group, found in GROUPS.items() for name in found]
IDS = ["-".join(each) for each in ALL]


@pytest.fixture(scope="module")
def sales(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rng = np.random.default_rng(7)
    rows = 300
    table = pd.DataFrame(
        {
            "order_id": np.arange(rows),
            "date": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 120, rows), unit="D"),
            "region": rng.choice(["north", "south", "east", "west"], rows),
            "product": rng.choice(["tea", "coffee", "milk"], rows),
            "category": rng.choice(["drink", "dairy"], rows),
            "units": rng.integers(1, 10, rows),
            "price": rng.gamma(2.0, 5.0, rows).round(2),
            "discount": rng.choice([0.0, 0.1, 0.2], rows),
            "paid": rng.choice([True, False], rows),
            "customer": [f"C{n:03}" for n in rng.integers(0, 60, rows)],
            "rating": np.where(rng.random(rows) < 0.2, np.nan, rng.integers(1, 6, rows)),
            "note": [f"order number {n % 10}" for n in range(rows)],
        }
    )
    path = tmp_path_factory.mktemp("allowed") / "sales.parquet"
    table.to_parquet(path)
    return path


def _check(box: Sandbox, sales: Path, group: str, name: str) -> None:
    code = GROUPS[group][name]
    result = box.run(RunRequest(id=name, code=code, tables={"df": sales}, limits=Limits(wall_seconds=30)))
    assert result.status is RunStatus.OK, result.error
    assert result.outputs


@pytest.mark.parametrize(("group", "name"), ALL, ids=IDS)
def test_snippet_runs(sandbox: Sandbox, sales: Path, group: str, name: str) -> None:
    _check(sandbox, sales, group, name)


@pytest.fixture(scope="module")
def closed() -> Iterator[Sandbox]:
    """Mode N, in which nothing can be opened at all."""
    box = Sandbox(without={"files"})
    yield box
    box.close()


READS_DATA = {"load_iris", "fonts"}
"""Read a file of their library when called (a sample table, the fonts of formulas): nothing can, in mode N."""
IN_MODE_N = [each for each in ALL if each[1] not in READS_DATA]


@pytest.mark.long
@pytest.mark.parametrize(("group", "name"), IN_MODE_N, ids=["-".join(each) for each in IN_MODE_N])
def test_snippet_runs_in_mode_n(closed: Sandbox, sales: Path, group: str, name: str) -> None:
    _check(closed, sales, group, name)


def test_there_are_enough() -> None:
    assert len(ALL) >= 150
