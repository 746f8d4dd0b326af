"""Questions as people type them; each expected answer is computed here with plain pandas."""

# ruff: noqa: E501 — a question and its answer stand on one line
from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from tests.assistant.builtin.asking import Asked, Asker

Expected = Callable[[pd.DataFrame], Any]


def by(column: str, value: str, how: str) -> Expected:
    return lambda df: df.groupby(column, dropna=False)[value].agg(how)


def months(df: pd.DataFrame) -> pd.Series:
    return pd.to_datetime(df["order_date"]).dt.strftime("%Y-%m")


def year_is(df: pd.DataFrame, year: int) -> pd.DataFrame:
    return df[pd.to_datetime(df["order_date"]).dt.year == year]


ORDERS: list[tuple[str, Expected]] = [
    ("average price by region", by("region", "price", "mean")),
    ("Average prise by regoin", by("region", "price", "mean")),
    ("what is the mean price for each region?", by("region", "price", "mean")),
    ("mean of price per product category", by("category", "price", "mean")),
    ("how many orders per month", lambda df: df.groupby(months(df)).size()),
    ("monthly revenue", lambda df: df.groupby(months(df))["revenue"].sum()),
    ("revenue over time", lambda df: df.groupby(months(df))["revenue"].sum()),
    ("monthly revenue for Electronics", lambda df: df[df.category == "Electronics"].groupby(months(df))["revenue"].sum()),
    ("total revenue by quarter", lambda df: df.groupby(
        pd.to_datetime(df.order_date).dt.to_period("Q").map(lambda q: f"{q.year}-Q{q.quarter}"))["revenue"].sum()),
    ("units per year", lambda df: df.groupby(pd.to_datetime(df.order_date).dt.year)["units"].sum()),
    ("top 5 products by units as a bar chart", lambda df: df.groupby("product")["units"].sum().nlargest(5)),
    ("the 3 customers with the highest revenue", lambda df: df.groupby("customer")["revenue"].sum().nlargest(3)),
    ("which 3 products have the highest revenue", lambda df: df.groupby("product")["revenue"].sum().nlargest(3)),
    ("bottom 2 categories by revenue", lambda df: df.groupby("category")["revenue"].sum().nsmallest(2)),
    ("which region has the highest revenue", lambda df: df.groupby("region")["revenue"].sum().nlargest(1)),
    ("which product has the lowest average price?", lambda df: df.groupby("product")["price"].mean().nsmallest(1)),
    ("which month had the most orders", lambda df: df.groupby(months(df)).size().nlargest(1, keep="all")),
    ("who bought the most units", lambda df: df.groupby("customer")["units"].sum().nlargest(1, keep="all")),
    ("which product sold the most", lambda df: df.groupby("product")["units"].sum().nlargest(1)),
    ("best selling product", lambda df: df.groupby("product")["units"].sum().nlargest(1)),
    ("which category had the lowest revenue in 2023", lambda df: year_is(df, 2023).groupby("category")["revenue"].sum().nsmallest(1)),
    ("how many orders are there", len),
    ("count rows", len),
    ("how many different customers", lambda df: df.customer.nunique()),
    ("number of distinct products", lambda df: df["product"].nunique()),
    ("how many orders in 2023", lambda df: len(year_is(df, 2023))),
    ("how many orders in March 2023", lambda df: (months(df) == "2023-03").sum()),
    ("how many orders between 2022-03-01 and 2022-06-30",
     lambda df: pd.to_datetime(df.order_date).between("2022-03-01", "2022-06-30").sum()),
    ("how many orders since 2023", lambda df: len(year_is(df, 2023))),
    ("how many orders before March 2022", lambda df: (pd.to_datetime(df.order_date) < "2022-03-01").sum()),
    ("number of returned orders", lambda df: df.returned.sum()),
    ("how many orders were not returned", lambda df: (~df.returned).sum()),
    ("how many orders have units over 10", lambda df: (df.units > 10).sum()),
    ("how many orders with price at least 100", lambda df: (df.price >= 100).sum()),
    ("number of orders with price between 50 and 100", lambda df: df.price.between(50, 100).sum()),
    ("how many orders with more than 15 units or price under 10", lambda df: ((df.units > 15) | (df.price < 10)).sum()),
    ("how many orders with price higher than 150 or lower than 20", lambda df: ((df.price > 150) | (df.price < 20)).sum()),
    ("how many orders in West with revenue over $1,000", lambda df: ((df.region == "West") & (df.revenue > 1000)).sum()),
    ("orders from west or east with units > 15", lambda df: df[df.region.isin(["West", "East"]) & (df.units > 15)]),
    ("show all orders where units > 15 and price < 20", lambda df: df[(df.units > 15) & (df.price < 20)]),
    ("orders in 2023 with revenue over 2000", lambda df: year_is(df, 2023)[lambda d: d.revenue > 2000]),
    ("orders with region missing", lambda df: df[df.region.isna()]),
    ("how many missing values in region", lambda df: df.region.isna().sum()),
    ("how many Desk Lamps were sold in East", lambda df: df[(df["product"] == "Desk Lamp") & (df.region == "East")].units.sum()),
    ("how many orders did Customer 5 place", lambda df: (df.customer == "Customer 5").sum()),
    ("total sales", lambda df: df.revenue.sum()),
    ("sum of units", lambda df: df.units.sum()),
    ("median price", lambda df: df.price.median()),
    ("highest price", lambda df: df.price.max()),
    ("what is the lowest price in the North region", lambda df: df[df.region == "North"].price.min()),
    ("standard deviation of price", lambda df: df.price.std()),
    ("average revenue per order", lambda df: df.revenue.mean()),
    ("average revenue per order by region", by("region", "revenue", "mean")),
    ("revenue of Monitor", lambda df: df[df["product"] == "Monitor"].revenue.sum()),
    ("average price for Notebook and Monitor", lambda df: df[df["product"].isin(["Notebook", "Monitor"])].price.mean()),
    ("sales by region", by("region", "revenue", "sum")),
    ("sales by region in 2023", lambda df: year_is(df, 2023).groupby("region", dropna=False)["revenue"].sum()),
    ("revenue per customer", by("customer", "revenue", "sum")),
    ("units sold per product", by("product", "units", "sum")),
    ("count of orders by category and region", lambda df: df.groupby(["category", "region"], dropna=False).size()),
    ("total revenue by product and region as a heatmap", lambda df: df.groupby(["product", "region"], dropna=False)["revenue"].sum()),
    ("average price and total units by category", lambda df: df.groupby("category").agg(a=("price", "mean"), b=("units", "sum"))),
    ("minimum and maximum price by product", lambda df: df.groupby("product")["price"].agg(["min", "max"])),
    ("revenue by region for Monitor or Keyboard",
     lambda df: df[df["product"].isin(["Monitor", "Keyboard"])].groupby("region", dropna=False)["revenue"].sum()),
    ("average revenue by product excluding Furniture", lambda df: df[df.category != "Furniture"].groupby("product")["revenue"].mean()),
    ("compare West and East revenue", lambda df: df[df.region.isin(["West", "East"])].groupby("region")["revenue"].sum()),
    ("customers with more than 10 orders", lambda df: df.groupby("customer").size()[lambda s: s > 10]),
    ("products with total revenue over 60000", lambda df: df.groupby("product")["revenue"].sum()[lambda s: s > 60000]),
    ("regions where the average price is over 105",
     lambda df: df.groupby("region", dropna=False)["price"].mean()[lambda s: s > 105]),
    ("list all products", lambda df: df[["product"]].drop_duplicates()),
    ("products not in Furniture", lambda df: df[df.category != "Furniture"][["product"]].drop_duplicates()),
    ("list product and price where price > 190", lambda df: df[df.price > 190][["product", "price"]]),
    ("what is the revenue of order 17", lambda df: df[df.order_id == 17]["revenue"].sum()),
    ("show the 10 most expensive orders", lambda df: df.nlargest(10, "price")),
    ("orders where the product contains \"pen\"", lambda df: df[df["product"].str.contains("pen", case=False)]),
    ("how many orders where product starts with \"Mo\"", lambda df: df["product"].str.startswith("Mo").sum()),
    ("number of orders per customer in descending order", lambda df: df.groupby("customer").size()),
    ("average units by weekday", lambda df: df.groupby(
        pd.to_datetime(df.order_date).dt.day_of_week.map(dict(enumerate(["Mon", "Tue", "Wed", "Thur", "Fri", "Sat", "Sun"]))))["units"].mean()),
    ("max units by customer top 5", lambda df: df.groupby("customer")["units"].max().nlargest(5)),
]  # fmt: skip

