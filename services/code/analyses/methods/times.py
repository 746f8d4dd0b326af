"""Code that looks at one series in the course of time: its parts, its breaks, what stands out, and the calendar."""

from __future__ import annotations

from typing import Any, Final

from services.code.analyses.analysis import SEED
from services.code.analyses.methods.forecasts import series as table
from services.code.analyses.methods.writing import SAY_NUMBER

IMPORTS: Final = {
    "decompose": (
        "from plotly.subplots import make_subplots\nfrom statsmodels.tsa.seasonal import MSTL, STL\n"
        "from statsmodels.tsa.stattools import acf, kpss"
    ),
    "change_points": "import plotly.graph_objects as go",
    "time_anomalies": "import plotly.graph_objects as go\nfrom statsmodels.tsa.seasonal import STL",
    "calendar_effects": "import plotly.express as px\nfrom scipy import stats",
}

ONE: Final = """
known = every[value]
y = known.to_numpy()
"""

DECOMPOSE: Final = """
# STL (Cleveland et al. 1990), robust against outliers; several seasons one after the other (MSTL).
if seasons:
    parts = STL(known, period=seasons[0], robust=True) if len(seasons) == 1 else MSTL(known, periods=seasons)
    fit = parts.fit()
    trend, rest = fit.trend, fit.resid
    names = [f"season {season}" for season in seasons]
    rounds = pd.DataFrame(np.asarray(fit.seasonal).reshape(len(known), -1), known.index, names)
else:
    trend = known.rolling(max(3, len(known) // 10 | 1), center=True, min_periods=1).mean()
    rest, rounds = known - trend, pd.DataFrame(index=known.index)
components = pd.DataFrame({"time": known.index, value: y, "trend": trend.to_numpy()})
for name in rounds:
    components[name] = rounds[name].to_numpy()
components["rest"] = rest.to_numpy()


def strength(part):
    \"\"\"How much of what the other parts leave is this one: 0 none, 1 all (Wang, Smith & Hyndman 2006).\"\"\"
    return max(0.0, 1 - rest.var() / (part + rest).var()) if (part + rest).var() > 0 else 0.0


strengths = pd.DataFrame(
    [("trend", strength(trend)), *((name, strength(rounds[name])) for name in rounds)], columns=["part", "strength"]
)
lags = int(min(len(y) // 2 - 1, max([40, *(2 * season for season in seasons)])))
autocorrelation = pd.DataFrame({"lag": range(1, lags + 1), "autocorrelation": acf(y, nlags=lags)[1:]})
edge = 1.96 / np.sqrt(len(y))
"""

DECOMPOSE_END: Final = """
per_step = np.polyfit(np.arange(len(trend)), trend, 1)[0]
way = "rises" if per_step > 0 else "falls"
words = [f"The trend of {value} {way} by about {say(abs(per_step))} each {step_name} (strength {strength(trend):.2f})"]
words += [f"the season of {name.split()[1]} periods has strength {strength(rounds[name]):.2f}" for name in rounds]
steady = kpss(y, nlags="auto")[1] > 0.05
answer = (
    "; ".join(words) + " (0 none, 1 all). "
    + ("The level is steady (KPSS)." if steady else "The level is not steady (KPSS).")
    + ("" if seasons else " It is too short, or its step has no usual season: no season was looked for.")
)
columns = [name for name in components if name != "time"]
chart = make_subplots(rows=len(columns), shared_xaxes=True, vertical_spacing=0.03, subplot_titles=columns)
for row, name in enumerate(columns, 1):
    chart.add_scatter(x=components["time"], y=components[name], row=row, col=1, showlegend=False)
chart.update_layout(title=f"Parts of {value}", height=150 * len(columns) + 120)
lagged = make_subplots()
lagged.add_bar(x=autocorrelation["lag"], y=autocorrelation["autocorrelation"])
for line in (edge, -edge):
    lagged.add_hline(y=line, line_dash="dash")
lagged.update_layout(title=f"Autocorrelation of {value}", xaxis_title=f"{step_name}s apart", yaxis_range=[-1, 1])
result = {
    "answer": answer, "strengths": strengths, "parts": components, "autocorrelation": autocorrelation,
    "chart": chart, "lags": lagged,
}
"""

