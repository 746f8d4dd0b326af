"""Charts, sentences, literal answers, hostile names, starters."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from plotly import data as samples

from sandbox import Grant, RunRequest, RunStatus, Sandbox
from sandbox.messages import Table
from services.assistant.builtin import BuiltinAnalyst, starters
from services.assistant.builtin.writing.seen import rows_of
from services.domain import PlanKind
from tests.assistant.builtin.asking import Asker, Silent

CHARTS = [
    ("orders", "average price by region", "bar"),
    ("orders", "revenue over time", "line"),
    ("orders", "share of revenue by category", "pie"),
    ("orders", "pie chart of units by region", "pie"),
    ("orders", "revenue by category as a line chart", "line"),
    ("orders", "correlation between price and units", "scatter"),
    ("orders", "scatter plot of price vs units colored by category", "scatter"),
    ("orders", "plot price against units", "scatter"),
    ("orders", "distribution of price", "histogram"),
    ("orders", "histogram of units", "histogram"),
    ("orders", "box plot of price by category", "box"),
    ("orders", "heatmap of revenue by region and category", "heatmap"),
    ("orders", "stacked bar chart of revenue by region and category", "bar"),
    ("orders", "grouped bar chart of average price by region and category", "bar"),
    ("orders", "monthly revenue by category", "line"),
    ("orders", "area chart of revenue by month", "scatter"),
    ("orders", "average price by region, no chart", None),
    ("orders", "how many orders", None),
    ("films", "scatter of imdb rating and box office", "scatter"),
    ("films", "correlation of all number columns", "heatmap"),
]


@pytest.mark.parametrize(("name", "question", "chart"), CHARTS)
def test_draws_the_chart_that_fits_or_is_named(
    asker: Callable[[str], Asker], name: str, question: str, chart: str | None
) -> None:
    asked = asker(name).ask(question)
    assert asked.code, asked.plan.message
    assert asked.chart == chart or (question.startswith("area") and asked.chart in ("scatter", "line"))


def test_stacks_and_groups_bars(asker: Callable[[str], Asker]) -> None:
    table = asker("orders")
    grouped = table.ask("grouped bar chart of revenue by region and category").figure
    stacked = table.ask("stacked bar chart of revenue by region and category").figure
    assert grouped.layout.barmode == "group"
    assert stacked.layout.barmode in (None, "relative")
    assert {trace.name for trace in stacked.data} == {"Furniture", "Paper", "Electronics"}


def test_correlation_is_that_of_pandas(asker: Callable[[str], Asker]) -> None:
    table = asker("orders")
    asked = table.ask("correlation between price and revenue")
    wanted = table.frame.price.corr(table.frame.revenue)
    assert math.isclose(asked.outputs["correlation"], wanted)
    assert f"{wanted:.2f}" in asked.text


@pytest.mark.parametrize(
    ("question", "column", "descending"),
    [
        ("revenue by product sorted ascending", 1, False),
        ("revenue by product, highest first", 1, True),
        ("average price by product in alphabetical order", 0, False),
        ("number of orders per product, order x axis from high to low", 0, True),
        ("number of orders per product sort by the y axis in desc", 1, True),
        ("units by region order by region descending", 0, True),
        ("revenue by category", 1, True),
        ("revenue per month", 0, False),
    ],
)
def test_orders_as_asked(asker: Callable[[str], Asker], question: str, column: int, descending: bool) -> None:
    asked = asker("orders").ask(question)
    assert asked.table is not None, asked.plan.message
    values = asked.table.iloc[:, column].dropna()
    assert values.is_monotonic_decreasing if descending else values.is_monotonic_increasing


def test_says_the_answer_in_words(asker: Callable[[str], Asker]) -> None:
    table = asker("orders")
    means = table.frame.groupby("region")["price"].mean()
    text = table.ask("average price by region").text
    assert f"{means.idxmax()} has the highest average price, {means.max():.2f}".rstrip("0") in text
    assert f"{means.idxmin()} the lowest" in text
    assert table.ask("how many orders").text == "There are 400 orders."
    assert "West" in table.ask("what share of revenue comes from West").text


def test_many_groups_are_cut_in_the_chart_only(asker: Callable[[str], Asker]) -> None:
    table = asker("orders")
    asked = table.ask("revenue per customer as a bar chart")
    assert len(asked.table) == table.frame.customer.nunique()
    assert len(asked.figure.data[0].x) == 30
    assert any("30" in caveat for caveat in asked.caveats)


def test_what_is_taken_for_granted_is_said(asker: Callable[[str], Asker]) -> None:
    asked = asker("orders").ask("average prise by category")
    assert any("“prise” is read as “price”" in caveat for caveat in asked.caveats)


@pytest.mark.parametrize(
    ("question", "literal"),
    [
        (
            "What is the mean of price? Round to two decimal places. Answer as @mean_price[value].",
            "@mean_price[{:.2f}]",
        ),
        ("Calculate the mean price. @m[x], where x is a number rounded to 3 decimal places.", "@m[{:.3f}]"),
    ],
)
def test_a_literal_answer_is_given_literally(asker: Callable[[str], Asker], question: str, literal: str) -> None:
    table = asker("orders")
    asked = table.ask(question)
    assert literal.format(table.frame.price.mean()) in asked.text, asked.plan.message


HOSTILE = [
    'average "{price}\n" by "region\'""',
    "number of rows by count",
    "total __class__ by region",
    "how many rows per café",
    "average price by region",
    'rows where café is "x\'); import os #"',
    "correlation between price and count",
]


@pytest.mark.parametrize("question", HOSTILE)
def test_hostile_names_and_values_stay_text(asker: Callable[[str], Asker], question: str) -> None:
    table = asker("hostile")
    asked = table.ask(question)
    if asked.code:
        compile(asked.code, "answer", "exec")
        assert asked.text
    else:
        assert asked.plan.message


def test_a_key_called_count_does_not_clash(asker: Callable[[str], Asker]) -> None:
    asked = asker("hostile").ask("number of rows by count")
    assert list(asked.table.columns) == ["count", "number of rows"]


TABLES = [
    samples.gapminder,
    samples.tips,
    samples.iris,
    samples.stocks,
    samples.medals_long,
    samples.carshare,
    samples.election,
    samples.wind,
]


@pytest.mark.parametrize("table", TABLES, ids=lambda make: make.__name__)
def test_starters_are_answered(tmp_path: Path, table: Callable[[], pd.DataFrame]) -> None:
    asker = Asker.of(table(), tmp_path, table.__name__)
    questions = starters(asker.profile)
    assert len(questions) == 3
    assert all(asker.ask(question).code for question in questions)


@pytest.mark.parametrize("name", ["orders", "staff", "films", "weather", "hostile"])
def test_starters_of_own_tables(asker: Callable[[str], Asker], name: str) -> None:
    table = asker(name)
    questions = starters(table.profile)
    assert len(questions) == 3
    assert all(table.ask(question).code for question in questions)
    assert not any(
        "average emp id" in question.lower() or "release year" in question.lower().split(" by ")[0]
        for question in questions
    )


def test_one_answer_through_the_sandbox(asker: Callable[[str], Asker]) -> None:
    table = asker("weather")
    analyst, progress = BuiltinAnalyst(), Silent()
    brief = table.brief("average temperature per station")
    plan = analyst.plan(brief, progress)
    assert plan.kind is PlanKind.ANALYSE
    code = analyst.write(brief, plan, (), progress)
    sandbox = Sandbox(workers=1)
    try:
        result = sandbox.run(RunRequest(id="1", code=code, tables={"df": table.path}, grant=Grant.QUERY, trusted=True))
    finally:
        sandbox.close()
    assert result.status is RunStatus.OK, result.error
    rows = rows_of(next(one for one in result.outputs if isinstance(one, Table)))
    wanted = table.frame.groupby("station")["temp_c"].mean()
    assert {row["station"]: row["average temp_c"] for row in rows} == pytest.approx(wanted.to_dict())
    verdict = analyst.review(brief, plan, code, result, progress)
    assert verdict.text
    assert verdict.checks
