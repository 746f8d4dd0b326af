"""Code that tells a target from other columns: prepared, fitted, judged on unseen rows, explained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import indent
from typing import Final

from services.code.analyses.analysis import SEED
from services.code.analyses.methods.models.learners import LEARNERS, WITH_COEFFICIENTS, imports, make
from services.code.analyses.methods.writing import SAY_NUMBER

USUAL: Final = (
    "from plotly.subplots import make_subplots",
    "from sklearn.compose import ColumnTransformer",
    "from sklearn.impute import SimpleImputer",
    "from sklearn.inspection import partial_dependence, permutation_importance",
    "from sklearn.pipeline import make_pipeline",
)

PREPARE: Final = '''
def ready(table):
    """The columns that the model is given: numbers, texts of categories, and the parts of dates."""
    made = table[numbers].apply(pd.to_numeric, errors="coerce").astype(float)
    for name in categories:
        made[name] = table[name].astype("string").fillna("(missing)").astype(object)
    for name in dates:
        when = pd.to_datetime(table[name].astype("string"), format="ISO8601", errors="coerce", utc=True)
        made[f"{name} (days)"] = (when - pd.Timestamp("2000-01-01", tz="UTC")).dt.total_seconds() / 86_400
        made[f"{name} (month)"], made[f"{name} (weekday)"] = when.dt.month, when.dt.dayofweek
    return made


X = ready(data)
amounts = [name for name in X if name not in categories]
fill = SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True)
code = OneHotEncoder(handle_unknown="infrequent_if_exist", max_categories=30, sparse_output=False)
prepare = ColumnTransformer([
    ("amounts", make_pipeline(fill, StandardScaler()), amounts),
    ("categories", code, categories),
])
'''

COMPARE: Final = """
# Judged on rows that the model has not seen, with the simplest guess beside it.
judged, runs = [], {}
for number, (name, model) in enumerate(candidates.items(), 1):
    print(f"Model {number} of {len(candidates)}: {name}")
    runs[name] = cross_validate(make_pipeline(prepare, model), X, y, cv=splits, scoring=measures)
    means = {label: runs[name][f"test_{label}"].mean() for label in measures}
    judged.append({"model": name} | {label: abs(mean) if label in errors else mean for label, mean in means.items()})
    judged[-1]["spread between folds"] = runs[name][f"test_{main}"].std(ddof=1)
scores = pd.DataFrame(judged)
good = scores[main] if main not in errors else -scores[main]
models = good.index[1:]
best = models[good[models].argmax()]
# The simplest model that is within a standard error of the best (Breiman et al. 1984).
close = good[best] - scores["spread between folds"][best] / len(splits) ** 0.5
chosen = scores["model"][next(place for place in models if good[place] >= close)]
scores.insert(1, "chosen", ["yes" if name == chosen else "" for name in scores["model"]])

fitted = make_pipeline(prepare, candidates[chosen])
seen, rows = [], []
for train, test in splits:
    fitted.fit(X.iloc[train], y[train])
    seen.append(TOLD(fitted, X.iloc[test]))
    rows.append(test)
importance = permutation_importance(
    fitted, X.iloc[test], y[test], scoring=measures[main], n_repeats=5, random_state=seed
)
important = pd.DataFrame(
    {"column": X.columns, "importance": importance.importances_mean, "spread": importance.importances_std}
).sort_values("importance", ascending=False, ignore_index=True)
told, rows = np.concatenate(seen), np.concatenate(rows)
"""

LEARNING: Final = """
# Would more rows help? The score for growing parts of the rows.
sizes, _, learned = learning_curve(
    fitted, X, y, train_sizes=[0.15, 0.4, 0.7, 1.0], cv=splits[-3:], scoring=measures[main], error_score=np.nan
)
curve = pd.DataFrame({"rows": sizes, main: np.abs(np.nanmean(learned, axis=1))})
learning = px.line(curve, x="rows", y=main, markers=True, title="Would more rows help?")

# How the prediction changes with one column, all others as they are.
fitted.fit(X, y)
moved = [name for name in important["column"] if name in amounts and X[name].nunique() > 2][:2]
effects = make_subplots(cols=max(1, len(moved)), subplot_titles=moved or None)
for place, name in enumerate(moved, 1):
    some = X if len(X) <= 2_000 else X.sample(2_000, random_state=seed)
    found = partial_dependence(fitted, some, [name], grid_resolution=30, kind="average")
    effects.add_scatter(x=found["grid_values"][0], y=found["average"][-1], row=1, col=place, showlegend=False)
effects.update_layout(title=EFFECT_TITLE)
"""

NUMBER: Final = {
    "imports": ("from sklearn.model_selection import KFold, TimeSeriesSplit, cross_validate, learning_curve",),
    "target": "y = data[target].astype(float).to_numpy()",
    "splits": "KFold(folds, shuffle=True, random_state=seed)",
    "dummy": 'DummyRegressor(strategy="median")',
    "measures": """
