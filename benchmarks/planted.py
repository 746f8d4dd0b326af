"""Random tables with one planted defect each, and the same tables without it: what the alerts are measured on.

Everything is drawn from one generator: the size, which columns there are, their names, where the defect is and how
often it occurs. A case with its seed is the same on every machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks.clean_tables import Columns, Draft, draft
from services.domain import AlertKind


@dataclass(frozen=True)
class Case:
    """One table with one defect, what must be said about it, and its clean twin."""

    kind: AlertKind
    columns: tuple[str, ...]
    table: pa.Table
    clean: pa.Table


def cases(seed: int, number: int) -> Iterator[Case]:
    """That many cases, the kinds in turn."""
    kinds = list(PLANTS)
    for place in range(number):
        yield case(kinds[place % len(kinds)], seed * 1_000_003 + place)


def case(kind: AlertKind, seed: int) -> Case:
    """The case of this kind and seed."""
    clean = draft(np.random.default_rng(seed))
    broken = draft(np.random.default_rng(seed))
    columns = PLANTS[kind](broken)
    return Case(kind, columns, to_table(broken.columns), to_table(clean.columns))


def to_table(columns: Columns) -> pa.Table:
    return pa.table({name: pa.array(values) for name, values in columns.items()})


# What goes wrong. Each changes the draft and gives the columns that the alert must name.


def constant(made: Draft) -> tuple[str, ...]:
    name = made.some(str(made.rng.choice(["group", "amount", "count"])))
    made.columns[name] = [made.columns[name][0]] * made.rows
    return (name,)


def near_constant(made: Draft) -> tuple[str, ...]:
    name = made.some(str(made.rng.choice(["group", "count"])))
    rare = set(made.cells(0.002, 0.02, least=2).tolist())
    values = made.columns[name]
    usual = values[0]
    made.columns[name] = [values[place] if place in rare else usual for place in range(made.rows)]
    return (name,)


def missing(made: Draft) -> tuple[str, ...]:
    name = made.some(str(made.rng.choice(["group", "amount", "count", "end", "name"])))
    return _blank(made, name, made.cells(0.08, 0.8))


def empty(made: Draft) -> tuple[str, ...]:
    name = made.some(str(made.rng.choice(["group", "name", "text"])))
    made.columns[name] = [None] * made.rows
    return (name,)


def _blank(made: Draft, name: str, places: np.ndarray) -> tuple[str, ...]:
    for place in places:
        made.columns[name][place] = None
    return (name,)


def all_distinct(made: Draft) -> tuple[str, ...]:
    name = made.some("group")
    made.columns[name] = [f"{value} {place * 7 + 13}" for place, value in enumerate(made.columns[name])]
    return (name,)


def high_cardinality(made: Draft) -> tuple[str, ...]:
    name = made.some("group")
    levels = int(made.rng.uniform(0.25, 0.6) * made.rows)
    values = [f"{made.columns[name][place % made.rows]} v{place}" for place in range(levels)]
    made.columns[name] = [values[each] for each in made.rng.integers(0, levels, made.rows)]
    return (name,)


def zeros(made: Draft) -> tuple[str, ...]:
    name = made.some(str(made.rng.choice(["amount", "count"])))
    zero = 0 if name in made.roles["count"] else 0.0
    for place in made.cells(0.4, 0.9):
        made.columns[name][place] = zero
    return (name,)


def skew(made: Draft) -> tuple[str, ...]:
    name = made.some("amount")
    made.columns[name] = np.round(made.rng.lognormal(3, made.rng.uniform(1.2, 2.0), made.rows), 3).tolist()
    return (name,)


def outliers(made: Draft) -> tuple[str, ...]:
    name = made.some(str(made.rng.choice(["amount", "count"])))
    values = made.columns[name]
    filled = np.array([value for value in values if value is not None], dtype=float)
    far = float(filled.max() + filled.std() * made.rng.uniform(8, 60))
    for place in made.cells(0.001, 0.02):
        value = far * made.rng.uniform(1, 1.3)
        values[place] = int(value) if name in made.roles["count"] else round(value, 3)
    return (name,)


def mixed_types(made: Draft) -> tuple[str, ...]:
    if made.rng.random() < 0.5:
        name = made.some(str(made.rng.choice(["amount", "count"])))
        values: list[Any] = [None if value is None else str(value) for value in made.columns[name]]
        odd = ["see note", "ask Tom", "two", "about ten", "??"]
    else:
        name = made.some("group")
        values, odd = list(made.columns[name]), [str(each) for each in made.rng.integers(3, 90_000, 99)]
    for place in made.cells(0.01, 0.2):
        values[place] = str(made.rng.choice(odd))
    made.columns[name] = values
    return (name,)


def spelling(made: Draft) -> tuple[str, ...]:
    name = made.some("group")
    values = made.columns[name]
    common = max(set(values), key=values.count)
    forms: list[Callable[[str], str]] = [str.upper, str.swapcase, lambda v: v.replace(" ", "-") + ".", _typo]
    form = forms[int(made.rng.integers(len(forms)))]
    if form is _typo and len(common) < 5:
        form = str.swapcase
    where = [place for place, value in enumerate(values) if value == common]
    for place in made.rng.choice(where, max(2, int(made.rng.uniform(0.005, 0.03) * len(where))), replace=False):
        values[place] = form(common)
    return (name,)


def _typo(value: str) -> str:
    return value[:2] + value[3] + value[2] + value[4:] if value[2] != value[3] else value[:2] + value[3:]


def white_space(made: Draft) -> tuple[str, ...]:
    name = made.some(str(made.rng.choice(["group", "name"])))
    values = made.columns[name]
    before, after = [(" ", ""), ("", "  "), ("", "\u00a0"), ("\t", "")][int(made.rng.integers(4))]
    for place in made.cells(0.005, 0.4):
        values[place] = before + values[place] + after
    return (name,)


def impossible(made: Draft) -> tuple[str, ...]:
    shape = made.rng.choice(["negative age", "old", "negative count", "future birth"])
    if shape == "future birth":
        name = made.some("birth")
        for place in made.cells(0.002, 0.03, least=1):
            made.columns[name][place] = date(2060, 1, 1) + timedelta(days=int(place))
        return (name,)
    name = made.some("count" if shape == "negative count" else "age")
    for place in made.cells(0.002, 0.03, least=1):
        made.columns[name][place] = int(made.rng.integers(140, 300) if shape == "old" else -made.rng.integers(1, 40))
    return (name,)


def date_order(made: Draft) -> tuple[str, ...]:
    first, last = made.some("start"), made.some("end")
    for place in made.cells(0.002, 0.05, least=1):
        made.columns[last][place] = made.columns[first][place] - timedelta(days=int(made.rng.integers(1, 90)))
    return (first, last)


def duplicate_rows(made: Draft) -> tuple[str, ...]:
    for place in made.cells(0.005, 0.2, least=1):
        source = int(made.rng.integers(made.rows))
        for values in made.columns.values():
            values.append(values[source])
        assert place < made.rows
    return ()


def duplicate_keys(made: Draft) -> tuple[str, ...]:
    name = made.some("id")
    values = made.columns[name]
    for place in made.cells(0.001, 0.08, least=1):
        values[place] = values[(place + 1 + int(made.rng.integers(made.rows - 1))) % made.rows]
    return (name,)


def near_duplicate(made: Draft) -> tuple[str, ...]:
    if made.rng.random() < 0.5:
        name, other = made.some("group"), "copy_of_it"
        values = list(made.columns[name])
        for place in made.cells(0.0, 0.01, least=0):
            values[place] = values[place - 1]
    else:
        name, other = made.some("amount"), "second_reading"
        factor, shift = made.rng.uniform(0.2, 5), made.rng.uniform(-50, 50)
        values = [None if value is None else round(value * factor + shift, 4) for value in made.columns[name]]
    made.columns[other] = values
    return (name, other)


def leakage(made: Draft) -> tuple[str, ...]:
    target = made.some("target")
    values = made.columns[target]
    yes = max(set(map(str, values)))
    wrong = set(made.cells(0.0, 0.015, least=0).tolist())
    hit = [(str(value) == yes) != (place in wrong) for place, value in enumerate(values)]
    shape = made.rng.choice(["code", "number", "missing"])
    if shape == "code":
        leak: list[Any] = [made.rng.choice(["R1", "R2"]) if each else made.rng.choice(["S1", "S2"]) for each in hit]
    elif shape == "number":
        leak = [round(float(made.rng.normal(40 if each else 5, 3)), 2) for each in hit]
    else:
        leak = [date(2023, 1, 1) + timedelta(days=int(made.rng.integers(300))) if each else None for each in hit]
    made.columns["closing_info"] = [str(each) if shape == "code" else each for each in leak]
    return ("closing_info", target)


def imbalance(made: Draft) -> tuple[str, ...]:
    name = made.some("target")
    no, yes = sorted(set(made.columns[name]), key=str)
    rare = set(made.cells(0.025, 0.07).tolist())
    made.columns[name] = [yes if place in rare else no for place in range(made.rows)]
    return (name,)


def time_gap(made: Draft) -> tuple[str, ...]:
    name = made.some("time")
    first = int(made.rng.uniform(0.2, 0.7) * made.rows)
    last = first + max(4, int(made.rng.uniform(0.05, 0.2) * made.rows))
    for column, values in made.columns.items():
        made.columns[column] = values[:first] + values[last:]
    made.rows = len(made.columns[name])
    return (name,)


def time_jump(made: Draft) -> tuple[str, ...]:
    name = made.some("time")
    values = made.columns[name]
    back = made.rng.random() < 0.5
    for place in made.cells(0.0, 0.01, least=1):
        if back:
            values[place] = values[place] - timedelta(days=int(made.rng.integers(20, 300)))
        else:
            values[place] = values[place].replace(year=int(made.rng.choice([1900, 2099])), day=1)
    return (name,)


def unit_mix(made: Draft) -> tuple[str, ...]:
    name = made.some("amount")
    if made.rng.random() < 0.5:
        values = [max(5.0, value or 5.0) for value in np.random.default_rng(7).normal(60, 6, made.rows).tolist()]
        factor = float(made.rng.choice([1000, 100, 0.01, 0.001]))
        for place in made.cells(0.05, 0.5):
            values[place] *= factor
        made.columns[name] = [round(value, 5) for value in values]
        return (name,)
    units = [("kg", "lb"), ("€", "$"), ("km", "mi"), ("cm", "in")][int(made.rng.integers(4))]
    other = set(made.cells(0.02, 0.5).tolist())
    numbers = [round(float(each), 1) for each in made.rng.normal(60, 6, made.rows)]
    made.columns[name] = [f"{number} {units[place in other]}" for place, number in enumerate(numbers)]
    return (name,)


def encoding(made: Draft) -> tuple[str, ...]:
    name = made.some("name")
    values = made.columns[name]
    where = [place for place, value in enumerate(values) if not value.isascii()]
    for place in made.rng.choice(where, max(1, int(made.rng.uniform(0.01, 0.9) * len(where))), replace=False):
        values[place] = values[place].encode().decode("cp1252", "replace")
    return (name,)


def numbers_as_text(made: Draft) -> tuple[str, ...]:
    name = made.some(str(made.rng.choice(["amount", "count"])))
    forms: list[Callable[[float], str]] = [
        lambda v: f"{v:,.2f}",
        lambda v: f"{v:.2f}".replace(".", ","),
        lambda v: f"{v:.0f} €",
        lambda v: f"${v:,.2f}",
        lambda v: f"{v:.1f}%",
        str,
    ]
    form = forms[int(made.rng.integers(len(forms)))]
    made.columns[name] = [None if value is None else form(value) for value in made.columns[name]]
    return (name,)


def dates_as_text(made: Draft) -> tuple[str, ...]:
    name = made.some(str(made.rng.choice(["birth", "start"])))
    form = str(made.rng.choice(["%d.%m.%Y", "%m/%d/%Y", "%Y-%m-%d", "%d %b %Y", "%Y%m%d"]))
    made.columns[name] = [value.strftime(form) for value in made.columns[name]]
    return (name,)


PLANTS: dict[AlertKind, Callable[[Draft], tuple[str, ...]]] = {
    AlertKind.CONSTANT: constant,
    AlertKind.NEAR_CONSTANT: near_constant,
    AlertKind.MISSING: missing,
    AlertKind.EMPTY: empty,
    AlertKind.ALL_DISTINCT: all_distinct,
    AlertKind.HIGH_CARDINALITY: high_cardinality,
    AlertKind.ZEROS: zeros,
    AlertKind.SKEW: skew,
    AlertKind.OUTLIERS: outliers,
    AlertKind.MIXED_TYPES: mixed_types,
    AlertKind.SPELLING: spelling,
    AlertKind.WHITE_SPACE: white_space,
    AlertKind.IMPOSSIBLE: impossible,
    AlertKind.DATE_ORDER: date_order,
    AlertKind.DUPLICATE_ROWS: duplicate_rows,
    AlertKind.DUPLICATE_KEYS: duplicate_keys,
    AlertKind.NEAR_DUPLICATE: near_duplicate,
    AlertKind.LEAKAGE: leakage,
    AlertKind.IMBALANCE: imbalance,
    AlertKind.TIME_GAP: time_gap,
    AlertKind.TIME_JUMP: time_jump,
    AlertKind.UNIT_MIX: unit_mix,
    AlertKind.ENCODING: encoding,
    AlertKind.NUMBERS_AS_TEXT: numbers_as_text,
    AlertKind.DATES_AS_TEXT: dates_as_text,
}
"""How each kind of defect is planted. Personal data has a collection of its own."""
