"""Sentences that ask for a change of the table, read into steps, and the steps run on the table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest

from services.assistant.builtin.language.question import Unreadable
from services.assistant.builtin.requests.reader import change
from services.code.steps import Step
from services.protocols import OtherTable
from tests.assistant.builtin.asking import Asker

CUSTOMERS = OtherTable(name="Customers", version_id="a" * 32, columns=("customer", "city"))

SAID: dict[str, list[dict[str, Any]]] = {
    'fill missing regions with "Unknown"': [{"kind": "fill", "columns": ("region",), "value": "Unknown"}],
    "fill missing prices with the median": [{"kind": "fill_statistic", "column": "price"}],
    "replace missing prices by 0": [{"kind": "fill", "columns": ("price",), "value": 0}],
    "impute price with the mean of each region": [
        {"kind": "fill_statistic", "column": "price", "statistic": "mean", "by": ("region",)}
    ],
    "fill empty cells with the previous value": [{"kind": "fill_neighbour", "columns": ("region",)}],
    "drop duplicates": [{"kind": "deduplicate"}],
    "remove duplicates based on customer and product, keep the last": [
        {"kind": "deduplicate", "columns": ("customer", "product"), "keep": "last"}
    ],
    "rename price to unit_price": [{"kind": "rename", "names": {"price": "unit_price"}}],
    'rename "order_id" to "Order No." and units to quantity': [
        {"kind": "rename", "names": {"order_id": "Order No.", "units": "quantity"}}
    ],
    "please drop the columns price and units": [{"kind": "drop", "columns": ("price", "units")}],
    "drop price": [{"kind": "drop", "columns": ("price",)}],
    "keep only the columns region, product and revenue": [
        {"kind": "select", "columns": ("region", "product", "revenue")}
    ],
    "remove rows where price < 10": [
        {"kind": "filter", "conditions": ({"column": "price", "test": "<", "value": 10},), "keep": False}
    ],
    "drop rows where region is West or East": [
        {
            "kind": "filter",
            "conditions": ({"column": "region", "test": "one of", "values": ("West", "East")},),
            "keep": False,
        }
    ],
    "keep only orders from 2023": [
        {
            "kind": "filter",
            "conditions": (
                {"column": "order_date", "test": "≥", "value": "2023-01-01"},
                {"column": "order_date", "test": "<", "value": "2024-01-01"},
            ),
        }
    ],
    "exclude customers from the East": [
        {"kind": "filter", "conditions": ({"column": "region", "test": "=", "value": "East"},), "keep": False}
    ],
    "remove returned orders": [
        {"kind": "filter", "conditions": ({"column": "returned", "test": "=", "value": True},), "keep": False}
    ],
    "remove rows with missing values in region": [{"kind": "drop_missing", "columns": ("region",)}],
    "convert order_date to date": [{"kind": "cast", "column": "order_date", "to": "date", "unreadable": "missing"}],
    "convert units to text": [{"kind": "cast", "column": "units", "to": "text", "unreadable": "missing"}],
    "trim product and customer": [{"kind": "trim", "columns": ("product", "customer")}],
    "lower-case product": [{"kind": "case", "columns": ("product",)}],
    "make product uppercase": [{"kind": "case", "columns": ("product",), "to": "upper"}],
    "split customer by space": [{"kind": "split", "column": "customer"}],
    "split customer by space into who and number": [
        {"kind": "split", "column": "customer"},
        {"kind": "rename", "names": {"customer 1": "who", "customer 2": "number"}},
    ],
    "round price to 1 decimal": [{"kind": "round", "columns": ("price",), "digits": 1}],
    "round revenue to the nearest hundred": [{"kind": "round", "columns": ("revenue",), "digits": -2}],
    "replace West by W in region": [{"kind": "replace_values", "columns": ("region",), "values": {"West": "W"}}],
    "replace Lamp with Light in product": [
        {"kind": "find_replace", "columns": ("product",), "find": "Lamp", "replace": "Light"}
    ],
    "sort by price descending": [{"kind": "sort", "columns": ("price",), "descending": ("price",)}],
    "sort the table by region and then by price from high to low": [
        {"kind": "sort", "columns": ("region", "price"), "descending": ("price",)}
    ],
    "add a column total = price * units": [
        {"kind": "calculate", "name": "total", "left": "price", "operation": "times", "right": "units"}
    ],
    "create a new column called margin which is revenue minus price": [
        {"kind": "calculate", "name": "margin", "left": "revenue", "operation": "minus", "right": "price"}
    ],
    "calculate tax = revenue * 0.19": [
        {"kind": "calculate", "name": "tax", "left": "revenue", "operation": "times", "number": 0.19}
    ],
    "add the running total of revenue by region": [
        {"kind": "running", "name": "running total of revenue by region", "column": "revenue", "by": ("region",)}
    ],
    "extract year and month from order_date": [{"kind": "date_parts", "column": "order_date"}],
    "cap outliers of revenue": [{"kind": "outliers", "column": "revenue"}],
    "sample 50 rows": [{"kind": "sample", "rows": 50}],
    "keep the first 100 rows": [{"kind": "first_rows"}],
    "one-hot encode region": [{"kind": "one_hot", "column": "region"}],
    "bin price into 4 groups": [{"kind": "bins", "name": "price band", "column": "price", "count": 4}],
    "set price in row 5 to 10": [{"kind": "edit_cells", "edits": ({"row": 5, "column": "price", "value": 10},)}],
    "drop duplicates, then rename price to cost and sort by cost": [
        {"kind": "deduplicate"},
        {"kind": "rename", "names": {"price": "cost"}},
        {"kind": "sort", "columns": ("cost",)},
    ],
    "merge region and product into label with a dash": [
        {"kind": "merge", "name": "label", "columns": ("region", "product"), "between": "-"}
    ],
    "join with customers on customer": [
        {
            "kind": "join", "other": "a" * 32, "other_name": "Customers", "other_columns": ("customer", "city"),
            "left": ("customer",), "right": ("customer",),
        }
    ],
    "append customers": [
        {"kind": "append", "other": "a" * 32, "other_name": "Customers", "other_columns": ("customer", "city")}
    ],
}  # fmt: skip

QUESTIONS = (
    "average price by region", "how many orders per region", "sort descending", "what is the price of Desk Lamp",
    "top 5 products by revenue", "compare price between East and West", "split revenue by region", "only West",
    "as a pie", "what predicts returned", "forecast revenue for 6 months", "show orders where price > 100",
    "Which region has the most orders?", "make it a bar chart", "add up the revenue", "order count by month",
)  # fmt: skip


def steps_of(asker: Asker, sentence: str) -> Sequence[Step]:
    found = change(sentence, asker.profile, asker.brief("").find_values, lambda: (CUSTOMERS,))
    return found.steps if found else ()


def run(frame: pd.DataFrame, steps: Sequence[Step]) -> pd.DataFrame:
    """The table after the steps, by the code that they write."""
    frame = frame.assign(**{name: pd.to_datetime(frame[name]) for name in frame.columns if name.endswith("_date")})
    beside = {"other_aaaaaaaa": pd.DataFrame({"customer": ["Customer 1"], "city": ["Oslo"]})}
    for step in steps:
        scope: dict[str, Any] = {"df": frame.copy(), "pd": pd, "np": np, **beside}
        if code := step.fit_code():
            exec(code, scope)  # the step's own code, on our own table
            step = step.taught(scope["result"])
        exec(step.to_code(), scope)
        frame = scope["df"]
    return frame


@pytest.mark.parametrize("sentence", SAID)
def test_reads_a_sentence_into_steps(asker: Callable[[str], Asker], sentence: str) -> None:
    steps = steps_of(asker("orders"), sentence)
    assert [{"kind": step.kind, **step.model_dump(exclude_defaults=True)} for step in steps] == SAID[sentence]


def test_every_step_runs_on_the_table(asker: Callable[[str], Asker]) -> None:
    orders = asker("orders")
    for sentence in SAID:
        if "price" in sentence and "missing" in sentence:
            continue
        after = run(orders.frame, steps_of(orders, sentence))
        assert len(after.columns), sentence


@pytest.mark.parametrize("question", QUESTIONS)
def test_leaves_questions_alone(asker: Callable[[str], Asker], question: str) -> None:
    assert not steps_of(asker("orders"), question)


def test_fills_with_what_was_asked_for(asker: Callable[[str], Asker]) -> None:
    weather = asker("weather")
    after = run(weather.frame, steps_of(weather, "fill missing temperatures with the median"))
    median = weather.frame["temp_c"].median()
    assert after["temp_c"].equals(weather.frame["temp_c"].fillna(median))


def test_calculates_several_operations(asker: Callable[[str], Asker]) -> None:
    orders = asker("orders")
    after = run(orders.frame, steps_of(orders, "add a column net = (revenue - price) / units + 1"))
    expected = (orders.frame["revenue"] - orders.frame["price"]) / orders.frame["units"] + 1
    assert np.allclose(after["net"], expected)


def test_changes_values_where_a_condition_holds(asker: Callable[[str], Asker]) -> None:
    orders = asker("orders")
    after = run(orders.frame, steps_of(orders, "set price to 0 where region is West and units > 10"))
    changed = (orders.frame["region"] == "West") & (orders.frame["units"] > 10)
    assert (after.loc[changed, "price"] == 0).all()
    assert after.loc[~changed, "price"].equals(orders.frame.loc[~changed, "price"])


def test_takes_out_rows_by_day(asker: Callable[[str], Asker]) -> None:
    weather = asker("weather")
    after = run(weather.frame, steps_of(weather, "remove rows after 2024-02-01"))
    assert len(after) == (weather.frame["measured_at"] < "2024-02-02").sum()


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("drop column foo", "foo"),
        ("rename foo to bar", "foo"),
        ("fill missing foo with 3", "foo"),
        ("drop empty columns", "no such columns"),
        ("fill missing price with cheap", "holds numbers"),
        ("rename price to units", "Two columns"),
        ("add a column price = units * 2", "already"),
        ("delete everything", "everything"),
        ("drop rows from Atlantis", "Atlantis"),
        ("replace Atlantis by Oslo", "Atlantis"),
        ("set price in row 9999 to 3", "no row 9,999"),
        ("join with suppliers on customer", "suppliers"),
        ("add a column x = price / 0", "zero"),
    ],
)
def test_says_what_it_does_not_understand(asker: Callable[[str], Asker], sentence: str, said: str) -> None:
    with pytest.raises(Unreadable) as problem:
        steps_of(asker("orders"), sentence)
    assert said in problem.value.message


def test_asks_back_where_two_columns_fit(asker: Callable[[str], Asker]) -> None:
    frame = pd.DataFrame({"price_net": [1.0], "price_gross": [2.0]})
    with pytest.raises(Unreadable) as problem:
        change("round price to 1 decimal", _profiled(frame, asker), lambda _: ())
    assert problem.value.readings == ('round "price_net" to 1 decimal', 'round "price_gross" to 1 decimal')


def _profiled(frame: pd.DataFrame, asker: Callable[[str], Asker]) -> Any:
    return Asker.of(frame, asker("orders").path.parent, "prices").profile


def test_hostile_names_stay_names(asker: Callable[[str], Asker]) -> None:
    hostile = asker("hostile")
    steps = steps_of(hostile, 'rename "__class__" to "x\'); import os #"')
    assert "x'); import os #" in run(hostile.frame, steps).columns
