"""Whether a table can be read in the order of time, and which seasons its step has.

A season counts once two and a half of it are there; a forecast wants ten points (Hyndman & Athanasopoulos 2021, 13.7,
on how few points any model can be chosen by).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from services.code.analyses.analysis import Evidence
from services.code.analyses.analysis import MethodChoice as Choice

Facts = Mapping[str, Any]

FEWEST: Final = 10
MOST_SERIES: Final = 1_000
SPARSE: Final = 0.5
"""The share of periods without a value from which on filling them would invent the series."""
CYCLES: Final = 2.5
STEPS: Final = {"hour": "h", "day": "D", "week": "W-MON", "month": "MS", "quarter": "QS", "year": "YS"}
"""Pandas names of the steps that a person may choose; weeks begin on Monday."""
NAMES: Final = {
    **{"s": "second", "min": "minute", "h": "hour", "D": "day", "B": "working day", "W": "week"},
    **{"MS": "month", "ME": "month", "BMS": "month", "BME": "month", "QS": "quarter", "QE": "quarter"},
    **{"BQS": "quarter", "BQE": "quarter", "YS": "year", "YE": "year", "BYS": "year", "BYE": "year"},
}
SECONDS: Final = {"s": 1, "min": 60, "h": 3_600}
AHEAD: Final = {"hour": 48, "day": 28, "working day": 20, "week": 13, "month": 12, "quarter": 8, "year": 5}
"""How many periods are forecast where nobody says: those of the M4 competition, about."""


def split(step: str) -> tuple[int, str]:
    """How many of which unit a step is: `2h` is (2, "h"), `W-SUN` (1, "W")."""
    found = re.fullmatch(r"(\d*)([A-Za-z]+)(-[A-Z]{3})?", step)
    return (int(found[1] or 1), found[2]) if found else (1, step)


def said(step: str) -> str:
    """The step in words: "week", "2 hours"."""
    number, unit = split(step)
    name = NAMES.get(unit, step)
    return name if number == 1 else f"{number} {name}s"


def seasons(step: str, points: float) -> tuple[int, ...]:
    """After how many periods things repeat that people and the sun do by day, week and year, if long enough seen."""
    number, unit = split(step)
    if unit in SECONDS:
        day = 86_400 / (SECONDS[unit] * number)
        hour = 3_600 / (SECONDS[unit] * number)
        found = (*((hour,) if unit != "h" and day > 300 else ()), day, 7 * day)
    else:
        yearly = {"week": 52, "month": 12, "quarter": 4}.get(NAMES.get(unit, ""), 0)
        weekly = {"D": (7, 365), "B": (5, 261)}.get(unit, ())
        found = tuple(each / number for each in (*weekly, yearly) if each)
    whole = [round(each) for each in found if abs(each - round(each)) < 0.02 and each >= 2]
    return tuple(each for each in dict.fromkeys(whole) if points >= CYCLES * each)


def ahead(step: str, points: float) -> int:
    """How many periods a forecast goes by itself: a usual number, and no more than a quarter of what is there."""
    return max(1, min(AHEAD.get(said(step), 24), int(points) // 4))


def refusal(facts: Facts, wanted: int = FEWEST) -> Choice | None:
    """Why the table cannot be read in the order of time, if it cannot."""
    if facts["dates"] < 0.9:
        return Choice(
            refusal="no dates",
            reason="The column does not hold dates.",
            hint="Choose another column, or change its kind.",
        )
    if facts["numbers"] < 0.9:
        return Choice(refusal="wrong kind", reason="The values are not numbers.", hint="Choose another column.")
    if facts["series"] > MOST_SERIES:
        many = f"There are {facts['series']:,} series; at most {MOST_SERIES:,} are read at once."
        return Choice(refusal="too many series", reason=many, hint="Filter the table, or choose a coarser column.")
    if facts.get("points", 0) < wanted:
        few = f"The longest series has {facts.get('points', 0):,} periods; at least {wanted:,} are needed."
        return Choice(refusal="too few", reason=few, hint="Bring more of the past, or choose shorter periods.")
    if facts["constant"] == facts["series"]:
        return Choice(refusal="constant", reason="The value never changes.", hint="Choose another column.")
    if facts["missing"] > SPARSE:
        gaps = f"{facts['missing']:.0%} of the periods ({said(facts['step'])}) have no value."
        return Choice(refusal="too sparse", reason=gaps, hint="Choose longer periods, such as weeks or months.")
    return None


def is_cut(facts: Facts) -> bool:
    """Whether the last period ends early, so that its value says too little."""
    if not facts.get("floor"):
        return False
    return bool(facts["last_part"] < 0.8 * facts["usual_part"] and facts["last_rows"] < 0.9)


def evidence(facts: Facts, found: tuple[int, ...]) -> tuple[Evidence, ...]:
    """What was found out about the series."""
    step = said(facts["step"])
    kept = "" if not facts["floor"] else ", brought to whole periods"
    repeats = " and ".join(f"{each:,}" for each in found) or "none"
    cut = is_cut(facts)
    whole = f"the last {step} has ended after {facts['last_part']:.0%} of it and is left out" if cut else "it is"
    return (
        Evidence(assumption="A steady step", found=f"one value each {step}{kept}", holds=True),
        Evidence(
            assumption="Few gaps", found=f"{facts['missing']:.1%} of the periods missing", holds=facts["missing"] <= 0.1
        ),
        Evidence(assumption="A season seen at least twice", found=f"periods: {repeats}", holds=bool(found)),
        Evidence(assumption="The last period whole", found=whole, holds=not cut),
    )
