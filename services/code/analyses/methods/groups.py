"""Code that compares a number between groups."""

from __future__ import annotations

from typing import Final

from services.code.analyses.analysis import SEED
from services.code.analyses.methods.writing import snippet

START: Final = """
import pandas as pd
import plotly.express as px
from scipy import optimize, stats

data = df[[measure, group]].dropna()
data = data.assign(**{measure: data[measure].astype(float), group: data[group].astype(str)})
table = data.groupby(group)[measure].agg(["count", "mean", "std", "median"]).reset_index()
labels = table[group].tolist()
samples = [data.loc[data[group] == label, measure].to_numpy() for label in labels]
"""

BOX: Final = """
shown = data if len(data) <= 20_000 else data.sample(20_000, random_state=seed)
chart = px.box(shown, x=group, y=measure, color=group, points=False, title=f"{measure} by {group}")
chart.update_layout(showlegend=False)
"""

WELCH_T: Final = """
# Welch's t-test: spreads need not be equal. Effect: Hedges' g with the usual large-sample error (Hedges & Olkin 1985).
first, second = samples
found = stats.ttest_ind(first, second, equal_var=False)
low, high = found.confidence_interval(confidence)
difference = first.mean() - second.mean()

n, m = len(first), len(second)
pooled = (((n - 1) * first.var(ddof=1) + (m - 1) * second.var(ddof=1)) / (n + m - 2)) ** 0.5
g = difference / pooled * (1 - 3 / (4 * (n + m) - 9))
error = ((n + m) / (n * m) + g**2 / (2 * (n + m))) ** 0.5
z = stats.norm.ppf(0.5 + confidence / 2)

test = pd.DataFrame([{
    "method": "Welch's t-test", "difference of means": difference, "low": low, "high": high,
    "Hedges' g": g, "g low": g - z * error, "g high": g + z * error,
    "t": found.statistic, "df": found.df, "p": found.pvalue,
}])
side = "higher" if difference >= 0 else "lower"
answer = (
    f"{unclear(found.pvalue)}"
    f"The mean of {measure} is {say(abs(difference))} {side} in {labels[0]} than in {labels[1]} "
    f"({confidence:.0%} interval of the difference {say(low)} to {say(high)}; Hedges' g {g:.2f}, "
    f"{say_p(found.pvalue)})."
)
"""

MANN_WHITNEY: Final = """
# Mann-Whitney U. Effect: the chance that a value of the first group is above one of the second, ties half;
# its interval on the logit scale (DeLong, DeLong & Clarke-Pearson 1988).
import numpy as np

first, second = samples
found = stats.mannwhitneyu(first, second)
n, m = len(first), len(second)
chance = found.statistic / (n * m)

def below(values, others):
    others = np.sort(others)
    return (np.searchsorted(others, values, "left") + np.searchsorted(others, values, "right")) / 2 / len(others)

error = (below(first, second).var(ddof=1) / n + below(second, first).var(ddof=1) / m) ** 0.5
z = stats.norm.ppf(0.5 + confidence / 2)
inside = min(max(chance, 1e-9), 1 - 1e-9)
logit, width = np.log(inside / (1 - inside)), z * error / (inside * (1 - inside))
low, high = (1 / (1 + np.exp(-(logit + side))) for side in (-width, width))

test = pd.DataFrame([{
    "method": "Mann-Whitney U", "chance of a higher value": chance, "low": low, "high": high,
    "U": found.statistic, "p": found.pvalue,
}])
answer = (
    f"{unclear(found.pvalue)}A value of {measure} in {labels[0]} is above one in {labels[1]} in {chance:.0%} of pairs "
    f"({confidence:.0%} interval {low:.0%} to {high:.0%}; 50% is no difference, {say_p(found.pvalue)}). "
    f"Medians: {say(np.median(first))} and {say(np.median(second))}."
)
"""

