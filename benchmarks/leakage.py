"""How often planted leakage is warned of, and how often its clean twin is: random tables, a fresh seed each run.

`python -m benchmarks.leakage [--tables 1000] [--seed N]`. Each table is judged twice: with one column (or some rows)
that holds the answer, and without.
"""

from __future__ import annotations

import argparse
import secrets
from collections import Counter
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from services.code import analyses

Rng = np.random.Generator
TARGET: Final = "outcome"


def main() -> None:
    """Prints the share found, the share of false alarms, and each kind that was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, default=1000)
    parser.add_argument("--seed", type=int)
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else secrets.randbits(32)
    rng = np.random.default_rng(seed)
    found, false = 0, 0
    missed, alarmed = Counter[str](), Counter[str]()
    with threadpool_limits(1):
        for _ in range(options.tables):
            clean = table(rng)
            kind = str(rng.choice(sorted(KINDS_OF[is_number(clean[TARGET])])))
            leaky = LEAKS[kind](clean, rng)
            right = bool(warned(leaky))
            found += right
            missed[kind] += not right
            wrong = warned(clean)
            false += bool(wrong)
            alarmed.update(wrong)
    print(f"seed {seed}: {options.tables:,} tables, found {found / options.tables:.1%}, ", end="")
    print(f"clean twins warned of {false / options.tables:.1%}")
    for kind, number in (+missed).most_common():
        print(f"  missed {number:4}  {kind}")
    for name, number in alarmed.most_common(5):
        print(f"  false  {number:4}  {name}")


def warned(frame: pd.DataFrame) -> list[str]:
    """What is warned of before a model of the outcome is fitted."""
    inputs = [name for name in frame.columns if name != TARGET]
    asked = {"kind": "predict", "target": TARGET, "inputs": inputs}
    names: dict[str, Any] = {"df": frame, "pd": pd, "np": np}
    exec(analyses.parse(asked).fit_code(), names)  # code of our own
    return [str(each) for each in names["result"].get("leaks", ())]


def table(rng: Rng) -> pd.DataFrame:
    """A table with an outcome, columns that honestly tell of it, more or less well, and columns that do not."""
    rows = int(np.exp(rng.uniform(np.log(120), np.log(3_000))))
    columns = {f"x{n}": _numbers(rng, rows) for n in range(rng.integers(2, 7))}
    columns |= {f"c{n}": rng.choice(list("abcdefgh")[: rng.integers(2, 8)], rows) for n in range(rng.integers(1, 4))}
    frame = pd.DataFrame(columns)
    signal = sum((rng.normal() * _standard(frame[name]) for name in frame if is_number(frame[name])), np.zeros(rows))
    for name in [each for each in frame if not is_number(frame[each])]:
        effects = {value: rng.normal(0, 0.7) for value in frame[name].unique()}
        signal = signal + frame[name].map(effects).to_numpy()
    explained = rng.uniform(0.0, 0.9)
    noise = rng.normal(0, 1, rows)
    score = np.sqrt(explained) * _standard(signal) + np.sqrt(1 - explained) * noise
    frame[TARGET] = _outcome(rng, score)
    for name in frame.columns.drop(TARGET):
        if rng.random() < 0.3:
            frame.loc[rng.random(rows) < rng.uniform(0.01, 0.3), name] = None
    return frame[list(rng.permutation(frame.columns))]


def _numbers(rng: Rng, rows: int) -> Any:
    kind = rng.integers(4)
    if kind == 0:
        return rng.normal(rng.uniform(-100, 100), rng.uniform(0.1, 50), rows)
    if kind == 1:
        return rng.lognormal(2, rng.uniform(0.3, 1.2), rows)
    if kind == 2:
        return rng.integers(0, rng.integers(5, 200), rows).astype(float)
    return rng.uniform(0, 1, rows)


def _standard(values: Any) -> Any:
    values = np.asarray(values, dtype=float)
    return (values - values.mean()) / (values.std() or 1.0)


def _outcome(rng: Rng, score: Any) -> Any:
    kind = rng.integers(4)
    if kind == 0:
        return 50 + 12 * score
    if kind == 1:
        return np.exp(1 + 0.5 * score)
    if kind == 2:
        cut = np.quantile(score, rng.uniform(0.5, 0.9))
        return np.where(score > cut, "yes", "no")
    cuts = np.quantile(score, sorted(rng.uniform(0.2, 0.8, 2)))
    return np.array(["low", "middle", "high"])[np.searchsorted(cuts, score)]


def is_number(values: pd.Series) -> bool:
    """Whether the column holds numbers."""
    return pd.api.types.is_numeric_dtype(values)


def _added(frame: pd.DataFrame, rng: Rng, values: Any) -> pd.DataFrame:
    """The table with one more column at any place."""
    made = frame.assign(extra=values)
    return made[list(rng.permutation(made.columns))]


def rescaled(frame: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    """The outcome in another unit."""
    return _added(frame, rng, frame[TARGET] * rng.uniform(0.01, 100) + rng.normal(0, 50))


def noisy(frame: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    """The outcome measured again, with a small error."""
    error = frame[TARGET].std() * rng.uniform(0.001, 0.1)
    return _added(frame, rng, frame[TARGET] + rng.normal(0, error, len(frame)))


def bent(frame: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    """A curve of the outcome: its rank, its logarithm, its square."""
    values = frame[TARGET]
    curves = [values.rank(), np.log(values - values.min() + 1), (values - values.min()) ** 2]
    return _added(frame, rng, curves[rng.integers(3)])


def gaps(frame: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    """The outcome with holes: known for most rows."""
    values = frame[TARGET].astype("Float64").mask(rng.random(len(frame)) < rng.uniform(0.005, 0.02))
    return _added(frame, rng, values.astype(float))


def parts(frame: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    """Two columns that add up to the outcome."""
    share = rng.uniform(0.2, 0.8, len(frame))
    made = frame.assign(part=frame[TARGET] * share, other=frame[TARGET] * (1 - share))
    return made[list(rng.permutation(made.columns))]


def coded(frame: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    """The outcome by other names or numbers."""
    codes, known = pd.factorize(frame[TARGET])
    names = rng.permutation(len(known))
    values = names[codes] if rng.random() < 0.5 else np.array([f"k{n}" for n in names])[codes]
    return _added(frame, rng, values)


def mistaken(frame: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    """The outcome by other names, wrong in a few rows."""
    values = frame[TARGET].to_numpy().copy()
    wrong = rng.random(len(frame)) < rng.uniform(0, 0.02)
    values[wrong] = rng.permutation(values)[wrong]
    return _added(frame, rng, np.char.add("is ", values.astype(str)))


def afterwards(frame: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    """A column that is filled only once the outcome is there."""
    one = rng.choice(frame[TARGET].unique())
    values = pd.Series(rng.normal(0, 1, len(frame)), frame.index).where(frame[TARGET] == one)
    return _added(frame, rng, values)


def scored(frame: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    """A number that another model gave after it had seen the outcome."""
    codes = pd.factorize(frame[TARGET])[0].astype(float)
    return _added(frame, rng, codes + rng.normal(0, 0.12, len(frame)))


def repeated(frame: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    """Rows that stand twice: one to learn from, one to be tested on."""
    again = frame.sample(frac=rng.uniform(0.2, 0.6), random_state=int(rng.integers(1 << 30)))
    return pd.concat([frame, again]).sample(frac=1, random_state=int(rng.integers(1 << 30)), ignore_index=True)


LEAKS: Final[dict[str, Callable[[pd.DataFrame, Rng], pd.DataFrame]]] = {
    each.__name__: each for each in (rescaled, noisy, bent, gaps, parts, coded, mistaken, afterwards, scored, repeated)
}
KINDS_OF: Final = {
    True: ("rescaled", "noisy", "bent", "gaps", "parts", "repeated"),
    False: ("coded", "mistaken", "afterwards", "scored", "repeated"),
}

if __name__ == "__main__":
    main()
