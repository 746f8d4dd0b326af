"""Intervals, plans and many pairs at once, against closed forms and planted relations."""

from __future__ import annotations

from math import asin, ceil, sqrt
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from services.code import analyses
from services.errors import BadInput


def ran(asked: dict[str, Any], df: pd.DataFrame) -> Any:
    names: dict[str, Any] = {"df": df, "pd": pd, "np": np}
    exec(analyses.parse(asked).to_code(), names)
    return names["result"]


def test_half_a_spread_needs_64_rows_a_group() -> None:
    """Cohen 1988, table 2.4.1: d = 0.5, 80 %, two-sided 5 %."""
    result = ran({"kind": "rows_for_means", "difference": 1, "spread": 2}, pd.DataFrame())
    assert result["answer"].startswith("Each group needs 64 rows (128 in all)")


def test_rows_for_shares_follow_the_arcsine_formula() -> None:
    effect = 2 * asin(sqrt(0.12)) - 2 * asin(sqrt(0.10))
    needed = ceil(2 * ((stats.norm.ppf(0.975) + stats.norm.ppf(0.8)) / effect) ** 2)
    result = ran({"kind": "rows_for_shares", "share": 0.1, "difference": 0.02}, pd.DataFrame())
    assert result["test"]["rows in each group"].iloc[0] == pytest.approx(needed, abs=1)


def test_an_interval_is_about_that_of_the_normal_distribution() -> None:
    values = np.random.default_rng().normal(10, 2, 400)
    found = ran({"kind": "interval", "values": "v"}, pd.DataFrame({"v": values}))["test"].iloc[0]
    error = values.std(ddof=1) / 20
    assert found["estimate"] == pytest.approx(values.mean())
    assert found["low"] == pytest.approx(values.mean() - 1.96 * error, abs=error / 4)
    assert found["high"] == pytest.approx(values.mean() + 1.96 * error, abs=error / 4)


def test_only_the_planted_pair_goes_together_after_correction() -> None:
    rng = np.random.default_rng()
    df = pd.DataFrame(rng.normal(size=(300, 6)), columns=list("abcdef"))
    df["twin"] = df.a + rng.normal(0, 0.3, 300)
    result = ran({"kind": "relate_all", "among": list(df.columns)}, df)
    assert set(result["test"].iloc[0][["one", "other"]]) == {"a", "twin"}
    assert "The strongest: a and twin" in result["answer"]
    assert (result["test"]["p (Holm)"] >= result["test"]["p"]).all()


@pytest.mark.parametrize(
    "asked",
    [
        {"kind": "rows_for_shares", "share": 0.9, "difference": 0.2},
        {"kind": "rows_for_means", "difference": 0},
        {"kind": "relate_all", "among": ["a"]},
        {"kind": "interval", "values": "v", "statistic": "mode"},
    ],
)
def test_what_cannot_be_is_refused(asked: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        analyses.parse(asked)
