"""Snippets that look at a target and the columns it is to be told from, and at what gives the answer away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from services.code.analyses.facts import KIND

IMPORTS: Final = """
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import KFold, StratifiedKFold, cross_val_predict
from sklearn.preprocessing import TargetEncoder
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
"""

ALONE: Final = '''
def alone(values, known, is_number):
    """How well a column by itself tells the target, on rows it was not told from: 0 not at all, 1 all of it."""
    gaps = values.isna().to_numpy(float)
    if is_number:
        numbers = pd.to_numeric(values, errors="coerce").astype(float)
        filled = numbers.fillna(numbers.median()).to_numpy()
    else:
        filled = pd.factorize(values.astype("string"), sort=True)[0].astype(float)
    X = np.column_stack([np.nan_to_num(filled), gaps])
    size = {"min_samples_leaf": 5 if len(known) > 200 else 2, "random_state": 0}
    if counts:
        model, folds = DecisionTreeRegressor(max_leaf_nodes=64, **size), KFold(3, shuffle=True, random_state=0)
        if not is_number and values.nunique() <= 50:
            means = TargetEncoder(target_type="continuous", random_state=0)
            X[:, 0] = means.fit_transform(filled[:, None], known)[:, 0]
        told = cross_val_predict(model, X, known, cv=folds)
        both = pd.DataFrame({"column": X[:, 0], "target": known})[gaps == 0]
        varies = both["column"].nunique() > 1 and gaps.mean() < 0.05
        line = max(both.corr(way).iloc[0, 1] ** 2 for way in ("pearson", "spearman")) if varies else 0.0
        return float(max(line, 1 - ((known - told) ** 2).sum() / ((known - known.mean()) ** 2).sum()))
    model = DecisionTreeClassifier(max_leaf_nodes=64, class_weight="balanced", **size)
    told = cross_val_predict(model, X, known, cv=StratifiedKFold(3, shuffle=True, random_state=0))
    hits = np.mean([(told[known == each] == each).mean() for each in np.unique(known)])
    chance = 1 / len(np.unique(known))
    filled_for = [abs(gaps[known == each].mean() - gaps[known != each].mean()) for each in np.unique(known)]
    return float(max((hits - chance) / (1 - chance), *filled_for))


def by_sum(data, numbers, known):
    """The columns of numbers that add up to the target, all but exactly; none, if they do not."""
    whole = data[numbers].apply(pd.to_numeric, errors="coerce").astype(float)
    rows = whole.notna().all(axis=1).to_numpy()
    if len(numbers) < 2 or rows.sum() < 20 + 2 * len(numbers):
        return []
    X = (whole[rows] - whole[rows].mean()) / whole[rows].std().replace(0, 1)
    fit = LinearRegression().fit(X, known[rows])
    if fit.score(X, known[rows]) < 0.9999:
        return []
    return [name for name, slope in zip(numbers, fit.coef_) if abs(slope) > 0.05 * known.std()]
'''

LOOK: Final = """
data = df[[*inputs, target]].dropna(subset=[target])
y = data[target]
result = {
    "rows": len(data), "dropped": len(df) - len(data), "kind": kind(y), "distinct": int(y.nunique()),
    "smallest": int(y.value_counts().min()) if len(y) else 0, "leaks": {}, "left_out": {}, "repeated": 0.0,
    "whole": False, "negative": False, "inputs": {},
}
for name in inputs:
    found, missing = kind(data[name]), float(data[name].isna().mean()) if len(data) else 1.0
    distinct = int(data[name].nunique())
    if distinct < 1 or (distinct == 1 and missing == 0):
        result["left_out"][name] = "it never varies"
    elif found == "text" or (found in ("category", "yes/no") and distinct > 200):
        result["left_out"][name] = "nearly every row has a text of its own"
    else:
        result["inputs"][name] = found
if result["kind"] == "number":
    values = y.astype(float)
    result["whole"] = bool((values % 1 == 0).all())
    result["negative"] = bool((values < 0).any())
counts = result["kind"] == "number"
known = y.astype(float).to_numpy() if counts else pd.factorize(y.astype("string"), sort=True)[0]
if len(data) >= 30 and result["distinct"] > 1 and (counts or result["smallest"] >= 3):
    looked = data if len(data) <= 20_000 else data.sample(20_000, random_state=0)
    known = known[data.index.get_indexer(looked.index)] if len(looked) < len(data) else known
    for name in inputs:
        share = alone(looked[name], known, pd.api.types.is_numeric_dtype(looked[name]))
        if share >= 0.95:
            result["leaks"][name] = f"it tells {share:.1%} of the target by itself"
    rest = [name for name in result["inputs"] if result["inputs"][name] == "number" and name not in result["leaks"]]
    if counts:
        for name in by_sum(looked, rest, known):
            result["leaks"][name] = "together with others it adds up to the target"
    fine = [name for name in rest if looked[name].nunique() > len(looked) / 4]
    twice = looked[[*result["inputs"], target]].duplicated().mean()
    if twice > 0.02 and (fine or len(rest) >= 4):
        result["repeated"] = float(twice)
        result["leaks"]["(rows)"] = f"{twice:.0%} of the rows stand there twice: what is tested was seen before"
"""


def of_target(target: str, inputs: Sequence[str]) -> str:
    """Facts about a target and its inputs, and which of them give the answer away: `leaks`, by column, with why."""
    given = f"target = {target!r}\ninputs = {list(inputs)!r}"
    columns = [*inputs, target]
    start = f"df = df[{columns!r}].reset_index(drop=True)\n{given}"
    return "\n\n".join([start, IMPORTS.strip(), KIND.strip(), ALONE.strip(), LOOK.strip()]) + "\n"
