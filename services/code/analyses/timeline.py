"""Snippets that look at dates and values in the order of time, before a method is chosen."""

from __future__ import annotations

from typing import Final

DATES: Final = '''
def as_dates(values):
    """Dates as they stand, years as their first day, and texts that read as dates; missing where it is none."""
    if pd.api.types.is_datetime64_any_dtype(values):
        return values.dt.tz_localize(None)
    if pd.api.types.is_numeric_dtype(values):
        years = values.where((values % 1 == 0) & values.between(1700, 2260)).astype("Int64").astype("string")
        return pd.to_datetime(years, format="%Y", errors="coerce")
    dates = pd.to_datetime(values.astype("string"), format="ISO8601", errors="coerce", utc=True)
    return dates.dt.tz_localize(None)
'''

STEP: Final = '''
PERIODS = {"h": "h", "D": "D", "W-MON": "W", "MS": "M", "QS": "Q", "YS": "Y"}


def usual_step(times):
    """The step that all dates keep, by its pandas name; None where they keep none."""
    found = {pd.infer_freq(times[start : start + 30]) for start in range(0, len(times) - 2, 30)} - {None}
    grids = {step: pd.date_range(times[0], times[-1], freq=step) for step in found}
    kept = [step for step, grid in grids.items() if len(grid) <= 5 * len(times) and times.isin(grid).all()]
    return min(kept, key=lambda step: (len(grids[step]), step), default=None)


def period_filled(times):
    """The shortest of the usual periods that is mostly filled, else the one that is filled best."""
    filled = {}
    for step, period in PERIODS.items():
        periods = times.to_period(period)
        there, all_of_them = periods.nunique(), (periods.max() - periods.min()).n + 1
        filled[step] = there / all_of_them if there >= 8 else 0.0
        if there >= 20 and filled[step] >= 0.8:
            return step
    return max(filled, key=filled.get)
'''

LOOK: Final = """
times = as_dates(df[date])
numbers = pd.to_numeric(df[value], errors="coerce")
names = df[series].astype("string") if series else pd.Series("", index=df.index)
data = pd.DataFrame({"time": times, "value": numbers, "series": names}).dropna().sort_values("time", kind="stable")
result = {
    "dates": float(times[df[date].notna()].notna().mean()) if df[date].notna().any() else 1.0,
    "numbers": float(numbers[df[value].notna()].notna().mean()) if df[value].notna().any() else 1.0,
    "rows": len(data), "dropped": len(df) - len(data), "series": int(data["series"].nunique()),
}
if len(data) >= 3:
    moments = pd.DatetimeIndex(data["time"].unique())
    step = None if frequency else usual_step(moments)
    wanted = frequency or step or period_filled(moments)
    result |= {"step": wanted, "floor": "" if step else PERIODS[wanted]}
    if not step:
        periods = data["time"].dt.to_period(result["floor"])
        elapsed = (data["time"] - periods.dt.start_time) / (periods.dt.end_time - periods.dt.start_time)
        last = elapsed.groupby(periods).max()
        rows = periods.groupby(periods).size()
        result["last_part"] = float(last.iloc[-1])
        result["usual_part"] = float(last.iloc[:-1].median()) if len(last) > 1 else 1.0
        result["last_rows"] = float(rows.iloc[-1] / rows.iloc[:-1].median()) if len(rows) > 1 else 1.0
        data["time"] = periods.dt.start_time
    values = data.groupby(["series", "time"])["value"].agg(aggregate)
    by_name = values.groupby("series")
    lengths = by_name.size()
    ends = data.groupby("series")["time"].agg(["min", "max"])
    spans = pd.Series([len(pd.date_range(a, b, freq=wanted)) for a, b in ends.to_numpy()], ends.index)
    result |= {
        "points": int(spans.max()), "shortest": int(spans.min()), "median": float(spans.median()),
        "missing": float(1 - lengths.sum() / spans.sum()),
        "constant": int((by_name.nunique() < 2).sum()),
        "per_point": float(len(data) / len(values)),
        "negative": bool((values < 0).any()),
        "first": str(data["time"].min()), "last": str(data["time"].max()),
    }
"""


def of_series(date: str, value: str, series: str | None, aggregate: str, frequency: str) -> str:
    """Facts about a value in the course of time: the step between dates, gaps, series, and whether the end is whole.

    `frequency` is the pandas name of a step that a person chose; empty: it is found.
    """
    given = {"date": date, "value": value, "series": series, "aggregate": aggregate, "frequency": frequency}
    lines = "\n".join(f"{name} = {value!r}" for name, value in given.items())
    columns = list(dict.fromkeys(name for name in (date, value, series) if name))
    return "\n\n".join([f"df = df[{columns!r}]\n{lines}", DATES.strip(), STEP.strip(), LOOK.strip()]) + "\n"