STAFF: list[tuple[str, Expected]] = [
    ("average salary by department", by("Dept", "Annual Salary (USD)", "mean")),
    ("avg annual salary per dept", by("Dept", "Annual Salary (USD)", "mean")),
    ("how many employees in each department", lambda df: df.groupby("Dept").size()),
    ("how many people are older than 40", lambda df: (df.Age > 40).sum()),
    ("number of women per department", None),
    ("how many female employees are there", lambda df: (df.Gender == "female").sum()),
    ("average age of managers", lambda df: df[df["Job Title"] == "Manager"].Age.mean()),
    ("average age by gender and job title", lambda df: df.groupby(["Gender", "Job Title"]).Age.mean()),
    ("who is the oldest", lambda df: df[df.Age == df.Age.max()][["Name", "Age"]]),
    ("who has the highest salary", lambda df: df[df["Annual Salary (USD)"] == df["Annual Salary (USD)"].max()][["Name", "Annual Salary (USD)"]]),
    ("the 5 youngest employees", lambda df: df.nsmallest(5, "Age")[["Name", "Age"]]),
    ("salary of Person B1", lambda df: df[df.Name == "Person B1"]["Annual Salary (USD)"].sum()),
    ("people hired in 2015", lambda df: df[df["Hire Date"].dt.year == 2015]),
    ("how many people were hired per year", lambda df: df.groupby(df["Hire Date"].dt.year).size()),
    ("salary between 50k and 70k how many", None),
    ("median salary in Legal", lambda df: df[df.Dept == "Legal"]["Annual Salary (USD)"].median()),
    ("share of employees by job title", lambda df: df.groupby("Job Title").size()),
    ("which department has the most employees", lambda df: df.groupby("Dept").size().nlargest(1, keep="all")),
    ("employees in Legal or Sales younger than 30", lambda df: df[df.Dept.isin(["Legal", "Sales"]) & (df.Age < 30)]),
    ("max salary per gender", by("Gender", "Annual Salary (USD)", "max")),
]  # fmt: skip

