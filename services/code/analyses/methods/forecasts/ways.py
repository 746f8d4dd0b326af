"""The ways to forecast: each a function of the past `y` and the periods ahead `h`, as its library has it."""

from __future__ import annotations

from typing import Final

SEASONS: Final = '''
def repeat(part, h):
    """The part again and again, h periods long."""
    return np.tile(part, h // len(part) + 1)[:h]


def usable(y):
    """The seasons that the past shows at least twice."""
    return [season for season in seasons if len(y) >= 2 * season + 5]


def without_seasons(y):
    """The series less its seasons, and one round of each: STL, season after season."""
    rest, rounds = y, {season: np.zeros_like(y) for season in usable(y)}
    for _ in range(2 if len(rounds) > 1 else 1):
        for season in rounds:
            part = rest + rounds[season]
            jumps = {"seasonal_jump": 2, "trend_jump": season // 7 + 1, "low_pass_jump": season // 10 + 1}
            rounds[season] = STL(part, period=season, seasonal=11, **jumps).fit().seasonal
            rest = part - rounds[season]
    return rest, [rounds[season][-season:] for season in rounds]


def seasonal(forecast):
    """A way that forecasts the series less its seasons, and puts them on again."""
    def way(y, h):
        rest, rounds = without_seasons(y)
        return forecast(rest, h) + sum((repeat(part, h) for part in rounds), np.zeros(h))
    return way
'''

NAIVE: Final = '''
def naive(y, h):
    """The last value."""
    return np.full(h, y[-1])
'''

SEASONAL_NAIVE: Final = '''
def seasonal_naive(season):
    """The values of one season ago."""
    return lambda y, h: repeat(y[-season:], h)
'''

ETS: Final = '''
def ets(y, h):
    """Exponential smoothing without, with a straight or with a damped trend, whichever has the lowest AICc."""
    shapes = [{}, {"trend": "add"}, {"trend": "add", "damped_trend": True}]
    fits = [ETSModel(y[-1000:], **shape).fit(disp=False, maxiter=100) for shape in shapes[: 3 if len(y) > 15 else 1]]
    return np.asarray(min(fits, key=lambda fit: fit.aicc).forecast(h))
'''

THETA: Final = '''
def theta(y, h):
    """Theta as smoothing with half the slope of a straight line (Hyndman & Billah 2003)."""
    y = y[-1000:]
    fit = SimpleExpSmoothing(y, initialization_method="estimated").fit()
    alpha = max(fit.params["smoothing_level"], 1e-3)
    slope = np.polyfit(np.arange(len(y)), y, 1)[0]
    return fit.forecast(h) + slope / 2 * (np.arange(h) + (1 - (1 - alpha) ** len(y)) / alpha)
'''

ARIMA: Final = '''
def arima_order(y):
    """Differences until KPSS finds a steady level, then p and q with the lowest AIC (Hannan & Rissanen 1982)."""
    d = 0
    while d < 2 and kpss(np.diff(y, d), nlags="auto")[1] <= 0.05:
        d += 1
    steady = np.diff(y, d)
    steady = steady - (steady.mean() if d == 0 else 0)
    found = {}
    for p, q in itertools.product(range(6), range(4)):
        if 3 * (p + q + 4) < len(steady):
            fit, _ = hannan_rissanen(steady, ar_order=p, ma_order=q, demean=False)
            if fit.is_stationary and fit.is_invertible and fit.sigma2 > 0:
                found[p, d, q] = len(steady) * np.log(fit.sigma2) + 2 * (p + q), fit.params
    order = min(found, key=lambda each: found[each][0])
    return order, found[order][1]


def arima(y, h):
    """ARIMA of the order that a small search finds."""
    y = y[-1000:]
    order, params = arima_order(y)
    model = ARIMA(y, order=order, trend="n" if order[1] else "c")
    return model.filter(params if order[1] else np.r_[y.mean(), params]).forecast(h)
'''

LAGS: Final = '''
def lags_of(y):
    """Which earlier values a value is told from: the last ones, and those about one and two seasons ago."""
    near = range(1, 1 + (max([8, *(season + 2 for season in usable(y) if season <= 24)])))
    far = [lag for season in usable(y) for lag in (season - 1, season, season + 1, 2 * season)]
    return np.array(sorted({lag for lag in [*near, *far] if 0 < lag <= max(1, len(y) // 3)}))


def rows_of(y, lags):
    """A row for each value with the earlier ones, in the order of the lags."""
    first = lags.max()
    return np.column_stack([y[first - lag : len(y) - lag] for lag in lags]), y[first:]


def step_by_step(y, h, lags, next_value):
    """Forecasts one period after the other, each told from the ones before it."""
    path = np.r_[y, np.zeros(h)]
    for place in range(len(y), len(y) + h):
        path[place] = next_value(path[place - lags], path[:place])
    return path[len(y) :]
'''

