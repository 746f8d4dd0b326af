"""Code that judges the ways to forecast on the past, picks one or a mixture, and says how sure it is."""

from __future__ import annotations

from typing import Final

BACKTEST: Final = '''
def forecast(way, y, h):
    """What a way says, within one range of what has been seen; None where it cannot be used."""
    try:
        ahead = np.asarray(way(y, h), dtype=float)
    except (ValueError, IndexError, ZeroDivisionError, np.linalg.LinAlgError):
        return None
    spread = y.max() - y.min()
    return np.clip(ahead, y.min() - spread, y.max() + spread) if np.isfinite(ahead).all() else None


def backtest(y, h):
    """What came, and what each way had said: origins by periods ahead. Each origin knows only the past before it."""
    h = min(h, max(1, (len(y) - 8) // 2))
    cuts = [len(y) - h * n for n in range(1, origins + 1) if len(y) - h * n >= max(8, min(3 * h, len(y) // 2))]
    told = {name: [forecast(way, y[:cut], h) for cut in cuts] for name, way in ways.items()}
    told = {name: np.array(each) for name, each in told.items() if all(one is not None for one in each)}
    return np.array([y[cut : cut + h] for cut in cuts]), told
'''

CHOOSE_BEST: Final = '''
def weights(errors):
    """Shares in the mixture: one over the squared error, nothing for a way three times as wrong as the best."""
    errors = errors + 1e-9 * errors.max() + 1e-300
    shares = np.where(errors <= 3 * errors.min(), (errors / errors.min()) ** -2.0, 0.0)
    return shares / shares.sum()


def mixed(actual, told):
    """What the mixture had said at each origin, with the shares that the other origins give."""
    errors = np.array([np.abs(actual - each).mean(axis=1) for each in told.values()])
    many = len(actual) > 1
    others = [(np.delete(errors, n, axis=1) if many else errors).mean(axis=1) for n in range(len(actual))]
    shares = np.array([weights(each) for each in others])
    return np.einsum("on,noh->oh", shares, np.array(list(told.values())))


def choose(y, h, actual, told):
    """The mixture of the ways, unless one of them is clearly better: its name, its forecast, what it had said."""
    error = {name: np.abs(actual - each).mean() for name, each in told.items()}
    best, mixture = min(error, key=error.get), mixed(actual, told)
    if error[best] < 0.8 * np.abs(actual - mixture).mean():
        return best, forecast(ways[best], y, h), told[best]
    shares = dict(zip(told, weights(np.array(list(error.values())))))
    parts = {name: forecast(ways[name], y, h) for name, share in shares.items() if share > 0.01}
    parts = {name: part for name, part in parts.items() if part is not None}
    whole = sum(shares[name] for name in parts)
    return "Combination", sum(shares[name] / whole * part for name, part in parts.items()), mixture
'''

CHOOSE_ONE: Final = '''
def choose(y, h, actual, told):
    """The way that was asked for: its name, its forecast, what it had said in the backtest."""
    name = list(ways)[-1] if list(ways)[-1] in told else "Naive"
    return name, forecast(ways[name], y, h), told[name]
'''

REACH: Final = '''
def reach(wrong, h):
    """How far the interval goes from the forecast, for each of h periods ahead: conformal (Vovk et al. 2005).

    The errors of the backtest, levelled by how they grow with the distance. Those of one origin hang together, so an
    origin counts as four errors, however many it has.
    """
    sizes, distance = np.abs(wrong), np.arange(1, wrong.shape[1] + 1)
    usual = sizes.mean(axis=0)
    power = 0.5
    if len(usual) > 3 and usual.min() > 0:
        power = np.clip(np.polyfit(np.log(distance), np.log(usual), 1)[0], 0, 1)
    share = min(1.0, interval * (1 + 1 / (4 * len(wrong))))
    return np.arange(1, h + 1) ** power * np.quantile(sizes / distance**power, share, method="higher")


def covered(wrong):
    """The share of what came that lay in the interval, each origin judged by the others; missing for a single one."""
    if len(wrong) < 2:
        return np.nan
    inside = [np.abs(wrong[n]) <= reach(np.delete(wrong, n, axis=0), wrong.shape[1]) for n in range(len(wrong))]
    return float(np.mean(inside))
'''

RUN: Final = '''
def scale(y):
    """What an error is measured by: the mean change from one season to the next (MASE, Hyndman & Koehler 2006)."""
    apart = min(usable(y), default=1)
    return np.abs(y[apart:] - y[:-apart]).mean()


ahead, judged, picked, pasts = [], [], [], {}
for number, (name, known) in enumerate(every.items(), 1):
    print(f"Forecast {number} of {len(every)}")
    y, h = known.to_numpy(), horizon
    if len(y) < 10:
        continue
    actual, told = backtest(y, h)
    way, point, had_said = choose(y, h, actual, told)
    width = reach(actual - had_said, h)
    floor = 0.0 if y.min() >= 0 else -np.inf
    times = pd.date_range(known.index[-1], periods=h + 1, freq=step)[1:]
    part = pd.DataFrame({"series": name, "time": times, "point": np.maximum(point, floor)})
    part["lower"], part["upper"] = np.maximum(point - width, floor), np.maximum(point + width, floor)
    ahead.append(part)
    unit = scale(y)
    for label, each in ({way: had_said} | told).items():
        wrong = np.abs(actual - each)
        both = np.abs(actual) + np.abs(each)
        percent = 200 * np.divide(wrong, both, out=np.zeros_like(wrong), where=both > 0).mean()
        judged.append((name, label, wrong.mean(), wrong.mean() / unit if unit else np.nan, percent))
    picked.append((name, way, len(y), len(actual), covered(actual - had_said)))
    pasts[name] = known, actual, had_said
if not ahead:
    raise ValueError("No series is long enough to forecast")
'''


def write(*, automatic: bool) -> str:
    """Code that makes `ahead`, `judged` and `picked` of `every` and `ways`."""
    parts = (BACKTEST, CHOOSE_BEST if automatic else CHOOSE_ONE, REACH, RUN)
    return "\n\n\n".join(part.strip() for part in parts)
