"""Code that relates two columns."""

from __future__ import annotations

from typing import Final

from services.code.analyses.analysis import SEED
from services.code.analyses.methods.writing import snippet

NUMBERS: Final = """
import numpy as np
import pandas as pd
import plotly.express as px
from scipy import stats

data = df[[left, right]].dropna().astype(float)
x, y, n = data[left], data[right], len(data)
z = stats.norm.ppf(0.5 + confidence / 2)
"""

SCATTER: Final = """
shown = data if len(data) <= 5_000 else data.sample(5_000, random_state=seed)
chart = px.scatter(shown, x=left, y=right, opacity=0.6, title=f"{left} and {right}", render_mode="svg")
size = "hardly any" if abs(r) < 0.1 else "a weak" if abs(r) < 0.3 else "a moderate" if abs(r) < 0.5 else "a strong"
way = "" if abs(r) < 0.1 else " positive" if r > 0 else " negative"
answer = (
    f"{left} and {right} have {size}{way} relation ({name} {r:.2f}, {confidence:.0%} interval {low:.2f} to {high:.2f}; "
    f"{say_p(p)}; {n:,} rows). It does not say that one causes the other."
)
result = {"answer": answer, "test": test, "chart": chart}
"""

PEARSON: Final = """
# Pearson's correlation; interval by Fisher's transformation.
found = stats.pearsonr(x, y)
r, (low, high), p, name = found.statistic, found.confidence_interval(confidence), found.pvalue, "Pearson's r"
test = pd.DataFrame([{
    "method": "Pearson's correlation", "r": r, "low": low, "high": high,
    "t": r * ((n - 2) / max(1 - r**2, 1e-300)) ** 0.5, "df": n - 2, "p": found.pvalue,
}])
"""

SPEARMAN: Final = """
# Spearman's rank correlation; interval by Bonett & Wright 2000. Kendall's tau beside it.
found = stats.spearmanr(x, y)
r, name = found.statistic, "Spearman's rho"
error = ((1 + r**2 / 2) / (n - 3)) ** 0.5
inside = min(max(r, -1 + 1e-12), 1 - 1e-12)
low, high = np.tanh(np.arctanh(inside) + np.array([-z, z]) * error)
tau = stats.kendalltau(x, y)
p = found.pvalue
if n < 10:  # so few rows can be put in every order
    orders = stats.permutation_test(
        (x.rank(),), lambda order, axis: (order * y.rank().to_numpy()).sum(axis), permutation_type="pairings",
        n_resamples=np.inf, vectorized=True,
    )
    p = orders.pvalue
test = pd.DataFrame([{
    "method": "Spearman's rank correlation", "rho": r, "low": low, "high": high, "p": p,
    "Kendall's tau": tau.statistic, "p of tau": tau.pvalue,
}])
"""

CATEGORIES: Final = """
import numpy as np
import pandas as pd
import plotly.express as px
from scipy import optimize, stats

data = df[[left, right]].dropna().astype(str)
counts = pd.crosstab(data[left], data[right])
observed, n = counts.to_numpy(), len(data)
"""

CHART: Final = """
shares = counts.div(counts.sum(axis=1), axis=0).reset_index().melt(id_vars=left, var_name=right, value_name="share")
chart = px.bar(shares, x=left, y="share", color=right, title=f"{right} by {left}")
chart.update_yaxes(tickformat=".0%")
"""

CRAMER: Final = """
# Effect: Cramer's V less what chance alone would give, its interval from the noncentral chi-square (Smithson 2003).
def cramer(chi_square, freedom):
    def noncentrality(share):
        below = lambda value: stats.ncx2.cdf(chi_square, freedom, value) - share
        high = 10 + 10 * chi_square
        return optimize.brentq(below, 1e-9, high) if below(1e-9) * below(high) < 0 else 0.0

    spare = (1 - confidence) / 2
    found = [max(chi_square - freedom, 0), noncentrality(1 - spare), noncentrality(spare)]
    return [min(1.0, (value / n / (min(observed.shape) - 1)) ** 0.5) for value in found]
"""

CHI_SQUARE: Final = """
found = stats.chi2_contingency(observed, correction=False)
v, low, high = cramer(found.statistic, found.dof)
test = pd.DataFrame([{
    "method": "Chi-square", "Cramer's V": v, "low": low, "high": high,
    "chi-square": found.statistic, "df": found.dof, "p": found.pvalue,
}])
"""

