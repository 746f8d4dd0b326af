"""Code that forecasts: the table in the order of time, the ways, how they are judged, and what is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from services.code.analyses.analysis import SEED
from services.code.analyses.methods.forecasts import judging, series, telling, ways
from services.code.analyses.methods.writing import SAY_NUMBER

ORIGINS = 4
ORIGINS_OF_MANY = 3


@dataclass(frozen=True)
class Task:
    """What is to be forecast, and how."""

    date: str
    value: str
    series: str | None
    aggregate: str
    seasons: tuple[int, ...]
    horizon: int
    interval: float
    method: str
    step_name: str
    is_cut: bool
    facts: dict[str, Any]


def write(task: Task) -> str:
    """The whole code."""
    chosen = _chosen(task.method)
    plain, parts = ways.imports(chosen)
    usual = ["import numpy as np", "import pandas as pd", *plain]
    more = ["from plotly.subplots import make_subplots", *parts]
    tables, told = telling.write(many=bool(task.series))
    return (
        "\n\n".join(
            [
                _given(task),
                "\n".join(sorted(usual) + more),
                series.write(task.facts, is_cut=task.is_cut, aggregate=task.aggregate),
                "",
                ways.functions(chosen),
                "",
                ways.listed(chosen, task.seasons),
                "",
                judging.write(automatic=task.method == "automatic"),
                tables.strip(),
                SAY_NUMBER,
                told.strip(),
            ]
        )
        + "\n"
    )


def _chosen(method: str) -> tuple[str, ...]:
    if method == "automatic":
        return tuple(ways.CODE)
    return (method,) if method in ways.CODE else ()


def _given(task: Task) -> str:
    names = {
        "date": task.date,
        "value": task.value,
        "series": task.series,
        "aggregate": task.aggregate,
        "step": task.facts["step"],
        "step_name": task.step_name,
        "seasons": list(task.seasons),
        "horizon": task.horizon,
        "interval": task.interval,
        "origins": ORIGINS_OF_MANY if task.facts["series"] > 50 else ORIGINS,
        "seed": SEED,
    }
    return "\n".join(f"{name} = {value!r}" for name, value in names.items())
