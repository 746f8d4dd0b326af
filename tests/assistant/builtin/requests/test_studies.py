"""Sentences that ask for a method of the registry, and moves in the history."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from services.assistant.builtin.language.question import Unreadable
from services.assistant.builtin.requests.moves import leap
from services.assistant.builtin.requests.request import Leap
from services.assistant.builtin.requests.studies import study
from services.domain import Move
from tests.assistant.builtin.asking import Asker

ORDERS: dict[str, dict[str, Any]] = {
    "forecast sales for 6 months": {
        "kind": "forecast", "date": "order_date", "value": "revenue", "frequency": "month", "horizon": 6,
    },
    "forecast revenue by region for the next 3 months": {
        "kind": "forecast", "date": "order_date", "value": "revenue", "frequency": "month", "series": "region",
        "horizon": 3,
    },
    "what will revenue be next month": {
        "kind": "forecast", "date": "order_date", "value": "revenue", "frequency": "month", "horizon": 1,
    },
    "forecast the number of orders for 4 weeks": {
        "kind": "forecast", "date": "order_date", "value": "order_id", "aggregate": "count", "frequency": "week",
        "horizon": 4,
    },
    "forecast revenue for 2 years": {
        "kind": "forecast", "date": "order_date", "value": "revenue", "frequency": "month", "horizon": 24,
    },
    "is the difference in price between East and West significant": {
        "kind": "compare_groups", "measure": "price", "group": "region", "only": ("East", "West"),
    },
    "does price differ between regions?": {"kind": "compare_groups", "measure": "price", "group": "region"},
    "is the price significantly higher in East than in West": {
        "kind": "compare_groups", "measure": "price", "group": "region", "only": ("East", "West"),
    },
    "predict returned from price and units": {"kind": "predict", "target": "returned", "inputs": ("price", "units")},
    "what predicts returned": {
        "kind": "predict", "target": "returned",
        "inputs": ("order_date", "region", "product", "category", "units", "price", "revenue"),
    },
    "cluster the orders by price and units into 3 groups": {
        "kind": "groups", "among": ("price", "units"), "number": 3,
    },
    "cluster customers": {"kind": "groups", "among": ("units", "price", "revenue")},
    "is region related to returned": {"kind": "relate", "left": "region", "right": "returned"},
    "is price normally distributed": {"kind": "check_shape", "values": "price"},
    "does revenue depend on the weekday": {"kind": "calendar_effects", "date": "order_date", "value": "revenue"},
    "trend and seasonality of revenue": {"kind": "decompose", "date": "order_date", "value": "revenue"},
    "when did revenue jump": {"kind": "change_points", "date": "order_date", "value": "revenue"},
    "anomalies in revenue over time": {"kind": "time_anomalies", "date": "order_date", "value": "revenue"},
}  # fmt: skip


@pytest.mark.parametrize("sentence", ORDERS)
def test_reads_a_sentence_into_a_method(asker: Callable[[str], Asker], sentence: str) -> None:
    orders = asker("orders")
    found = study(sentence, orders.profile, orders.brief("").find_values)
    assert found
    assert {"kind": found.analysis.model_dump()["kind"], **found.analysis.model_dump(exclude_defaults=True)} == ORDERS[
        sentence
    ]


@pytest.mark.parametrize(
    "question",
    [
        "average price by region", "correlation between price and units", "is price higher in East than in West",
        "difference between East and West", "how many orders are there", "compare price between regions",
        "which product sells most", "what is the total revenue", "drop price",
    ],
)  # fmt: skip
def test_leaves_questions_alone(asker: Callable[[str], Asker], question: str) -> None:
    orders = asker("orders")
    assert study(question, orders.profile, orders.brief("").find_values) is None


def test_asks_which_number_is_compared(asker: Callable[[str], Asker]) -> None:
    orders = asker("orders")
    with pytest.raises(Unreadable) as problem:
        study("is the difference between East and West significant", orders.profile, orders.brief("").find_values)
    for reading in problem.value.readings:
        assert study(reading, orders.profile, orders.brief("").find_values)


def test_needs_a_column_of_dates(asker: Callable[[str], Asker]) -> None:
    hostile = asker("hostile")
    with pytest.raises(Unreadable, match="dates"):
        study("forecast count for 6 months", hostile.profile, lambda _: ())


def test_runs_on_the_groups_that_were_named(asker: Callable[[str], Asker]) -> None:
    orders = asker("orders")
    found = study("t-test of price between East and West", orders.profile, orders.brief("").find_values)
    assert found
    scope: dict[str, Any] = {"df": orders.frame.copy(), "pd": pd, "np": np}
    exec(found.analysis.fit_code(), scope)  # the analysis' own code, on our own table
    learned = type(found.analysis).model_validate(found.analysis.model_dump() | {"learned": scope["result"]})
    assert learned.choose().method
    exec(learned.to_code(), scope)
    assert scope["result"]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("undo", Leap(Move.UNDO)),
        ("Undo that, please.", Leap(Move.UNDO)),
        ("undo the last 2 changes", Leap(Move.UNDO, 2)),
        ("undo twice", Leap(Move.UNDO, 2)),
        ("go back", Leap(Move.UNDO)),
        ("take that back", Leap(Move.UNDO)),
        ("redo", Leap(Move.REDO)),
        ("redo the last step", Leap(Move.REDO)),
        ("undo all changes", Leap(Move.START)),
        ("back to the original table", Leap(Move.START)),
        ("how many rows are there", None),
        ("undo price", None),
        ("go back to the average", None),
    ],
)
def test_reads_moves(sentence: str, expected: Leap | None) -> None:
    assert leap(sentence) == expected