CHANGE_POINTS: Final = '''
# Shifts of the level by PELT (Killick, Fearnhead & Eckley 2012), on the series less its season. The penalty grows with
# how much neighbours resemble each other, so that slow wandering is not taken for shifts.
if seasons:
    season = seasons[0]
    place = np.arange(len(y)) % season
    usual = pd.Series(y).rolling(season, center=True, min_periods=season // 2).mean().to_numpy()
    round_ = pd.Series(y - usual).groupby(place).transform("median").to_numpy()
    level = y - round_
else:
    level = y


def pelt(x, penalty, shortest):
    """Where the mean changes: the ends of the stretches whose squared distances and penalties add up to the least."""
    sums, squares = np.r_[0, x.cumsum()], np.r_[0, (x**2).cumsum()]
    least, before, open_ = np.full(len(x) + 1, np.inf), np.zeros(len(x) + 1, int), np.array([0])
    least[0] = -penalty
    for end in range(shortest, len(x) + 1):
        fit = open_[open_ <= end - shortest]
        total, size = sums[end] - sums[fit], end - fit
        costs = least[fit] + squares[end] - squares[fit] - total**2 / size
        best = costs.argmin()
        least[end], before[end] = costs[best] + penalty, fit[best]
        open_ = np.r_[fit[costs <= least[end]], open_[open_ > end - shortest], end - shortest + 1]
    ends, end = [], len(x)
    while before[end] > 0:
        end = before[end]
        ends.append(int(end))
    return ends[::-1]


noise = np.diff(level)
spread = np.median(np.abs(noise - np.median(noise))) / 0.6745 / np.sqrt(2)
spread = spread or level.std() or 1.0
x = (level - np.median(level)) / spread
shortest = max(3, min(len(x) // 10, 30))
ends = pelt(x, 3 * np.log(len(x)), shortest)
for _ in range(3):
    flat = np.concatenate([part - part.mean() for part in np.split(x, ends)])
    alike = np.clip(np.corrcoef(flat[:-1], flat[1:])[0, 1], 0, 0.95) if flat.std() > 0 else 0.0
    inflated = flat.var() * (1 + alike) / (1 - alike)
    ends = pelt(x, 3 * max(1.0, inflated) * np.log(len(x)), shortest)
'''

CHANGE_POINTS_END: Final = """
stretches = np.split(np.arange(len(y)), ends)
changes = pd.DataFrame(
    [
        {
            "time": known.index[after[0]], "level before": level[before].mean(), "level after": level[after].mean(),
            "change": level[after].mean() - level[before].mean(), f"{step_name}s after": len(after),
        }
        for before, after in zip(stretches, stretches[1:])
    ],
    columns=["time", "level before", "level after", "change", f"{step_name}s after"],
)
if len(changes):
    largest = changes.loc[changes["change"].abs().idxmax()]
    answer = (
        f"The level of {value} shifts {len(changes):,} times. The largest shift, by {say(largest['change'])}, is at "
        f"{largest['time']:%Y-%m-%d}: from {say(largest['level before'])} to {say(largest['level after'])}."
    )
else:
    answer = f"No shift of the level of {value} is clear."
chart = go.Figure()
chart.add_scatter(x=known.index, y=y, name=value, line_color="#7f7f7f")
for part in stretches:
    mean = np.full(len(part), level[part].mean())
    chart.add_scatter(x=known.index[part], y=mean, name="level", line_color="#c44632", showlegend=False)
for time in changes["time"]:
    chart.add_vline(x=time, line_dash="dot")
chart.update_layout(title=f"Shifts in the level of {value}")
result = {"answer": answer, "changes": changes, "chart": chart}
"""

ANOMALIES: Final = """
# What is left without trend and season (STL, robust), measured by its median distance: a modified z score, which
# Iglewicz & Hoaglin (1993) call an outlier from 3.5 on.
if seasons:
    rest = STL(known, period=seasons[0], seasonal=35, robust=True).fit().resid.to_numpy()
else:
    rest = y - known.rolling(max(5, len(y) // 20 | 1), center=True, min_periods=1).median().to_numpy()
distance = np.median(np.abs(rest - np.median(rest)))
distance = distance or np.abs(rest).mean() or 1.0
score = 0.6745 * (rest - np.median(rest)) / distance
"""