EXPLAINED: Final = """
def explained(f, between, within):
    \"\"\"Eta squared for an F, and its interval from the noncentral F distribution (Steiger 2004).\"\"\"
    def noncentrality(share):
        below = lambda value: stats.ncf.cdf(f, between, within, value) - share
        high = 10 + 10 * f * between
        return optimize.brentq(below, 1e-9, high) if below(1e-9) * below(high) < 0 else 0.0

    spare = (1 - confidence) / 2
    total = between + within + 1
    low, high = (noncentrality(share) for share in (1 - spare, spare))
    found = f * between / (f * between + within)
    return found, min(found, low / (low + total)), max(found, high / (high + total))
"""

WELCH_ANOVA: Final = """
# Welch's analysis of variance; then every pair by Welch's t-test, p corrected by Holm, intervals by Bonferroni.
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.oneway import anova_oneway

steady = [label for label, sample in zip(labels, samples) if sample.std() == 0]
samples = [sample for label, sample in zip(labels, samples) if label not in steady]
labels = [label for label in labels if label not in steady]
found = anova_oneway(samples, use_var="unequal")
size, count = sum(map(len, samples)), len(samples)
within = sum(((sample - sample.mean()) ** 2).sum() for sample in samples)
centre = sum(sample.sum() for sample in samples) / size
between = sum(len(sample) * (sample.mean() - centre) ** 2 for sample in samples)
share, low, high = explained((between / (count - 1)) / (within / (size - count)), count - 1, size - count)

places = [(i, j) for i in range(len(labels)) for j in range(i + 1, len(labels))]
tests = [stats.ttest_ind(samples[i], samples[j], equal_var=False) for i, j in places]
intervals = [each.confidence_interval(1 - (1 - confidence) / len(places)) for each in tests]
pairs = pd.DataFrame({
    "first": [labels[i] for i, _ in places], "second": [labels[j] for _, j in places],
    "difference of means": [samples[i].mean() - samples[j].mean() for i, j in places],
    "low": [interval.low for interval in intervals], "high": [interval.high for interval in intervals],
    "p (Holm)": multipletests([each.pvalue for each in tests], method="holm")[1],
}).sort_values("p (Holm)", ignore_index=True)

test = pd.DataFrame([{
    "method": "Welch's ANOVA", "eta squared": share, "low": low, "high": high,
    "F": found.statistic, "df 1": found.df[0], "df 2": found.df[1], "p": found.pvalue,
}])
ranked = table.sort_values("mean", ascending=False)
clear = int((pairs["p (Holm)"] < 1 - confidence).sum())
answer = (
    f"{unclear(found.pvalue)}"
    f"The groups explain about {share:.0%} of how {measure} varies "
    f"({confidence:.0%} interval {low:.0%} to {high:.0%}; {say_p(found.pvalue)}). Highest mean: "
    f"{ranked[group].iloc[0]} "
    f"({say(ranked['mean'].iloc[0])}); lowest: {ranked[group].iloc[-1]} ({say(ranked['mean'].iloc[-1])}). "
    f"{clear} of {len(pairs)} pairs differ clearly."
)
if steady:
    answer += f" Left out, because nothing varies there: {', '.join(steady[:5])}."
"""

KRUSKAL: Final = """
# Kruskal-Wallis; then every pair by Mann-Whitney, p corrected by Holm. Effect: eta squared of the ranks.
from statsmodels.stats.multitest import multipletests

found = stats.kruskal(*samples)
size, count = len(data), len(samples)
ranked_f = (found.statistic / (count - 1)) / ((size - 1 - found.statistic) / (size - count))
share, low, high = explained(ranked_f, count - 1, size - count)

places = [(i, j) for i in range(count) for j in range(i + 1, count)]
tests = [stats.mannwhitneyu(samples[i], samples[j]) for i, j in places]
pairs = pd.DataFrame({
    "first": [labels[i] for i, _ in places], "second": [labels[j] for _, j in places],
    "chance of a higher value": [
        each.statistic / (len(samples[i]) * len(samples[j])) for each, (i, j) in zip(tests, places)
    ],
    "p (Holm)": multipletests([each.pvalue for each in tests], method="holm")[1],
}).sort_values("p (Holm)", ignore_index=True)

test = pd.DataFrame([{
    "method": "Kruskal-Wallis", "eta squared of ranks": share, "low": low, "high": high,
    "H": found.statistic, "df": count - 1, "p": found.pvalue,
}])
ranked = table.sort_values("median", ascending=False)
clear = int((pairs["p (Holm)"] < 1 - confidence).sum())
answer = (
    f"{unclear(found.pvalue)}"
    f"The groups explain about {share:.0%} of how the ranks of {measure} vary "
    f"({confidence:.0%} interval {low:.0%} to {high:.0%}; {say_p(found.pvalue)}). "
    f"Highest median: {ranked[group].iloc[0]} ({say(ranked['median'].iloc[0])}); "
    f"lowest: {ranked[group].iloc[-1]} ({say(ranked['median'].iloc[-1])}). "
    f"{clear} of {len(pairs)} pairs differ clearly."
)
"""

