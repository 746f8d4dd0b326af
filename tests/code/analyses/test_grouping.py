"""Groups and components against scikit-learn, planted groups, and tables without any."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from plotly import data as samples
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.metrics import silhouette_score
from sklearn.preprocessing import StandardScaler

from services.code import analyses
from services.code.analyses.analysis import SEED
from tests.code.analyses.test_forecasting import HOSTILE, ran

IRIS = ["sepal_length", "sepal_width", "petal_length", "petal_width"]


def told(df: pd.DataFrame, **asked: Any) -> dict[str, Any]:
    first = analyses.parse(asked)
    code = first.fit_code()
    return ran(analyses.parse(asked | {"learned": ran(code, df) if code else {}}).to_code(), df)


def blobs(*centres: tuple[float, float]) -> pd.DataFrame:
    rng = np.random.default_rng()
    parts = [rng.normal(centre, 0.3, (60, 2)) * (1, 1000) for centre in centres]
    return pd.DataFrame(np.vstack(parts), columns=["a", "b"])


@pytest.mark.parametrize("method", ["k-means", "mixture", "hierarchical"])
def test_planted_groups_are_counted_and_found(method: str) -> None:
    result = told(blobs((0, 0), (5, 0), (0, 5)), kind="groups", among=["a", "b"], method=method)
    assert list(result["groups"]["rows"]) == [60, 60, 60]
    assert result["answer"].startswith("3 groups of 180 rows: 3 groups lie farthest apart")


def test_dbscan_finds_groups_of_any_shape_and_what_lies_outside() -> None:
    df = blobs((0, 0), (8, 8))
    df.loc[len(df)] = [30.0, -30_000.0]
    result = told(df, kind="groups", among=["a", "b"], method="dbscan")
    assert result["choice"]["groups"].iloc[0] >= 2
    assert result["choice"]["rows outside"].iloc[0] >= 1


def test_k_means_is_that_of_scikit_learn() -> None:
    iris = samples.iris()
    result = told(iris, kind="groups", among=IRIS, number=3)
    table = StandardScaler().fit_transform(iris[IRIS])
    labels = KMeans(3, n_init=10, random_state=SEED).fit_predict(table)
    assert sorted(result["groups"]["rows"]) == sorted(np.bincount(labels))
    assert result["choice"]["silhouette"].iloc[0] == pytest.approx(silhouette_score(table, labels), abs=1e-9)


def test_components_are_those_of_scikit_learn() -> None:
    iris = samples.iris()
    iris.loc[3, "petal_width"] = np.nan
    result = told(iris, kind="components", among=IRIS)
    fit = PCA().fit(StandardScaler().fit_transform(iris[IRIS].dropna()))
    assert result["explained"]["share"].to_numpy() == pytest.approx(fit.explained_variance_ratio_)
    assert result["loadings"]["component 1"].to_numpy() == pytest.approx(fit.components_[0])
    assert "1 rows with missing values were left out" in result["answer"]


def test_too_few_rows_are_refused_and_names_are_values() -> None:
    asked = {"kind": "groups", "among": ["a"], "learned": {"rows": 9}}
    assert analyses.parse(asked).choose().refusal == "too few"
    asked = {"kind": "groups", "among": ["a"], "method": "hierarchical", "learned": {"rows": 30_000}}
    assert analyses.parse(asked).choose().refusal == "too many rows"
    df = blobs((0, 0), (5, 5)).rename(columns={"a": HOSTILE})
    assert told(df, kind="groups", among=[HOSTILE, "b"])["answer"]
    assert told(df, kind="components", among=[HOSTILE, "b"])["answer"]
