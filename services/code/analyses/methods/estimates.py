"""Code that estimates: how sure a number is, how many rows a test needs, which columns go together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from services.code.analyses.analysis import SEED
from services.code.analyses.methods.writing import snippet

INTERVAL: Final = """
# The statistic of samples drawn from the rows, again and again (Efron & Tibshirani 1993); the seed is fixed.
import numpy as np
import pandas as pd
import plotly.express as px

values = df[column].dropna().astype(float).to_numpy()
if len(values) < 8:
    raise ValueError(f"{column} has {len(values)} values; at least 8 are needed")
of = {"mean": np.mean, "median": np.median, "standard deviation": lambda sample: np.std(sample, ddof=1)}[statistic]
rounds = int(min(4_999, max(199, 20_000_000 // len(values))))
random = np.random.default_rng(seed)
draws = np.array([of(random.choice(values, len(values))) for _ in range(rounds)])
low, high = np.quantile(draws, [0.5 - confidence / 2, 0.5 + confidence / 2])
estimate = of(values)
"""

INTERVAL_END: Final = """
test = pd.DataFrame([{
    "statistic": statistic, "estimate": estimate, "low": low, "high": high, "values": len(values), "draws": rounds,
}])
chart = px.histogram(x=draws, nbins=60, title=f"The {statistic} of {column} in {rounds:,} drawn samples")
chart.update_layout(xaxis_title=statistic, yaxis_title="samples")
for edge in (low, high):
    chart.add_vline(x=edge, line_dash="dash")
answer = (
    f"The {statistic} of {column} is {say(estimate)} ({confidence:.0%} interval {say(low)} to {say(high)}; "
    f"{len(values):,} values)."
)
result = {"answer": answer, "test": test, "chart": chart}
"""

MEANS: Final = """
import numpy as np
import pandas as pd
import plotly.express as px
from statsmodels.stats.power import TTestIndPower

solver = TTestIndPower()
effect = difference / spread
"""

SHARES: Final = """
import numpy as np
import pandas as pd
import plotly.express as px
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.proportion import proportion_effectsize

solver = NormalIndPower()
effect = abs(proportion_effectsize(share + difference, share))
"""

SIZE_END: Final = """
def rows_needed(power):
    return int(np.ceil(solver.solve_power(effect_size=effect, alpha=1 - confidence, power=power)))

needed = rows_needed(power)
test = pd.DataFrame({"power": [0.8, 0.9, 0.95, 0.99]})
test["rows in each group"] = [rows_needed(each) for each in test["power"]]
test["rows in all"] = 2 * test["rows in each group"]
sizes = np.unique(np.linspace(max(2, needed // 10), 2 * needed, 60).astype(int))
curve = pd.DataFrame({"rows in each group": sizes, "power": solver.power(effect, sizes, 1 - confidence)})
chart = px.line(curve, x="rows in each group", y="power", title="Chance to find the difference, if it is there")
chart.add_vline(x=needed, line_dash="dash")
chart.update_yaxes(tickformat=".0%", range=[0, 1])
answer = (
    f"Each group needs {needed:,} rows ({2 * needed:,} in all): a difference of {say(difference)} is then found with "
    f"a probability of {power:.0%}, at {confidence:.0%} confidence. Fix this number before looking at any result."
)
result = {"answer": answer, "test": test, "chart": chart}
"""

TOGETHER: Final = """
# Spearman's correlation of every pair, p corrected for the number of pairs by Holm.
import numpy as np
import pandas as pd
import plotly.express as px
from scipy import stats
from statsmodels.stats.multitest import multipletests

table = df[columns].astype(float)
table = table.loc[:, table.nunique() > 1]
names = list(table.columns)
if len(names) < 2:
    raise ValueError("Fewer than two of the columns vary")
rows = []
for place, left in enumerate(names):
    for right in names[place + 1:]:
        both = table[[left, right]].dropna()
        if len(both) >= 5 and min(both.nunique()) > 1:
            found = stats.spearmanr(both[left], both[right])
            rows.append((left, right, found.statistic, found.pvalue, len(both)))
if not rows:
    raise ValueError("No two of the columns have five rows in common")
"""

TOGETHER_END: Final = """
test = pd.DataFrame(rows, columns=["one", "other", "Spearman's rho", "p", "rows"])
test["p (Holm)"] = multipletests(test["p"], method="holm")[1]
test = test.sort_values("Spearman's rho", key=abs, ascending=False, ignore_index=True)
matrix = table.corr(method="spearman")
chart = px.imshow(matrix, zmin=-1, zmax=1, color_continuous_scale="RdBu_r", title="Spearman's correlation")
clear = test[test["p (Holm)"] < 1 - confidence]
first = clear.iloc[0] if len(clear) else None
answer = f"{len(clear)} of {len(test)} pairs go together clearly, after correction for looking at {len(test)} pairs."
if first is not None:
    rho = first["Spearman's rho"]
    answer += f" The strongest: {first['one']} and {first['other']} (rho {rho:.2f})."
result = {"answer": answer, "test": test, "chart": chart}
"""


def write_interval(column: str, statistic: str, confidence: float) -> str:
    """Code for the interval of a statistic of one column."""
    names: dict[str, str | float] = {"column": column, "statistic": statistic, "confidence": confidence, "seed": SEED}
    return snippet(names, INTERVAL, INTERVAL_END)


def write_means(difference: float, spread: float, power: float, confidence: float) -> str:
    """Code for the rows that a comparison of two means needs."""
    names: dict[str, str | float] = {"difference": difference, "spread": spread}
    return snippet(names | {"power": power, "confidence": confidence}, MEANS, SIZE_END)


def write_shares(difference: float, share: float, power: float, confidence: float) -> str:
    """Code for the rows that a comparison of two shares needs."""
    names: dict[str, str | float] = {"difference": difference, "share": share}
    return snippet(names | {"power": power, "confidence": confidence}, SHARES, SIZE_END)


def write_together(columns: Sequence[str], confidence: float) -> str:
    """Code for every pair of the columns."""
    return snippet({"columns": list(columns), "confidence": confidence}, TOGETHER, TOGETHER_END)