BROWN_FORSYTHE: Final = """
# Brown-Forsythe: an analysis of variance of the distances from each group's median.
found = stats.levene(*samples, center="median")
widest, narrowest = table.loc[table["std"].idxmax()], table.loc[table["std"].idxmin()]
ratio = widest["std"] / narrowest["std"] if narrowest["std"] > 0 else float("inf")
test = pd.DataFrame([{
    "method": "Brown-Forsythe", "largest to smallest standard deviation": ratio,
    "F": found.statistic, "df 1": len(samples) - 1, "df 2": len(data) - len(samples), "p": found.pvalue,
}])
answer = (
    f"{unclear(found.pvalue)}"
    f"{measure} spreads {ratio:.2f} times as far in {widest[group]} (standard deviation {say(widest['std'])}) as in "
    f"{narrowest[group]} ({say(narrowest['std'])}; {say_p(found.pvalue)})."
)
"""

BOOTSTRAP: Final = """
# Difference of means drawn again: bootstrap samples for the interval, shuffles for p, both with a fixed seed.
import numpy as np

rounds = int(min(4_999, max(199, 20_000_000 // len(data))))

first, second = samples
random = np.random.default_rng(seed)
difference = first.mean() - second.mean()
draws = np.array([
    random.choice(first, len(first)).mean() - random.choice(second, len(second)).mean() for _ in range(rounds)
])
low, high = np.quantile(draws, [0.5 - confidence / 2, 0.5 + confidence / 2])
everything, n = np.concatenate(samples), len(first)
shuffled = np.empty(rounds)
for place in range(len(shuffled)):
    random.shuffle(everything)
    shuffled[place] = everything[:n].mean() - everything[n:].mean()
p = (1 + (np.abs(shuffled) >= abs(difference)).sum()) / (1 + len(shuffled))

test = pd.DataFrame([{
    "method": "Bootstrap and permutation", "difference of means": difference, "low": low, "high": high, "p": p,
    "draws": rounds,
}])
side = "higher" if difference >= 0 else "lower"
answer = (
    f"{unclear(p)}"
    f"The mean of {measure} is {say(abs(difference))} {side} in {labels[0]} than in {labels[1]} "
    f"({confidence:.0%} interval of the difference {say(low)} to {say(high)}; {say_p(p)})."
)
"""

END: Final = """
result = {"answer": answer, "test": test, "groups": table, "chart": chart}
"""

END_PAIRS: Final = """
result = {"answer": answer, "test": test, "pairs": pairs, "groups": table, "chart": chart}
"""

METHODS: Final = {
    "welch_t": (WELCH_T, END),
    "mann_whitney": (MANN_WHITNEY, END),
    "welch_anova": (EXPLAINED + WELCH_ANOVA, END_PAIRS),
    "kruskal_wallis": (EXPLAINED + KRUSKAL, END_PAIRS),
    "brown_forsythe": (BROWN_FORSYTHE, END),
    "bootstrap": (BOOTSTRAP, END),
}


def write(method: str, measure: str, group: str, confidence: float) -> str:
    """Code of the method for these columns."""
    body, end = METHODS[method]
    names: dict[str, str | float] = {"measure": measure, "group": group, "confidence": confidence, "seed": SEED}
    return snippet(names, START, body + BOX + end)
