"""Code that shows a forecast: the sentence, the tables, the chart with its backtest."""

from __future__ import annotations

from typing import Final

TABLES: Final = """
forecasts = pd.concat(ahead, ignore_index=True)
scores = pd.DataFrame(judged, columns=["series", "method", "mean absolute error", "MASE", "sMAPE %"])
chosen = pd.DataFrame(picked, columns=["series", "method", "periods", "origins", "covered"])
chosen = chosen.merge(scores, on=["series", "method"])
plain = scores[scores["method"].str.contains("aive")].pivot(index="series", columns="method", values="MASE")
chosen = chosen.merge(plain.add_prefix("MASE of ").reset_index(), on="series")
rival = plain.mean().idxmin() if plain.notna().any(axis=None) else "Naive"  # the best of the simple ways
both = chosen[["MASE", f"MASE of {rival}"]].dropna().mean()
gain = 1 - both["MASE"] / both[f"MASE of {rival}"] if both[f"MASE of {rival}"] > 0 else np.nan
"""

ONE: Final = """
backtest_table = scores.drop(columns="series").sort_values("mean absolute error", ignore_index=True)
picks = f"{chosen['method'].iloc[0]}"
forecasts = forecasts.drop(columns="series")
"""

MANY: Final = """
backtest_table = scores.groupby("method", sort=False)[["MASE", "sMAPE %"]].mean().reset_index()
backtest_table["series"] = backtest_table["method"].map(scores.groupby("method").size())
backtest_table = backtest_table.sort_values("MASE", ignore_index=True)
picks = ", ".join(f"{way} for {count:,} series" for way, count in chosen["method"].value_counts().head(3).items())
"""

SENTENCE: Final = """
first, last = forecasts.iloc[0], forecasts.iloc[-1]
better = "" if np.isnan(gain) else f"{abs(gain):.0%} {'less' if gain >= 0 else 'more'} wrong than {rival.lower()}"
measured = chosen["covered"].mean()
sure = "" if np.isnan(measured) else f"; its {interval:.0%} intervals held {measured:.0%} of what came"
tried = f"Tried on the past at {chosen['origins'].max()} points in time it was {better}{sure}." if better else ""
"""

SAY_ONE: Final = """
answer = (
    f"{value} is expected to be {say(first['point'])} in the next {step_name} ({interval:.0%} interval "
    f"{say(first['lower'])} to {say(first['upper'])}) and {say(last['point'])} after {horizon:,} "
    f"({say(last['lower'])} to {say(last['upper'])}). Method: {picks}. {tried}"
)
"""

SAY_MANY: Final = """
short = len(every) - len(chosen)
answer = (
    f"{len(chosen):,} series of {value}, forecast {horizon:,} periods ahead ({step_name}). Method: {picks}. {tried}"
    + (f" {short:,} series are too short." if short else "")
)
"""

CHART: Final = """
shown = list(pasts)[:6]
chart = make_subplots(rows=len(shown), subplot_titles=shown if len(shown) > 1 else None)
for row, name in enumerate(shown, 1):
    known, actual, had_said = pasts[name]
    part = ahead[[each["series"].iloc[0] for each in ahead].index(name)]
    recent = known.iloc[-max(6 * horizon, 60) :]
    style = {"row": row, "col": 1}
    chart.add_scatter(
        x=recent.index, y=recent, name="past", mode="lines", line_color="#7f7f7f", showlegend=row == 1, **style
    )
    for n, path in enumerate(had_said, 1):
        times = known.index[len(known) - n * len(path) :][: len(path)]
        chart.add_scatter(
            x=times, y=path, name="backtest", mode="lines", line={"dash": "dot", "color": "#e8a33d"},
            showlegend=row == n == 1, legendgroup="backtest", **style,
        )
    around = {"x": [*part["time"], *part["time"][::-1]], "y": [*part["upper"], *part["lower"][::-1]]}
    chart.add_scatter(
        **around, fill="toself", fillcolor="rgba(196, 70, 50, 0.2)", line_width=0, name=f"{interval:.0%} interval",
        showlegend=row == 1, hoverinfo="skip", **style,
    )
    style["showlegend"] = row == 1
    chart.add_scatter(x=part["time"], y=part["point"], name="forecast", mode="lines", line_color="#c44632", **style)
chart.update_layout(title=f"Forecast of {value}", height=max(420, 260 * len(shown)))
"""

RESULT_ONE: Final = """
result = {"answer": answer, "forecast": forecasts, "backtest": backtest_table, "chart": chart}
"""

RESULT_MANY: Final = """
result = {"answer": answer, "forecast": forecasts, "backtest": backtest_table, "chosen": chosen, "chart": chart}
"""


def write(*, many: bool) -> tuple[str, str]:
    """Code that makes `result`, before and after what says numbers."""
    first = TABLES + (MANY if many else ONE)
    return first, (SENTENCE + (SAY_MANY if many else SAY_ONE) + CHART + (RESULT_MANY if many else RESULT_ONE))
