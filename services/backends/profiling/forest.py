"""How many numbers of a column an isolation forest sets apart: a third opinion beside quartiles and deviations."""

from __future__ import annotations

from typing import Final

import numpy as np

SEED: Final = 20_240
TREES: Final = 100
LOOKED_AT: Final = 10_000
"""Values that are judged: 100 trees over 10,000 of them take about a quarter of a second."""
APART: Final = 0.75
"""Score, between 0 and 1, from which a value is set apart. Values planted eight standard deviations beyond the last
one score 0.79 to 0.86; of 10,000 normal ones the highest is 0.77."""


def apart(values: np.ndarray) -> int:
    """About how many of the finite values are set apart (Liu, Ting & Zhou 2008)."""
    from sklearn.ensemble import IsolationForest

    places = np.unique(np.linspace(0, len(values) - 1, min(len(values), LOOKED_AT)).astype(int))
    judged = values[places][:, None]
    scores = -IsolationForest(n_estimators=TREES, random_state=SEED, n_jobs=1).fit(judged).score_samples(judged)
    return round(float((scores > APART).mean()) * len(values))
