"""Distributions and correlations: what SQL gives beside pandas is the same, and told apart when it is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest

from services.assistant.builtin.intent import Chart, Intent, Key, Shape
from services.assistant.builtin.writing.compose import compose
from services.assistant.builtin.writing.spreads import spreads_agree
from services.backends.engine import Engine

SEEDS = range(8)
INTENTS = {
    "histogram": Intent(shape=Shape.DISTRIBUTION, columns=("a",), chart=Chart.HISTOGRAM),
    "box": Intent(shape=Shape.DISTRIBUTION, columns=("a",), chart=Chart.BOX),
    "boxes": Intent(shape=Shape.DISTRIBUTION, columns=("b",), keys=(Key(column="g"),), chart=Chart.BOX),
    "pair": Intent(shape=Shape.CORRELATION, columns=("a", "b"), chart=Chart.SCATTER),
    "matrix": Intent(shape=Shape.CORRELATION, columns=("a", "b", "c"), chart=Chart.HEATMAP),
}


def frame(seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    size = int(rng.integers(1, 60))
    holes = rng.random(size) < 0.2
    return pd.DataFrame(
        {
            "a": rng.integers(0, 100, size),
            "b": np.where(holes, np.nan, rng.normal(1e6 * (seed % 2), 3, size)),
            "c": rng.integers(0, 2, size).astype(float),
            "g": rng.choice(["x", "y", "z"], size),
        }
    )


def both(intent: Intent, df: pd.DataFrame, folder: Path) -> tuple[list[Any], list[Any], list[Any]]:
    """The rows and values of pandas, and the rows of SQL."""
    path = folder / "t.parquet"
    df.to_parquet(path)
    code = compose(intent, Engine().profile(path, "t"))
    assert "sql(" in code
    space = {"df": df, "sql": lambda text: duckdb.query_df(df, "df", text).df()}
    exec(code, space)
    result: Any = space["result"]
    table = result["table"]
    values = [value for name, value in result.items() if name == "correlation"]
    return table.to_dict("records"), values, result["_sql"].to_dict("records")


@pytest.mark.parametrize("name", INTENTS)
@pytest.mark.parametrize("seed", SEEDS)
def test_both_give_the_same(name: str, seed: int, tmp_path: Path) -> None:
    shown, values, second = both(INTENTS[name], frame(seed), tmp_path)
    assert spreads_agree(INTENTS[name], shown, len(shown), values, second), (seed, shown, second)


@pytest.mark.parametrize("name", INTENTS)
def test_a_difference_is_seen(name: str, tmp_path: Path) -> None:
    df = frame(3)
    _, _, second = both(INTENTS[name], df, tmp_path)
    shown, values, _ = both(INTENTS[name], df.assign(a=df["b"].fillna(0) * 2, b=df["a"] ** 2 + 7), tmp_path)
    assert not spreads_agree(INTENTS[name], shown, len(shown), values, second)
