"""Code that asks whether a column follows the normal distribution."""

from __future__ import annotations

from typing import Final

from services.code.analyses.analysis import SEED
from services.code.analyses.methods.writing import snippet

START: Final = """
import numpy as np
import pandas as pd
import plotly.express as px
from scipy import stats

values = df[column].dropna().astype(float)
n = len(values)
"""

SHAPIRO: Final = """
found = stats.shapiro(values)
statistic, p, method = found.statistic, found.pvalue, "Shapiro-Wilk"
"""

ANDERSON: Final = """
# Anderson-Darling with mean and spread taken from the data (Stephens 1986).
from statsmodels.stats.diagnostic import normal_ad

statistic, p = normal_ad(values.to_numpy())
method = "Anderson-Darling"
"""

END: Final = """
skew, tails = stats.skew(values), stats.kurtosis(values)
test = pd.DataFrame([{
    "method": method, "statistic": statistic, "p": p, "skewness": skew, "excess kurtosis": tails, "values": n,
}])
near = abs(skew) < 0.5 and abs(tails) < 1
if p >= 0.05:
    answer = f"Nothing speaks against {column} being normal ({method}, {say_p(p)}; {n:,} values)."
elif near:
    answer = f"{column} is not exactly normal ({method}, {say_p(p)}; {n:,} values), but close: skewness {skew:.2f}."
else:
    shape = f"skewness {skew:.2f}, excess kurtosis {tails:.2f}"
    answer = f"{column} is not normal ({method}, {say_p(p)}; {n:,} values): {shape}."

shown = np.sort(values if n <= 2_000 else values.sample(2_000, random_state=seed))
expected = stats.norm.ppf((np.arange(len(shown)) + 0.5) / len(shown)) * values.std() + values.mean()
chart = px.scatter(x=expected, y=shown, title=f"{column} beside the normal distribution", render_mode="svg")
chart.update_layout(xaxis_title="if it were normal", yaxis_title=column)
chart.add_shape(type="line", x0=expected[0], y0=expected[0], x1=expected[-1], y1=expected[-1], line_dash="dash")
result = {"answer": answer, "test": test, "chart": chart}
"""

METHODS: Final = {"shapiro_wilk": SHAPIRO, "anderson_darling": ANDERSON}


def write(method: str, column: str) -> str:
    """Code of the method for the column."""
    return snippet({"column": column, "seed": SEED}, START, METHODS[method] + END)
