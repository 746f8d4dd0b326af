"""The models on offer: how each is made, and what it needs to be imported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Learner:
    """One model: what it is called, the code that makes it for numbers and for classes; empty where it is for none."""

    title: str
    module: str
    number: str = ""
    classes: str = ""


ALPHAS: Final = "alphas=np.logspace(-3, 3, 13)"
LEARNERS: Final = {
    "linear": Learner("Linear regression", "linear_model", "LinearRegression()"),
    "polynomial": Learner(
        "Polynomial regression",
        "linear_model",
        f"make_pipeline(PolynomialFeatures(2, include_bias=False), StandardScaler(), RidgeCV({ALPHAS}))",
    ),
    "ridge": Learner("Ridge regression", "linear_model", f"RidgeCV({ALPHAS})"),
    "lasso": Learner("Lasso", "linear_model", "LassoCV(cv=5, random_state=seed)"),
    "poisson": Learner("Poisson regression", "linear_model", "PoissonRegressor(alpha=1e-4, max_iter=1000)"),
    "logistic": Learner("Logistic regression", "linear_model", "", "LogisticRegression(max_iter=2000)"),
    "tree": Learner(
        "Decision tree",
        "tree",
        "DecisionTreeRegressor(max_depth=6, min_samples_leaf=5, random_state=seed)",
        "DecisionTreeClassifier(max_depth=6, min_samples_leaf=5, random_state=seed)",
    ),
    "forest": Learner(
        "Random forest",
        "ensemble",
        "RandomForestRegressor(min_samples_leaf=2, random_state=seed)",
        "RandomForestClassifier(min_samples_leaf=2, random_state=seed)",
    ),
    "boosting": Learner(
        "Gradient boosting",
        "ensemble",
        "HistGradientBoostingRegressor(random_state=seed)",
        "HistGradientBoostingClassifier(random_state=seed)",
    ),
    "neighbours": Learner(
        "Nearest neighbours",
        "neighbors",
        'KNeighborsRegressor(10, weights="distance")',
        'KNeighborsClassifier(10, weights="distance")',
    ),
}
AUTOMATIC: Final = {True: ("linear", "forest", "boosting"), False: ("logistic", "forest", "boosting")}
"""What is tried where nobody chooses, simplest first; the key says whether the target is a number."""
WITH_COEFFICIENTS: Final = ("linear", "poisson", "logistic")


def make(name: str, *, number: bool) -> str:
    """The code that makes the model; empty where it cannot tell such a target."""
    return LEARNERS[name].number if number else LEARNERS[name].classes


def imports(names: tuple[str, ...], *, number: bool) -> list[str]:
    """The import lines of the models, sorted as usual."""
    found: dict[str, set[str]] = {}
    for name in names:
        code = make(name, number=number)
        made = {"RidgeCV"} if name == "polynomial" else {code.split("(")[0]}
        found.setdefault(LEARNERS[name].module, set()).update(made)
        if name == "polynomial":
            found.setdefault("preprocessing", set()).add("PolynomialFeatures")
    found.setdefault("dummy", set()).add("DummyRegressor" if number else "DummyClassifier")
    found.setdefault("preprocessing", set()).update({"OneHotEncoder", "StandardScaler"})
    return [f"from sklearn.{module} import {', '.join(sorted(found[module]))}" for module in sorted(found)]