measures = {"R²": "r2", "mean absolute error": "neg_mean_absolute_error", "RMSE": "neg_root_mean_squared_error"}
main, errors = "R²", ("mean absolute error", "RMSE")
""",
    "told": "fitted.predict(X.iloc[test])",
    "effect": 'f"{target} as told, by its most important columns"',
    "show": """
known = y[rows]
shown = np.random.default_rng(seed).permutation(len(rows))[:3_000]
chart = px.scatter(
    x=told[shown], y=known[shown], opacity=0.5, render_mode="svg", title=f"{target}: told and true, on unseen rows"
)
ends = [float(min(known.min(), told.min())), float(max(known.max(), told.max()))]
chart.add_scatter(x=ends, y=ends, mode="lines", line_dash="dash", showlegend=False)
chart.update_layout(xaxis_title="told", yaxis_title="true")
residuals = px.histogram(x=(known - told), nbins=60, title="What is left over: true less told")
residuals.update_layout(xaxis_title="true less told", yaxis_title="rows")
extra = {"residuals": residuals}
""",
    "say": """
mine, base = scores[scores["model"] == chosen].iloc[0], scores.iloc[0]
answer = (
    f"{chosen} tells {target} with R² {mine['R²']:.2f} on rows it has not seen (mean absolute error "
    f"{say(mine['mean absolute error'])}, against {say(base['mean absolute error'])} for always guessing the median)."
)
""",
}

CLASSES: Final = {
    "imports": (
        "from sklearn.calibration import calibration_curve",
        "from sklearn.model_selection import StratifiedKFold, TimeSeriesSplit, cross_validate, learning_curve",
    ),
    "target": 'y = data[target].astype("string").to_numpy(dtype=object)\nlabels = sorted(set(y))',
    "splits": "StratifiedKFold(folds, shuffle=True, random_state=seed)",
    "dummy": 'DummyClassifier(strategy="prior")',
    "measures": """
measures = {
    "balanced accuracy": "balanced_accuracy", "accuracy": "accuracy", "macro F1": "f1_macro",
    "AUC": "roc_auc_ovr" if len(labels) > 2 else "roc_auc", "log loss": "neg_log_loss",
}
main, errors = "balanced accuracy", ("log loss",)
""",
    "told": "fitted.predict_proba(X.iloc[test])",
    "effect": 'f"Chance of {fitted.classes_[-1]}, by its most important columns"',
    "show": """
known, guess = y[rows], fitted.classes_[told.argmax(axis=1)]
confusion = pd.crosstab(pd.Series(known, name="true"), pd.Series(guess, name="told")).reindex(
    index=labels, columns=labels, fill_value=0
)
chart = px.imshow(
    confusion, text_auto=True, color_continuous_scale="Reds", title=f"{target}: told and true, on unseen rows"
)
extra = {"confusion": confusion.reset_index()}
if len(labels) == 2:
    share, said = calibration_curve(known == labels[1], told[:, 1], n_bins=10, strategy="quantile")
    calibration = px.line(x=said, y=share, markers=True, title=f"Of rows told {labels[1]} with a chance, how many were")
    calibration.add_scatter(x=[0, 1], y=[0, 1], mode="lines", line_dash="dash", showlegend=False)
    calibration.update_layout(xaxis_title="chance told", yaxis_title="share that were")
    extra["calibration"] = calibration
""",
    "say": """
mine, base = scores[scores["model"] == chosen].iloc[0], scores.iloc[0]
answer = (
    f"{chosen} tells {target} with a balanced accuracy of {mine['balanced accuracy']:.0%} on rows it has not seen "
    f"({base['balanced accuracy']:.0%} for guessing); AUC {mine['AUC']:.2f}; {mine['accuracy']:.0%} of rows are right, "
    f"against {base['accuracy']:.0%} for always naming the largest class."
)
""",
}

COEFFICIENTS: Final = """
# Coefficients of the same model without any penalty, in the columns' own units, with 95 % intervals.
plain = X.fillna({name: X[name].median() for name in amounts})
design = sm.add_constant(pd.get_dummies(plain, drop_first=True, dtype=float)).astype(float)
design = design.loc[:, (design.nunique() > 1) | (design.columns == "const")]
try:
    fit = sm.MODEL
    low, high = fit.conf_int(0.05).to_numpy().T
    slopes = {"term": design.columns, "coefficient": fit.params.to_numpy(), "low": low, "high": high}
    coefficients = pd.DataFrame(slopes | {"p": fit.pvalues.to_numpy()})
    extra["coefficients"] = coefficients
except (np.linalg.LinAlgError, ValueError, PerfectSeparationError):
    pass  # columns that tell the classes apart without fail, or each other, have no finite coefficients
