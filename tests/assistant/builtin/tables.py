"""Tables of several styles to ask questions about, made from fixed seeds."""

from __future__ import annotations

import numpy as np
import pandas as pd

PRODUCTS = {
    "Desk Lamp": "Furniture",
    "Office Chair": "Furniture",
    "Notebook": "Paper",
    "Pen Set": "Paper",
    "Monitor": "Electronics",
    "Keyboard": "Electronics",
    "Mouse": "Electronics",
}


def orders() -> pd.DataFrame:
    """snake_case; one row an order; a text date that is a real date; a few rows without a region."""
    rng, rows = np.random.default_rng(3), 400
    table = pd.DataFrame(
        {
            "order_id": range(1, rows + 1),
            "order_date": pd.to_datetime("2022-01-01") + pd.to_timedelta(rng.integers(0, 730, rows), unit="D"),
            "region": rng.choice(["West", "East", "North", "South"], rows),
            "product": rng.choice(list(PRODUCTS), rows),
            "units": rng.integers(1, 20, rows),
            "price": rng.uniform(5, 200, rows).round(2),
            "customer": rng.choice([f"Customer {at}" for at in range(60)], rows),
            "returned": rng.choice([True, False], rows),
        }
    )
    table.insert(4, "category", table["product"].map(PRODUCTS))
    table["revenue"] = (table["units"] * table["price"]).round(2)
    table.loc[::37, "region"] = None
    table["order_date"] = table["order_date"].dt.date
    return table


def staff() -> pd.DataFrame:
    """Title Case with spaces and abbreviations; one row a person."""
    rng, rows = np.random.default_rng(5), 60
    return pd.DataFrame(
        {
            "Emp ID": range(1000, 1000 + rows),
            "Name": [f"Person {chr(65 + at % 26)}{at}" for at in range(rows)],
            "Dept": rng.choice(["Sales", "Legal", "Research"], rows),
            "Job Title": rng.choice(["Clerk", "Manager", "Analyst"], rows),
            "Annual Salary (USD)": rng.integers(30, 120, rows) * 1000,
            "Age": rng.integers(20, 65, rows),
            "Hire Date": pd.to_datetime("2010-01-15") + pd.to_timedelta(rng.integers(0, 4000, rows), unit="D"),
            "Gender": rng.choice(["female", "male"], rows),
        }
    )


def films() -> pd.DataFrame:
    """camelCase; an integer year."""
    rng, rows = np.random.default_rng(8), 120
    return pd.DataFrame(
        {
            "filmTitle": [f"Film {at}" for at in range(rows)],
            "releaseYear": rng.integers(1990, 2020, rows),
            "genre": rng.choice(["Drama", "Comedy", "Horror", "Science Fiction"], rows),
            "boxOffice": rng.uniform(1, 500, rows).round(1),
            "imdbRating": rng.uniform(2, 9.5, rows).round(1),
            "runtimeMin": rng.integers(75, 190, rows),
            "director": rng.choice([f"Director {at}" for at in range(25)], rows),
        }
    )


def hostile() -> pd.DataFrame:
    """Column names and values that would break careless code."""
    return pd.DataFrame(
        {
            "region'\"": ["a", "b", "a", "c"],
            "{price}\n": [1.5, 2.5, 3.0, 4.0],
            "__class__": [1, 2, 3, 4],
            "count": [5, 6, 7, 8],
            "café": ["x'); import os #", 'y"', "{z}", "\\n"],
        }
    )


def weather() -> pd.DataFrame:
    """Moments in time and gaps."""
    rng, rows = np.random.default_rng(11), 200
    table = pd.DataFrame(
        {
            "station": rng.choice(["Oslo", "Bergen", "Tromsø"], rows),
            "measured_at": pd.Timestamp("2024-01-01")
            + pd.to_timedelta(rng.integers(0, 60 * 24 * 90, rows), unit="min"),
            "temp_c": rng.normal(4, 8, rows).round(1),
            "rain_mm": rng.exponential(3, rows).round(1),
        }
    )
    table.loc[::9, "temp_c"] = np.nan
    return table
