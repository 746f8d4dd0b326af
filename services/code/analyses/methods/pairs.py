"""Code that compares two values of each row."""

from __future__ import annotations

from typing import Final

from services.code.analyses.analysis import SEED
from services.code.analyses.methods.writing import snippet

WIDE: Final = """
import pandas as pd
import plotly.express as px
from scipy import stats

data = df[[before, after]].dropna()
"""

LONG: Final = """
import pandas as pd
import plotly.express as px
from scipy import stats

data = df[[measure, group, subject]].dropna().pivot(index=subject, columns=group, values=measure).dropna()
data.columns = data.columns.astype(str)
before, after = data.columns
"""

DIFFERENCES: Final = """
differences = data[after].astype(float) - data[before].astype(float)
table = pd.DataFrame({
    "": [before, after, "difference"],
    "pairs": len(data),
    "mean": [data[before].mean(), data[after].mean(), differences.mean()],
    "median": [data[before].median(), data[after].median(), differences.median()],
    "standard deviation": [data[before].std(), data[after].std(), differences.std()],
})
chart = px.histogram(differences.rename("difference").to_frame(), x="difference", title=f"{after} less {before}")
chart.add_vline(x=0, line_dash="dash")
chart.update_layout(yaxis_title="pairs")
"""

PAIRED_T: Final = """
# Paired t-test. Effect: Cohen's d of the differences, corrected for few pairs (Hedges).
found = stats.ttest_rel(data[after].astype(float), data[before].astype(float))
low, high = found.confidence_interval(confidence)
difference, n = differences.mean(), len(differences)
d = difference / differences.std() * (1 - 3 / (4 * (n - 1) - 1))
error = (1 / n + d**2 / (2 * n)) ** 0.5
z = stats.norm.ppf(0.5 + confidence / 2)
test = pd.DataFrame([{
    "method": "Paired t-test", "mean difference": difference, "low": low, "high": high,
    "d": d, "d low": d - z * error, "d high": d + z * error, "t": found.statistic, "df": found.df, "p": found.pvalue,
}])
side = "higher" if difference >= 0 else "lower"
answer = (
    f"{unclear(found.pvalue)}{after} is on average {say(abs(difference))} {side} than {before} "
    f"({confidence:.0%} interval of the difference {say(low)} to {say(high)}; d {d:.2f}, {say_p(found.pvalue)}; "
    f"{n:,} pairs)."
)
"""

WILCOXON: Final = """
# Wilcoxon signed ranks. Effect: matched-pairs rank correlation (Kerby 2014); interval of the median difference from
# the binomial distribution.
moved = differences[differences != 0]
found = stats.wilcoxon(data[after].astype(float), data[before].astype(float))
ranks = moved.abs().rank()
effect = (ranks[moved > 0].sum() - ranks[moved < 0].sum()) / ranks.sum()
middle = stats.quantile_test(differences, q=0, p=0.5).confidence_interval(confidence)
difference = differences.median()
test = pd.DataFrame([{
    "method": "Wilcoxon signed ranks", "median difference": difference, "low": middle.low, "high": middle.high,
    "rank correlation": effect, "W": found.statistic, "p": found.pvalue,
}])
side = "higher" if effect >= 0 else "lower"
answer = (
    f"{unclear(found.pvalue)}{after} tends to be {side} than {before}: the median difference is {say(difference)} "
    f"({confidence:.0%} interval {say(middle.low)} to {say(middle.high)}; rank correlation {effect:.2f}, "
    f"{say_p(found.pvalue)}; {len(differences):,} pairs)."
)
"""

MCNEMAR: Final = """
# McNemar: only rows that changed tell anything; exact below 25 of them. Interval: Agresti & Min 2005.
from statsmodels.stats.contingency_tables import mcnemar

levels = sorted(set(data[before]) | set(data[after]), key=str)
if len(levels) > 2:
    raise ValueError(f"{before} and {after} have more than two values between them: {levels[:5]}")
yes = levels[-1]
first, second = data[before] == yes, data[after] == yes
counts = pd.crosstab(first, second).reindex(index=[True, False], columns=[True, False], fill_value=0)
lost, gained = int(counts.loc[True, False]), int(counts.loc[False, True])
exact = lost + gained < 25
found = mcnemar(counts.to_numpy(), exact=exact, correction=True)

n = len(data)
change = (gained - lost) / n
b, c, total = gained + 0.5, lost + 0.5, n + 2
centre = (b - c) / total
width = stats.norm.ppf(0.5 + confidence / 2) * ((b + c) - (b - c) ** 2 / total) ** 0.5 / total
low, high = centre - width, centre + width
test = pd.DataFrame([{
    "method": "McNemar, exact" if exact else "McNemar", "change of the share": change, "low": low, "high": high,
    "to yes": gained, "to no": lost, "statistic": found.statistic, "p": found.pvalue,
}])
table = pd.DataFrame({"": [before, after], f"share of {yes}": [first.mean(), second.mean()], "rows": n})
chart = px.bar(table, x="", y=f"share of {yes}", title=f"{yes}: {before} and {after}")
chart.update_yaxes(tickformat=".0%", range=[0, 1])
answer = (
    f"{unclear(found.pvalue)}"
    f"The share of {yes} went from {first.mean():.1%} ({before}) to {second.mean():.1%} ({after}): "
    f"{change * 100:+.1f} points ({confidence:.0%} interval {low * 100:+.1f} to {high * 100:+.1f}; "
    f"{say_p(found.pvalue)})."
)
"""

END: Final = """
result = {"answer": answer, "test": test, "groups": table, "chart": chart}
"""

METHODS: Final = {
    "paired_t": DIFFERENCES + PAIRED_T,
    "wilcoxon": DIFFERENCES + WILCOXON,
    "mcnemar": MCNEMAR,
}


def write(method: str, before: str, after: str, confidence: float) -> str:
    """Code of the method for two columns."""
    names: dict[str, str | float] = {"before": before, "after": after, "confidence": confidence, "seed": SEED}
    return snippet(names, WIDE, METHODS[method] + END)


def write_long(method: str, measure: str, group: str, subject: str, confidence: float) -> str:
    """Code of the method for a measure whose pairs stand in two rows of each subject."""
    columns = {"measure": measure, "group": group, "subject": subject}
    names: dict[str, str | float] = {**columns, "confidence": confidence, "seed": SEED}
    return snippet(names, LONG, METHODS[method] + END)
