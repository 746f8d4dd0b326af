"""Relative dates, arithmetic on results, outliers, pivots, and wordings that are never guessed."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from services.domain import PlanKind
from tests.assistant.builtin.asking import Asker

Ask = Callable[[str], Asker]


def dated(asker: Asker) -> pd.DataFrame:
    return asker.frame.assign(when=pd.to_datetime(asker.frame["order_date"]))


@pytest.mark.parametrize(
    ("said", "first", "last"),
    [
        ("last month", "2023-11-01", "2023-11-30"),
        ("this month", "2023-12-01", "2023-12-31"),
        ("in the past 30 days", "2023-12-02", "2023-12-31"),
        ("in the last 3 months", "2023-10-01", "2023-12-31"),
        ("last year", "2022-01-01", "2022-12-31"),
        ("this year", "2023-01-01", "2023-12-31"),
        ("year to date", "2023-01-01", "2023-12-31"),
        ("last quarter", "2023-07-01", "2023-09-30"),
        ("last week", "2023-12-18", "2023-12-24"),
        ("yesterday", "2023-12-30", "2023-12-30"),
    ],
)
def test_dates_count_back_from_the_newest_one(asker: Ask, said: str, first: str, last: str) -> None:
    orders = asker("orders")
    assert orders.frame["order_date"].max().isoformat() == "2023-12-31"
    asked = orders.ask(f"total revenue {said}")
    rows = dated(orders)
    assert asked.result == pytest.approx(rows.loc[rows["when"].between(first, last), "revenue"].sum())
    assert any("counted back from the newest “order_date”" in note and first in note for note in asked.caveats)


def test_years_count_back_too(asker: Ask) -> None:
    films = asker("films")
    newest = films.frame["releaseYear"].max()
    assert len(films.ask("films of the last 5 years").table) == (films.frame["releaseYear"] > newest - 5).sum()  # type: ignore[arg-type]
    assert films.ask("films of the last 5 months").plan.kind is PlanKind.DECLINE


@pytest.mark.parametrize(
    ("question", "worth"),
    [
        ("total revenue minus total price", lambda df: df.revenue.sum() - df.price.sum()),
        ("total revenue / number of orders", lambda df: df.revenue.sum() / len(df)),
        ("what is the maximum price minus the minimum price?", lambda df: df.price.max() - df.price.min()),
        ("difference between the highest and lowest price", lambda df: df.price.max() - df.price.min()),
        ("average number of orders per customer", lambda df: len(df) / df.customer.nunique()),
        (
            "total revenue divided by total units where region is West",
            lambda df: df[df.region == "West"].revenue.sum() / df[df.region == "West"].units.sum(),
        ),
    ],
)
def test_arithmetic_on_results(asker: Ask, question: str, worth: Callable[[pd.DataFrame], float]) -> None:
    orders = asker("orders")
    asked = orders.ask(question)
    assert list(asked.result.values())[-1] == pytest.approx(worth(orders.frame))
    assert asked.checks


def test_outliers_lie_beyond_the_quartiles(asker: Ask) -> None:
    orders = asker("orders")
    low, high = orders.frame["revenue"].quantile([0.25, 0.75])
    far = ~orders.frame["revenue"].between(low - 1.5 * (high - low), high + 1.5 * (high - low))
    asked = orders.ask("which orders are outliers in revenue")
    assert asked.table is not None
    assert sorted(asked.table["order_id"]) == sorted(orders.frame.loc[far, "order_id"])
    assert orders.ask("how many outliers in revenue").result == far.sum()


def test_rows_above_average(asker: Ask) -> None:
    orders = asker("orders")
    asked = orders.ask("how many orders have a price above average")
    assert asked.result == (orders.frame["price"] > orders.frame["price"].mean()).sum()


def test_a_pivot_table_has_the_second_column_across(asker: Ask) -> None:
    orders = asker("orders")
    asked = orders.ask("pivot table of revenue by category and region")
    shown = next(table for name, table in asked.outputs.items() if name == "table")
    wide = orders.frame.pivot_table(index="category", columns="region", values="revenue", aggfunc="sum")
    assert shown.set_index("category")["West"].to_dict() == pytest.approx(wide["West"].to_dict())
    assert asked.checks


def test_bars_lie_when_asked_for(asker: Ask) -> None:
    figure = asker("orders").ask("horizontal bar chart of revenue by region").figure
    assert figure is not None
    assert figure.data[0].orientation == "h"


def test_without_a_yes_or_no_means_no(asker: Ask) -> None:
    orders = asker("orders")
    kept = orders.frame.loc[~orders.frame["returned"], "revenue"].sum()
    assert orders.ask("total revenue without returned orders").result == pytest.approx(kept)


@pytest.mark.parametrize(
    "question",
    [
        "top 3 products in each region",
        "customers in both West and East",
        "how many different products were sold in West but not in East",
        "products sold in every region",
        "average of average price by region",
        "which region has above average revenue",
        "revenue compared to last month",
        "total revenue in West minus total revenue in East in 2023",
    ],
)
def test_what_cannot_be_worked_out_is_never_guessed(asker: Ask, question: str) -> None:
    asked = asker("orders").ask(question)
    assert not asked.code, f"{asked.plan.reading}: {asked.text}"


def test_a_degree_of_something_unknown_is_no_row(asker: Ask) -> None:
    assert not asker("films").ask("which genre is most profitable").code