FILMS: list[tuple[str, Expected]] = [
    ("average rating by genre", by("genre", "imdbRating", "mean")),
    ("total box office per genre", by("genre", "boxOffice", "sum")),
    ("number of films per year", lambda df: df.groupby("releaseYear").size()),
    ("how many movies were released in 1999", lambda df: (df.releaseYear == 1999).sum()),
    ("how many films since 2010", lambda df: (df.releaseYear >= 2010).sum()),
    ("films between 2000 and 2005", lambda df: df[df.releaseYear.between(2000, 2005)]),
    ("top 10 films by box office", lambda df: df.nlargest(10, "boxOffice")[["filmTitle", "boxOffice"]]),
    ("which director has the most films", lambda df: df.groupby("director").size().nlargest(1, keep="all")),
    ("average runtime of science fiction films", lambda df: df[df.genre == "Science Fiction"].runtimeMin.mean()),
    ("how many dramas have a rating above 8", lambda df: ((df.genre == "Drama") & (df.imdbRating > 8)).sum()),
    ("average imdb rating over time", by("releaseYear", "imdbRating", "mean")),
    ("longest film", lambda df: df[df.runtimeMin == df.runtimeMin.max()][["filmTitle", "runtimeMin"]]),
    ("comedies rated below 4", None),
]  # fmt: skip

WEATHER: list[tuple[str, Expected]] = [
    ("average temperature by station", by("station", "temp_c", "mean")),
    ("total rain per station", by("station", "rain_mm", "sum")),
    ("max temp in Oslo", lambda df: df[df.station == "Oslo"].temp_c.max()),
    ("how many measurements per day", lambda df: df.groupby(df.measured_at.dt.strftime("%Y-%m-%d")).size()),
    ("average temperature per month", lambda df: df.groupby(df.measured_at.dt.strftime("%Y-%m")).temp_c.mean()),
    ("days with temperature below -5", None),
    ("how many rows have temperature missing", lambda df: df.temp_c.isna().sum()),
    ("rain in tromso in February 2024", None),
]  # fmt: skip

CASES = [
    pytest.param(name, question, expected, id=f"{name}: {question}")
    for name, questions in (("orders", ORDERS), ("staff", STAFF), ("films", FILMS), ("weather", WEATHER))
    for question, expected in questions
    if expected is not None
]


@pytest.mark.parametrize(("name", "question", "expected"), CASES)
def test_answers_what_plain_pandas_gives(
    asker: Callable[[str], Asker], name: str, question: str, expected: Expected
) -> None:
    table = asker(name)
    asked = table.ask(question)
    assert asked.code, f"declined: {asked.plan.message} {asked.plan.options}"
    wanted = expected(table.frame)
    if isinstance(wanted, pd.DataFrame | pd.Series):
        assert rows(asked, wanted) == rows_of(wanted), f"{asked.plan.reading}\n{asked.code}"
    else:
        assert same(asked.result, wanted), f"{asked.plan.reading}: {asked.result} is not {wanted}"
    assert asked.text


def rows(asked: Asked, wanted: pd.DataFrame | pd.Series) -> list[tuple[Any, ...]]:
    """The rows of the answer; columns behind those that are wanted only add detail."""
    assert asked.table is not None
    return ordered(asked.table.iloc[:, : flat(wanted).shape[1]])


def rows_of(wanted: pd.DataFrame | pd.Series) -> list[tuple[Any, ...]]:
    return ordered(flat(wanted))


def flat(wanted: pd.DataFrame | pd.Series) -> pd.DataFrame:
    """Groups become leading columns; the row numbers of a table are dropped."""
    grouped = isinstance(wanted, pd.Series) or wanted.index.name is not None or wanted.index.nlevels > 1
    return wanted.reset_index() if grouped else wanted


def ordered(frame: pd.DataFrame) -> list[tuple[Any, ...]]:
    """The rows, each cell in a comparable form, in an order of their own."""
    plain = [tuple(comparable(cell) for cell in row) for row in frame.itertuples(index=False)]
    return sorted(plain, key=repr)


def comparable(cell: Any) -> Any:
    if cell is None or cell is pd.NaT or (isinstance(cell, float) and math.isnan(cell)):
        return None
    if isinstance(cell, bool | str):
        return cell
    return round(float(cell), 6) if isinstance(cell, int | float) or hasattr(cell, "dtype") else str(cell)


def same(got: Any, wanted: Any) -> bool:
    return math.isclose(float(got), float(wanted), rel_tol=1e-9)
