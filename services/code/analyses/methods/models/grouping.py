"""Code that finds groups of rows that are alike, and directions in which rows differ most."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from services.code.analyses.analysis import SEED

READY: Final = """
data = df[columns].apply(pd.to_numeric, errors="coerce").astype(float).dropna()
data = data.loc[:, data.nunique() > 1]
if data.shape[1] < 1 or len(data) < 10:
    raise ValueError("Fewer than ten rows have all of these columns, or none of the columns varies")
X = StandardScaler().fit_transform(data)  # every column counts alike, whatever its unit
"""

NUMBERED: Final = '''
def grouped(k):
    """The group of each row, with k of them."""
    return {MODEL}


sample = np.random.default_rng(seed).permutation(len(X))[:5_000]
tried = []
for k in range(2, min(10, len(X) // 5, len(np.unique(X, axis=0)) - 1) + 1) if number == 0 else [number]:
    print(f"Trying {k} groups")
    found = grouped(k)
    apart = silhouette_score(X[sample], found[sample]) if len(set(found[sample])) > 1 else np.nan
    within = sum(((X[found == each] - X[found == each].mean(axis=0)) ** 2).sum() for each in set(found))
    tried.append((k, apart, within, np.bincount(found).min()))
choice = pd.DataFrame(tried, columns=["groups", "silhouette", "spread within", "smallest group"])
number = int(choice["groups"][choice["silhouette"].fillna(-1).argmax()])
labels = grouped(number)
why = (
    f"{number} groups lie farthest apart (silhouette {choice['silhouette'].max():.2f} of at most 1; over 0.5 is clear, "
    "under 0.25 there are hardly any groups)"
)
'''

DENSE: Final = """
# DBSCAN: groups are where rows lie close together; the distance is where the sorted distances to the fifth neighbour
# bend (Ester et al. 1996).
near = NearestNeighbors(n_neighbors=min(6, len(X))).fit(X)
fifth = np.sort(near.kneighbors(X)[0][:, -1])
line = np.linspace(fifth[0], fifth[-1], len(fifth))
distance = fifth[(line - fifth).argmax()] or fifth[fifth > 0].min(initial=1.0)
labels = DBSCAN(eps=distance, min_samples=5).fit_predict(X)
number = len(set(labels) - {-1})
choice = pd.DataFrame([{"distance": distance, "groups": number, "rows outside": int((labels == -1).sum())}])
why = f"rows closer than {distance:.2f} standard deviations belong together; {(labels == -1).sum():,} rows lie outside"
"""

GROUPS: Final = """
names = np.where(labels < 0, "outside", np.char.add("group ", (labels + 1).astype(str)))
groups = data.groupby(names).mean().reset_index(names="group")
groups.insert(1, "rows", [int((names == each).sum()) for each in groups["group"]])
away = pd.DataFrame(X, columns=data.columns).groupby(names).mean()
told = [
    f"{each}: {way.idxmax()} {'high' if away.loc[each, way.idxmax()] > 0 else 'low'}"
    for each, way in away.abs().iterrows() if each != "outside"
]
"""

GROUPS_END: Final = """
flat = PCA(min(2, X.shape[1]), random_state=seed).fit_transform(X)
shown = np.random.default_rng(seed).permutation(len(X))[:3_000]
chart = px.scatter(
    x=flat[shown, 0], y=flat[shown, -1], color=names[shown], opacity=0.7, render_mode="svg",
    title="The groups, seen from where they differ most",
)
chart.update_layout(xaxis_title="first component", yaxis_title="second component")
answer = f"{number} groups of {len(X):,} rows: {why}. What marks them: {'; '.join(told[:6])}."
if len(df) > len(data):
    answer += f" {len(df) - len(data):,} rows with missing values were left out."
result = {"answer": answer, "groups": groups, "choice": choice, "chart": chart}
if "silhouette" in choice and len(choice) > 1:
    result["how many"] = px.line(choice, x="groups", y="silhouette", markers=True, title="How many groups?")
"""

COMPONENTS: Final = """
fit = PCA(random_state=seed).fit(X)
share = fit.explained_variance_ratio_
explained = pd.DataFrame({"component": range(1, len(share) + 1), "share": share, "together": share.cumsum()})
count = int((share.cumsum() < 0.8).sum()) + 1
loadings = pd.DataFrame(fit.components_.T[:, :count], columns=[f"component {n}" for n in range(1, count + 1)])
loadings.insert(0, "column", data.columns)
"""

COMPONENTS_END: Final = """
flat = fit.transform(X)
shown = np.random.default_rng(seed).permutation(len(X))[:3_000]
chart = px.scatter(
    x=flat[shown, 0], y=flat[shown, min(1, flat.shape[1] - 1)], opacity=0.6, render_mode="svg",
    title="Rows, seen from where they differ most",
)
chart.update_layout(xaxis_title=f"component 1 ({share[0]:.0%})", yaxis_title="component 2")
bars = px.bar(explained, x="component", y="share", title="How much of all differences each component holds")
bars.update_yaxes(tickformat=".0%")
first = loadings.set_index("column")["component 1"]
strongest = first.abs().sort_values(ascending=False).index[:3]
answer = (
    f"{count} of {len(share)} components hold {share[:count].sum():.0%} of all differences; the first {share[0]:.0%}, "
    f"mostly {', '.join(f'{name} ({first[name]:+.2f})' for name in strongest)}."
)
if len(df) > len(data):
    answer += f" {len(df) - len(data):,} rows with missing values were left out."
result = {"answer": answer, "explained": explained, "loadings": loadings, "chart": chart, "shares": bars}
"""

MODELS: Final = {
    "k-means": ("cluster import KMeans", "KMeans(k, n_init=10, random_state=seed).fit_predict(X)"),
    "hierarchical": ("cluster import AgglomerativeClustering", "AgglomerativeClustering(k).fit_predict(X)"),
    "mixture": ("mixture import GaussianMixture", "GaussianMixture(k, n_init=3, random_state=seed).fit_predict(X)"),
}
HEAD: Final = ("import numpy as np", "import pandas as pd", "import plotly.express as px")


def write_groups(columns: Sequence[str], method: str, number: int) -> str:
    """Code that finds groups; `number` 0 finds how many by itself."""
    lines = ["from sklearn.decomposition import PCA", "from sklearn.preprocessing import StandardScaler"]
    if method == "dbscan":
        lines += ["from sklearn.cluster import DBSCAN", "from sklearn.neighbors import NearestNeighbors"]
        body = DENSE
    else:
        lines += [f"from sklearn.{MODELS[method][0]}", "from sklearn.metrics import silhouette_score"]
        body = NUMBERED.replace("{MODEL}", MODELS[method][1])
    given = _given(columns, f"number = {number}\n")
    return _joined([given, "\n".join([*HEAD, *sorted(lines)]), READY, body, GROUPS, GROUPS_END])


def write_components(columns: Sequence[str]) -> str:
    """Code of a principal component analysis."""
    lines = [*HEAD, "from sklearn.decomposition import PCA", "from sklearn.preprocessing import StandardScaler"]
    return _joined([_given(columns), "\n".join(lines), READY, COMPONENTS, COMPONENTS_END])


def _given(columns: Sequence[str], more: str = "") -> str:
    return f"columns = {list(columns)!r}\n{more}seed = {SEED}"


def _joined(parts: Sequence[str]) -> str:
    return "\n\n".join(part.strip() for part in parts) + "\n"