PERMUTED: Final = """
# Few rows in some cells: chi-square against 9,999 tables with the same margins, drawn with a fixed seed.
shuffles = stats.MonteCarloMethod(rng=np.random.default_rng(seed))
found = stats.chi2_contingency(observed, correction=False, method=shuffles)
v, low, high = cramer(found.statistic, (observed.shape[0] - 1) * (observed.shape[1] - 1))
test = pd.DataFrame([{
    "method": "Chi-square, permuted", "Cramer's V": v, "low": low, "high": high,
    "chi-square": found.statistic, "p": found.pvalue,
}])
"""

TIED: Final = """
size = "hardly any" if v < 0.1 else "a weak" if v < 0.3 else "a moderate" if v < 0.5 else "a strong"
answer = (
    f"{left} and {right} have {size} relation (Cramer's V {v:.2f}, {confidence:.0%} interval {low:.2f} to {high:.2f}; "
    f"{say_p(found.pvalue)}; {n:,} rows)."
)
result = {"answer": answer, "test": test, "counts": counts.reset_index(), "chart": chart}
"""

FISHER: Final = """
# Fisher's exact test. Effect: the conditional odds ratio with its exact interval.
counts = counts[counts.columns[::-1]]
observed = counts.to_numpy()
found = stats.fisher_exact(observed)
ratio = stats.contingency.odds_ratio(observed)
low, high = ratio.confidence_interval(confidence)
test = pd.DataFrame([{
    "method": "Fisher's exact test", "odds ratio": ratio.statistic, "low": low, "high": high, "p": found.pvalue,
}])
answer = (
    f"{unclear(found.pvalue)}"
    f"The odds of {counts.columns[0]} are {ratio.statistic:.2f} times as high in {counts.index[0]} as in "
    f"{counts.index[1]} ({confidence:.0%} interval {low:.2f} to {high:.2f}; 1 is no difference, {say_p(found.pvalue)}; "
    f"{n:,} rows)."
)
result = {"answer": answer, "test": test, "counts": counts.reset_index(), "chart": chart}
"""

PROPORTIONS: Final = """
# Two shares: z-test; interval of the difference by Newcombe 1998.
from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest

yes = counts.columns[-1]
hits, sizes = counts[yes].to_numpy(), counts.sum(axis=1).to_numpy()
z_value, p = proportions_ztest(hits, sizes)
low, high = confint_proportions_2indep(*[hits[0], sizes[0], hits[1], sizes[1]], method="newcomb", alpha=1 - confidence)
first, second = hits / sizes
difference = first - second
test = pd.DataFrame([{
    "method": "Two proportions", "difference of shares": difference, "low": low, "high": high,
    "ratio": first / second if second else float("inf"), "z": z_value, "p": p,
}])
table = pd.DataFrame({left: counts.index, "rows": sizes, f"with {yes}": hits, "share": hits / sizes})
answer = (
    f"{unclear(p)}"
    f"The share of {right} = {yes} is {first:.1%} in {counts.index[0]} and {second:.1%} in {counts.index[1]}: "
    f"{difference * 100:+.1f} points ({confidence:.0%} interval {low * 100:+.1f} to {high * 100:+.1f}; {say_p(p)})."
)
result = {"answer": answer, "test": test, "groups": table, "chart": chart}
"""

METHODS: Final = {
    "pearson": (NUMBERS, PEARSON + SCATTER),
    "spearman": (NUMBERS, SPEARMAN + SCATTER),
    "chi_square": (CATEGORIES, CRAMER + CHI_SQUARE + CHART + TIED),
    "chi_square_permuted": (CATEGORIES, CRAMER + PERMUTED + CHART + TIED),
    "fisher": (CATEGORIES, CHART + FISHER),
    "two_proportions": (CATEGORIES, CHART + PROPORTIONS),
}
COUNTED: Final = frozenset({"chi_square", "chi_square_permuted", "fisher", "two_proportions"})
"""The methods that count rows of two categories."""


def write(method: str, left: str, right: str, confidence: float) -> str:
    """Code of the method for these columns."""
    start, body = METHODS[method]
    return snippet({"left": left, "right": right, "confidence": confidence, "seed": SEED}, start, body)