ANOMALIES_END: Final = """
found = pd.DataFrame({"time": known.index, value: y, "expected": y - rest, "score": score})
reach = threshold * distance / 0.6745
found["lower"], found["upper"] = found["expected"] - reach, found["expected"] + reach
outside = found[found["score"].abs() > threshold].sort_values("score", key=abs, ascending=False, ignore_index=True)
answer = f"{len(outside):,} of {len(y):,} values of {value} stand out from what trend and season would give"
if len(outside):
    first = outside.iloc[0]
    answer += f"; the clearest at {first['time']:%Y-%m-%d %H:%M}: {say(first[value])}, not {say(first['expected'])}"
answer += f" (modified z score over {threshold:g})."
chart = go.Figure()
around = {"x": [*found["time"], *found["time"][::-1]], "y": [*found["upper"], *found["lower"][::-1]]}
chart.add_scatter(**around, fill="toself", fillcolor="rgba(127, 127, 127, 0.2)", line_width=0, name="expected")
chart.add_scatter(x=found["time"], y=found[value], name=value, line_color="#7f7f7f")
chart.add_scatter(x=outside["time"], y=outside[value], mode="markers", name="stands out", marker_color="#c44632")
chart.update_layout(title=f"What stands out in {value}")
result = {"answer": answer, "anomalies": outside, "chart": chart}
"""

CALENDAR: Final = """
# Each value as a share of the level around it, compared between the parts of the calendar: Kruskal-Wallis, p by Holm.
from statsmodels.stats.multitest import multipletests

hours = {"hour of the day": known.index.hour, "day of the week": known.index.dayofweek}
days = {"day of the week": known.index.dayofweek, "day of the month": known.index.day, "month": known.index.month}
looked = {"h": hours, "D": days, "B": days}.get(unit, {"month": known.index.month, "quarter": known.index.quarter})
width = {"h": 24 * 7, "D": 7, "B": 5}.get(unit, max(3, min(12, len(y) // 4))) * 4 + 1
around = known.rolling(width, center=True, min_periods=3).median().to_numpy()
positive = (y > 0).all()
relative = y / around if positive else y - around
names = {
    "day of the week": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    "month": ["", *pd.date_range("2000-01-01", periods=12, freq="MS").strftime("%B")],
}
tables, tests = {}, []
for part, places in looked.items():
    values_by = pd.Series(relative).groupby(np.asarray(places))
    sizes = values_by.size()
    if len(sizes) < 2 or sizes.min() < 2:
        continue
    found = stats.kruskal(*[group for _, group in values_by])
    share = max(0.0, (found.statistic - len(sizes) + 1) / (len(y) - len(sizes)))
    tests.append((part, share, found.pvalue))
    table = values_by.agg(["median", "count"]).reset_index(names=part)
    table[part] = [names[part][place] if part in names else place for place in table[part]]
    tables[part] = table.rename(columns={"median": "share of usual" if positive else "above usual"})
if not tests:
    raise ValueError("The series is too short to compare parts of the calendar")
test = pd.DataFrame(tests, columns=["calendar", "eta squared of ranks", "p"])
test["p (Holm)"] = multipletests(test["p"], method="holm")[1]
test = test.sort_values("eta squared of ranks", ascending=False, ignore_index=True)
"""

CALENDAR_END: Final = """
clear = test[test["p (Holm)"] < 0.05]
answer = f"No part of the calendar changes {value} clearly (p after correction over 0.05)."
if len(clear):
    part = clear["calendar"].iloc[0]
    table = tables[part].set_index(part).iloc[:, 0]
    high, low = table.idxmax(), table.idxmin()
    told = (lambda number: f"{number - 1:+.0%}") if positive else say
    answer = (
        f"The {part} matters most for {value}: it explains about {clear['eta squared of ranks'].iloc[0]:.0%} of how "
        f"its ranks vary. Highest: {high} ({told(table[high])} against the usual level); lowest: {low} "
        f"({told(table[low])})."
    )
result = {"answer": answer, "test": test}
for part, table in tables.items():
    chart = px.bar(table, x=part, y=table.columns[1], title=f"{value} by {part}")
    chart.add_hline(y=1 if positive else 0, line_dash="dash")
    result |= {f"by {part}": table, f"chart by {part}": chart}
"""

CODE: Final = {
    "decompose": (DECOMPOSE, DECOMPOSE_END),
    "change_points": (CHANGE_POINTS, CHANGE_POINTS_END),
    "time_anomalies": (ANOMALIES, ANOMALIES_END),
    "calendar_effects": (CALENDAR, CALENDAR_END),
}


def write(kind: str, names: dict[str, Any], facts: dict[str, Any], *, is_cut: bool) -> str:
    """Code of one kind of look at a series."""
    given = "\n".join(f"{name} = {value!r}" for name, value in (names | {"series": None, "seed": SEED}).items())
    body, end = CODE[kind]
    made = table.write(facts, is_cut=is_cut, aggregate=names["aggregate"])
    imports = f"import numpy as np\nimport pandas as pd\n{IMPORTS[kind]}"
    return "\n\n".join([given, imports, made, ONE.strip(), body.strip(), "", SAY_NUMBER, "", end.strip()]) + "\n"
