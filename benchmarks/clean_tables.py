"""Random tables with nothing wrong in them: the ground on which defects are planted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypeAlias

import numpy as np

Rng: TypeAlias = np.random.Generator
Columns: TypeAlias = dict[str, list[Any]]

GROUPS = {
    ("region", "area", "sales_region", "Territory"): ["North", "South", "East", "West", "Central"],
    ("country", "Country", "ship_country"): [
        "Austria",
        "Australia",
        "Niger",
        "Nigeria",
        "Slovakia",
        "Slovenia",
        "Spain",
    ],
    ("product", "Product", "item"): ["Chair", "Desk", "Desk lamp", "Floor lamp", "Sofa", "Table", "Item A", "Item B"],
    ("channel", "source"): ["web", "store", "phone", "partner"],
    ("segment", "customer_type"): ["Consumer", "Corporate", "Small business"],
    ("gender", "sex"): ["Male", "Female"],
    ("team", "department"): ["Team 1", "Team 2", "Team 3", "Team 12", "Team 21", "Back office"],
    ("priority", "severity"): ["low", "medium", "high", "critical"],
    ("code", "product_code", "sku_group"): ["A-10", "A-11", "B-10", "B-20", "C-7", "C-70"],
}
AMOUNTS = {
    ("price", "unit_price", "Amount"): ("normal", 60.0, 9.0),
    ("weight_kg", "mass"): ("normal", 75.0, 8.0),
    ("temperature", "temp_c"): ("normal", 14.0, 6.0),
    ("score", "rating_points"): ("uniform", 0.0, 100.0),
    ("distance_km", "mileage"): ("gamma", 6.0, 12.0),
    ("revenue", "turnover", "sales"): ("lognormal", 5.0, 0.3),
    ("height_cm", "length_mm"): ("normal", 172.0, 7.0),
}
COUNTS = {("units", "quantity", "qty"): 9.0, ("visits", "clicks"): 25.0, ("employees", "stock"): 60.0}
IDS = ("id", "order_id", "customer_id", "invoice_id", "ID", "record_key")
TARGETS = ("churned", "target", "label", "is_fraud", "defaulted", "converted", "outcome")
STARTS = (("start_date", "end_date"), ("order_date", "delivery_date"), ("opened", "closed"), ("check_in", "check_out"))
WORDS = [
    "the",
    "parcel",
    "came",
    "late",
    "and",
    "was",
    "fine",
    "but",
    "colour",
    "size",
    "order",
    "reply",
    "asked",
    "again",
]
FIRST = ["Jörg", "Zoë", "José", "Anaïs", "Søren", "Łukasz", "Noël", "Chloë"]
LAST = ["Müller", "Núñez", "Åberg", "Crépin", "Öztürk", "Peña"]


@dataclass
class Draft:
    """A table being made, and where a defect can go, by role: "amount" → names of columns."""

    rng: Rng
    rows: int
    columns: Columns = field(default_factory=dict)
    roles: dict[str, list[str]] = field(default_factory=dict)

    def add(self, role: str, name: str, values: list[Any]) -> str:
        self.columns[name] = values
        self.roles.setdefault(role, []).append(name)
        return name

    def some(self, role: str) -> str:
        return str(self.rng.choice(self.roles[role]))

    def cells(self, low: float, high: float, least: int = 3) -> np.ndarray:
        """Places of a random share of the rows, between `low` and `high`."""
        share = self.rng.uniform(low, high)
        return self.rng.choice(self.rows, max(least, int(share * self.rows)), replace=False)


def draft(rng: Rng) -> Draft:
    """A table with nothing wrong in it: every role has a column, the rest is chance."""
    made = Draft(rng, int(10 ** rng.uniform(2.5, 3.7)))
    for add in (_ids, _dates, _span, _groups, _amounts, _counts, _ages, _texts, _target):
        add(made)
    names = list(made.columns)
    order = [names[place] for place in rng.permutation(len(names))]
    made.columns = {name: made.columns[name] for name in order}
    if rng.random() < 0.5:
        name = made.some("amount")
        for place in made.cells(0.0, 0.01, least=1):
            made.columns[name][place] = None
    return made


def _ids(made: Draft) -> None:
    start = int(made.rng.integers(1, 90_000))
    name = str(made.rng.choice(IDS))
    forms: list[Callable[[int], Any]] = [lambda n: n, lambda n: f"K{n:07}"]
    form = forms[int(made.rng.integers(2))]
    made.add("id", name, [form(start + place) for place in range(made.rows)])


def _dates(made: Draft) -> None:
    """A regular series (one row a day, hour or month) or events at random moments, in order of time."""
    start = datetime(int(made.rng.integers(2008, 2018)), int(made.rng.integers(1, 13)), 1)
    shape = made.rng.choice(["daily", "hourly", "events"])
    if shape == "daily":
        made.add("time", "day", [(start + timedelta(days=place)).date() for place in range(made.rows)])
    elif shape == "hourly":
        made.add("time", "measured_at", [start + timedelta(hours=place) for place in range(made.rows)])
    else:
        seconds = np.sort(made.rng.integers(0, 86_400 * 700, made.rows))
        made.add("time", "created_at", [start + timedelta(seconds=int(each)) for each in seconds])


def _span(made: Draft) -> None:
    first, last = STARTS[int(made.rng.integers(len(STARTS)))]
    starts = [date(2021, 1, 1) + timedelta(days=int(each)) for each in made.rng.integers(0, 700, made.rows)]
    lengths = made.rng.integers(1, 40, made.rows)
    made.add("start", first, starts)
    made.add("end", last, [day + timedelta(days=int(n)) for day, n in zip(starts, lengths, strict=True)])


def _groups(made: Draft) -> None:
    pools = list(GROUPS.items())
    for place in made.rng.choice(len(pools), 3, replace=False):
        names, levels = pools[place]
        weights = made.rng.dirichlet(np.full(len(levels), 8.0))
        name = str(made.rng.choice(names))
        made.add("group", name, [levels[each] for each in made.rng.choice(len(levels), made.rows, p=weights)])


def _amounts(made: Draft) -> None:
    pools = list(AMOUNTS.items())
    for place in made.rng.choice(len(pools), 3, replace=False):
        names, (shape, first, second) = pools[place]
        drawn = getattr(made.rng, shape)(first, second, made.rows)
        made.add("amount", str(made.rng.choice(names)), np.round(drawn, 3).tolist())


def _counts(made: Draft) -> None:
    pools = list(COUNTS.items())
    names, mean = pools[int(made.rng.integers(len(pools)))]
    made.add("count", str(made.rng.choice(names)), made.rng.poisson(mean, made.rows).clip(1).tolist())


def _ages(made: Draft) -> None:
    made.add("age", str(made.rng.choice(["age", "Age", "patient_age"])), made.rng.integers(18, 90, made.rows).tolist())
    born = [date(1940, 1, 1) + timedelta(days=int(each)) for each in made.rng.integers(0, 22_000, made.rows)]
    made.add("birth", str(made.rng.choice(["birth_date", "date_of_birth", "dob"])), born)


def _texts(made: Draft) -> None:
    rng = made.rng
    lines = [" ".join(rng.choice(WORDS, int(rng.integers(6, 14)))) for _ in range(made.rows)]
    made.add("text", str(rng.choice(["comment", "note", "description"])), lines)
    people = [f"{rng.choice(FIRST)} {rng.choice(LAST)}" for _ in range(made.rows)]
    made.add("name", str(rng.choice(["agent", "clerk", "contact"])), people)


def _target(made: Draft) -> None:
    hit = made.rng.random(made.rows) < made.rng.uniform(0.3, 0.7)
    forms: list[tuple[Any, Any]] = [(False, True), (0, 1), ("no", "yes")]
    no, yes = forms[int(made.rng.integers(len(forms)))]
    made.add("target", str(made.rng.choice(TARGETS)), [yes if each else no for each in hit])