"""
STATS: Final = {
    "linear": 'OLS(y, design).fit(cov_type="HC3")',
    "poisson": 'GLM(y, design, family=sm.families.Poisson()).fit(cov_type="HC3")',
    "logistic": "GLM((y == labels[1]).astype(float), design, family=sm.families.Binomial()).fit()",
}

END: Final = """
useful = important[important["importance"] > 2 * important["spread"]]["column"].head(3)
answer += f" What matters most: {', '.join(useful)}." if len(useful) else " No column matters clearly."
if good[best] <= good[0] + scores["spread between folds"][best]:
    answer += " That is hardly better than the simplest guess: do not rely on it."
answer += WARNING
result = {
    "answer": answer, "scores": scores, "chart": chart, "importance": important, **extra, "effects": effects,
    "learning curve": learning,
}
"""


@dataclass(frozen=True)
class Task:
    """What is to be told, from what, how."""

    target: str
    numbers: tuple[str, ...]
    categories: tuple[str, ...]
    dates: tuple[str, ...]
    time: str | None
    is_number: bool
    methods: tuple[str, ...]
    folds: int
    warning: str


def write(task: Task) -> str:
    """The whole code."""
    kind = NUMBER if task.is_number else CLASSES
    compared = COMPARE.replace("TOLD(fitted, X.iloc[test])", str(kind["told"]))
    parts = [
        *_start(task),
        str(kind["measures"]).strip(),
        f"splits = list({'TimeSeriesSplit(folds)' if task.time else kind['splits']}.split(X, y))",
        f"candidates = {{\n{_candidates(task)}\n}}",
        compared.strip(),
        str(kind["show"]).strip(),
        LEARNING.replace("EFFECT_TITLE", str(kind["effect"])).strip(),
        *_coefficients(task),
        SAY_NUMBER,
        str(kind["say"]).strip(),
        END.replace("WARNING", repr(task.warning)).strip(),
    ]
    return "\n\n".join(parts) + "\n"


SCRIPT: Final = """
# Fits the model on a CSV file and keeps it: python model.py table.csv
# Later: model = joblib.load("model.joblib"); model.predict(ready(table))
# Only ever load a file that you made yourself or trust: loading a .joblib file runs whatever code is in it.
"""


def write_script(task: Task, columns: Sequence[str]) -> str:
    """A script that fits the first of the methods on a CSV file and keeps the model."""
    names, lines, *rest = _start(task)
    load = f"df = pd.read_csv(sys.argv[1], usecols={list(columns)!r})"
    imports = "\n".join(["import sys", "", "import joblib", lines])
    return "\n\n".join([SCRIPT.strip(), imports, names, load, *rest, _fit(task), KEEP]) + "\n"


KEEP: Final = 'joblib.dump(model, "model.joblib")'


def _fit(task: Task) -> str:
    return f"model = make_pipeline(prepare, {make(task.methods[0], number=task.is_number)}).fit(X, y)"


def write_kept(task: Task, name: str) -> str:
    """Code that adds a column with what the first of the methods tells, for every row of the table."""
    parts = [*_start(task), _fit(task), f"df[{name!r}] = model.predict(ready(df))"]
    if not task.is_number:
        parts[-1] += f"\ndf[{name + ' (chance)'!r}] = model.predict_proba(ready(df)).max(axis=1)"
    return "\n\n".join(parts) + "\n"


def _start(task: Task) -> list[str]:
    """The names, the imports, and the table made ready."""
    kind = NUMBER if task.is_number else CLASSES
    names = {
        "target": task.target,
        "numbers": list(task.numbers),
        "categories": list(task.categories),
        "dates": list(task.dates),
        "folds": task.folds,
        "seed": SEED,
    }
    given = "\n".join(f"{name} = {value!r}" for name, value in names.items())
    lines = sorted([*USUAL, *kind["imports"], *imports(task.methods, number=task.is_number)])
    stats = _stats(task)
    heads = ["import numpy as np", "import pandas as pd", "import plotly.express as px"]
    if stats:
        heads.append("import statsmodels.api as sm")
        lines = sorted([*lines, "from statsmodels.tools.sm_exceptions import PerfectSeparationError"])
    table = "data = df.dropna(subset=[target])"
    table += (
        f'.sort_values({task.time!r}, kind="stable")  # each fold is later than what it was told from'
        if task.time
        else ""
    )
    return [given, "\n".join([*heads, *lines]), table, PREPARE.strip(), str(kind["target"])]


def _candidates(task: Task) -> str:
    kind = NUMBER if task.is_number else CLASSES
    made = [("Simplest guess", str(kind["dummy"]))]
    made += [(LEARNERS[name].title, make(name, number=task.is_number)) for name in task.methods]
    return indent("\n".join(f"{title!r}: {code}," for title, code in made), "    ")


def _stats(task: Task) -> str:
    """The name of the method whose coefficients can be shown; empty for none."""
    return next((name for name in task.methods if name in WITH_COEFFICIENTS), "")


def _coefficients(task: Task) -> list[str]:
    name = _stats(task)
    if not name:
        return []
    code = COEFFICIENTS.replace("MODEL", STATS[name]).strip()
    if name == "logistic":
        code = f"if len(labels) == 2:\n{indent(code, '    ')}"
    return [code]
