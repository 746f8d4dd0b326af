"""Code that puts a table in the order of time: one value for each period and series, gaps filled."""

from __future__ import annotations

from typing import Final

from services.code.analyses.timeline import DATES

TABLE: Final = """
data = pd.DataFrame({"time": as_dates(df[date]), "value": pd.to_numeric(df[value], errors="coerce")})
data["series"] = df[series].astype("string") if series else value
data = data.dropna()
"""

FLOOR: Final = """
data["time"] = data["time"].dt.to_period("%s").dt.start_time
"""

CUT: Final = """
data = data[data["time"] < data["time"].max()]  # the last period has not ended
"""

VALUES: Final = '''
values = data.groupby(["series", "time"])["value"].agg(aggregate).astype(float)


def steady(known):
    """A value for each period from the first to the last%s."""
    steps = pd.date_range(known.index[0], known.index[-1], freq=step)
    return known.reindex(steps)%s


every = {name: steady(known.droplevel("series")) for name, known in values.groupby("series")}
'''

LINE: Final = (", gaps on the line between their neighbours", ".interpolate()")
ZERO: Final = ("; where there are no rows it is 0", ".fillna(0.0)")


def write(facts: dict[str, object], *, is_cut: bool, aggregate: str) -> str:
    """Code that makes `every`: a Series with a steady step for each name."""
    counted = aggregate in ("sum", "count") and bool(facts["floor"]) and float(str(facts["per_point"])) > 1.2
    parts = [DATES.strip(), TABLE.strip()]
    parts += [(FLOOR % facts["floor"]).strip()] if facts["floor"] else []
    parts += [CUT.strip()] if is_cut else []
    return "\n".join([parts[0], "\n", *parts[1:], (VALUES % (ZERO if counted else LINE)).strip()])