AUTOREGRESSION: Final = '''
def autoregression(y, h):
    """Ridge regression of the change on earlier values; the penalty by leave-one-out."""
    lags = lags_of(y)
    earlier, now = rows_of(y, lags)
    spread = y.std()
    changes, change = earlier[:, 1:] - earlier[:, :1], now - earlier[:, 0]
    model = RidgeCV(np.logspace(-3, 3, 7)).fit(changes / spread, change / spread)
    slopes, start = model.coef_, model.intercept_ * spread
    return step_by_step(y, h, lags, lambda x, _: x[0] + (x[1:] - x[0]) @ slopes + start)
'''

BOOSTING: Final = '''
def boosting(y, h):
    """Gradient boosting on earlier values, all measured from the mean of the last season."""
    lags = lags_of(y)
    earlier, now = rows_of(y, lags)
    width = max([4, *(season for season in usable(y) if season <= len(y) // 4)])
    level = pd.Series(y).rolling(width, min_periods=1).mean().shift(1).to_numpy()[lags.max() :]
    spread = np.diff(y).std()
    model = HistGradientBoostingRegressor(
        learning_rate=0.08, max_leaf_nodes=15, min_samples_leaf=10, early_stopping=False, random_state=seed
    ).fit((earlier - level[:, None]) / spread, (now - level) / spread)

    def next_value(x, path):
        centre = path[-width:].mean()
        return centre + spread * model.predict((x[None] - centre) / spread)[0]

    return step_by_step(y, h, lags, next_value)
'''

IMPORTS: Final = {
    "ets": ("from statsmodels.tsa.exponential_smoothing.ets import ETSModel",),
    "theta": ("from statsmodels.tsa.holtwinters import SimpleExpSmoothing",),
    "arima": (
        "import itertools",
        "from statsmodels.tsa.arima.estimators.hannan_rissanen import hannan_rissanen",
        "from statsmodels.tsa.arima.model import ARIMA",
        "from statsmodels.tsa.stattools import kpss",
    ),
    "autoregression": ("from sklearn.linear_model import RidgeCV",),
    "boosting": ("from sklearn.ensemble import HistGradientBoostingRegressor",),
}
CODE: Final = {
    "ets": ETS,
    "theta": THETA,
    "arima": ARIMA,
    "autoregression": AUTOREGRESSION,
    "boosting": BOOSTING,
}
TITLES: Final = {
    "ets": "ETS",
    "theta": "Theta",
    "arima": "ARIMA",
    "autoregression": "Autoregression",
    "boosting": "Gradient boosting",
}
ON_THE_REST: Final = ("ets", "theta", "arima")
"""Ways that know no season: they forecast the series less its seasons."""
LONG_SEASON: Final = 48
"""From this season on, a way is also tried without it: few rounds tell little about so many values."""


def imports(chosen: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """The import lines of the ways: of whole modules, and of names."""
    lines = {line for name in chosen for line in IMPORTS[name]}
    if set(chosen) & set(ON_THE_REST):
        lines.add("from statsmodels.tsa.seasonal import STL")
    whole = sorted(line for line in lines if line.startswith("import "))
    return whole, sorted(lines - set(whole))


def functions(chosen: tuple[str, ...]) -> str:
    """The ways as functions, with what they share."""
    parts = [SEASONS, NAIVE, SEASONAL_NAIVE]
    if {"autoregression", "boosting"} & set(chosen):
        parts.append(LAGS)
    parts += [CODE[name] for name in chosen]
    return "\n\n\n".join(part.strip() for part in parts)


def listed(chosen: tuple[str, ...], seasons: tuple[int, ...]) -> str:
    """The dict `ways` of what is tried, by its name in the result; a single way stands last."""
    entries = [("Naive", "naive")]
    entries += [(f"Seasonal naive ({season})", f"seasonal_naive({season})") for season in seasons]
    for name in chosen:
        adjusts = bool(seasons) and name in ON_THE_REST
        entries.append((TITLES[name], f"seasonal({name})" if adjusts else name))
        if adjusts and min(seasons) >= LONG_SEASON and len(chosen) > 1:
            entries.append((f"{TITLES[name]}, no season", name))
    lines = "\n".join(f"    {title!r}: {code}," for title, code in entries)
    return f"ways = {{\n{lines}\n}}"
