"""Models against scikit-learn and statsmodels themselves, planted relations, odd tables, and leakage."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from plotly import data as samples
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import KFold, StratifiedKFold, TimeSeriesSplit, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from benchmarks import leakage
from services.code import analyses
from services.code.analyses.analysis import SEED
from services.code.analyses.modelling import Predict
from services.errors import BadInput
from tests.code.analyses.test_forecasting import HOSTILE, ran

# Long inside libraries, or the same lines again and again: measuring coverage would take half as long again.
pytestmark = pytest.mark.no_cover

SLOW = pytest.param("boosting", marks=pytest.mark.long)


def fitted(df: pd.DataFrame, target: str, **asked: Any) -> Predict:
    given = {"kind": "predict", "target": target, "inputs": [c for c in df if c != target]} | asked
    made = analyses.parse(given | {"learned": ran(analyses.parse(given).fit_code(), df)})
    assert isinstance(made, Predict)
    return made


def told(df: pd.DataFrame, target: str, **asked: Any) -> dict[str, Any]:
    return ran(fitted(df, target, **asked).to_code(), df)


def score(result: dict[str, Any], model: str, measure: str) -> float:
    return float(result["scores"].set_index("model").loc[model, measure])


def test_a_regression_scores_as_with_scikit_learn_itself() -> None:
    table, y = load_diabetes(return_X_y=True, as_frame=True)
    result = told(table.assign(progression=y), "progression", method="linear")
    folds = KFold(5, shuffle=True, random_state=SEED)
    expected = cross_val_score(make_pipeline(StandardScaler(), LinearRegression()), table, y, cv=folds, scoring="r2")
    assert score(result, "Linear regression", "R²") == pytest.approx(expected.mean())
    assert score(result, "Simplest guess", "R²") < 0.01
    fit = sm.OLS(y, sm.add_constant(table)).fit(cov_type="HC3")
    coefficients = result["coefficients"].set_index("term")
    assert coefficients["coefficient"]["bmi"] == pytest.approx(fit.params["bmi"])
    assert coefficients["low"]["bmi"] == pytest.approx(fit.conf_int().loc["bmi", 0])
    assert {"bmi", "s5"} <= set(result["importance"]["column"].head(4))


def test_a_classification_scores_as_with_scikit_learn_itself() -> None:
    table, y = load_breast_cancer(return_X_y=True, as_frame=True)
    table = table.iloc[:, :6]
    result = told(table.assign(kind=y.map({0: "bad", 1: "good"})), "kind", method="logistic")
    folds = StratifiedKFold(5, shuffle=True, random_state=SEED)
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000))
    expected = cross_val_score(model, table, y, cv=folds, scoring="roc_auc")
    assert score(result, "Logistic regression", "AUC") == pytest.approx(expected.mean())
    assert result["confusion"][["bad", "good"]].to_numpy().sum() == len(table)


def test_categories_gaps_and_dates_are_made_ready_as_by_hand() -> None:
    tips = samples.tips()
    tips.loc[::7, "total_bill"] = np.nan
    table = tips[["total_bill", "size", "day"]].assign(day=tips["day"].astype(object))
    prepare = make_column_transformer(
        (make_pipeline(SimpleImputer(strategy="median", add_indicator=True), StandardScaler()), ["total_bill", "size"]),
        (OneHotEncoder(), ["day"]),
    )
    folds = KFold(5, shuffle=True, random_state=SEED)
    expected = cross_val_score(make_pipeline(prepare, LinearRegression()), table, tips["tip"], cv=folds, scoring="r2")
    result = told(tips, "tip", inputs=["total_bill", "size", "day"], method="linear")
    assert score(result, "Linear regression", "R²") == pytest.approx(expected.mean())


def test_with_a_time_only_later_rows_are_tested() -> None:
    rng = np.random.default_rng()
    df = pd.DataFrame({"day": pd.date_range("2022-01-01", periods=200), "x": rng.normal(size=200)})
    df["y"] = 3 * df.x + np.arange(200) + rng.normal(size=200)
    result = told(df.sample(frac=1), "y", inputs=["x"], time="day", method="linear")
    table, y = df[["x"]], df["y"]
    model = make_pipeline(StandardScaler(), LinearRegression())
    expected = cross_val_score(model, table, y, cv=TimeSeriesSplit(5), scoring="r2").mean()
    assert score(result, "Linear regression", "R²") == pytest.approx(expected)
    assert "do not rely on it" in result["answer"]


@pytest.mark.parametrize("method", ["polynomial", "ridge", "lasso", "poisson", "tree", SLOW, "neighbours"])
def test_every_method_for_numbers_finds_a_planted_relation(method: str) -> None:
    rng = np.random.default_rng()
    df = pd.DataFrame(rng.uniform(0, 2, (300, 2)), columns=["a", "b"])
    df["y"] = rng.poisson(np.exp(0.5 + df.a + 0.3 * df.b))
    result = told(df, "y", method=method, folds=3)
    assert result["scores"]["R²"].iloc[1] > 0.25
    assert result["importance"]["column"].iloc[0] == "a"


@pytest.mark.parametrize("method", ["tree", pytest.param("neighbours", marks=pytest.mark.long), SLOW])
def test_every_method_for_classes_finds_a_planted_relation(method: str) -> None:
    rng = np.random.default_rng()
    df = pd.DataFrame(rng.normal(size=(300, 2)), columns=["a", "b"])
    df["y"] = np.select([df.a > 0.5, df.a < -0.5], ["high", "low"], "middle")
    df.loc[rng.random(300) < 0.1, "y"] = "middle"
    result = told(df, "y", method=method, folds=3)
    assert result["scores"]["balanced accuracy"].iloc[1] > 0.7


@pytest.mark.long
def test_the_simplest_of_equally_good_models_is_taken_and_noise_is_called_noise() -> None:
    rng = np.random.default_rng()
    df = pd.DataFrame(rng.normal(size=(150, 3)), columns=list("abc"))
    line = told(df.assign(y=2 * df.a + rng.normal(0, 0.5, 150)), "y", folds=3)
    assert line["scores"].set_index("chosen").loc["yes", "model"] == "Linear regression"
    noise = told(df.assign(y=rng.choice(["n", "y"], 150)), "y", method="logistic", folds=3)
    assert "hardly better" in noise["answer"] or "No column matters clearly" in noise["answer"]


def test_what_is_told_becomes_a_column() -> None:
    tips = samples.tips()
    tips.loc[:4, "tip"] = np.nan
    code = fitted(tips, "tip", inputs=["total_bill", "day"]).to_step("linear")
    names: dict[str, Any] = {"df": tips.copy(), "pd": pd, "np": np}
    exec(code, names)
    made = names["df"]
    assert list(made.columns) == [*tips.columns, "tip (told)"]
    assert made["tip (told)"].notna().all()
    assert made["tip (told)"].corr(tips["tip"]) > 0.5


@pytest.mark.long
def test_planted_leakage_is_warned_of_and_clean_twins_are_not() -> None:
    """A small round of the benchmark: the bounds leave room for chance."""
    rng = np.random.default_rng()
    found = false = 0
    for _ in range(30):
        clean = leakage.table(rng)
        kind = rng.choice(leakage.KINDS_OF[leakage.is_number(clean["outcome"])])
        found += bool(leakage.warned(leakage.LEAKS[str(kind)](clean, rng)))
        false += bool(leakage.warned(clean))
    assert found >= 25
    assert false <= 4


def test_the_warning_stands_in_the_answer_and_among_the_assumptions() -> None:
    tips = samples.tips().assign(cents=lambda each: each["tip"] * 100)
    made = fitted(tips, "tip", inputs=["total_bill", "cents"], method="linear")
    assert "cents" in made.choose().assumptions[0].found
    assert not made.choose().assumptions[0].holds
    assert "Careful: cents" in ran(made.to_code(), tips)["answer"]


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"frame": samples.tips().head(20)}, "too few"),
        ({"frame": samples.tips().assign(tip=1.0)}, "constant"),
        ({"frame": samples.tips().assign(tip=[f"note {n}" for n in range(244)])}, "wrong kind"),
        ({"frame": samples.tips().assign(tip=[*["a"] * 120, *["b"] * 122, "c", "c"])}, "too few"),
        ({"frame": samples.tips().assign(day="Sun"), "inputs": ["day"]}, "no inputs"),
        ({"method": "logistic"}, "wrong kind"),
        ({"method": "poisson"}, "wrong kind"),
    ],
)
def test_what_no_model_can_tell_is_refused(changed: dict[str, Any], why: str) -> None:
    asked = dict(changed)
    df = asked.pop("frame", samples.tips())
    made = fitted(df, "tip", **asked)
    choice = made.choose()
    assert (choice.refusal, bool(choice.hint)) == (why, True)
    with pytest.raises(BadInput):
        made.to_code()


def test_names_are_values_and_the_target_is_no_input() -> None:
    tips = samples.tips().rename(columns={"tip": HOSTILE, "day": "{x}\"'"})
    assert told(tips, HOSTILE, inputs=["{x}\"'", "total_bill"], method="tree", folds=2)["answer"]
    with pytest.raises(BadInput):
        analyses.parse({"kind": "predict", "target": "tip", "inputs": ["tip"]})
