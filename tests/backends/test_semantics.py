"""What a column is for, by its name, kind and values."""

from __future__ import annotations

from typing import Any

import pytest

from services.backends.semantics import Facts, guess, is_target, unit
from services.domain import Kind, Semantic


def numbers(name: str, kind: Kind = Kind.INTEGER, low: float = 0, high: float = 900, distinct: int = 400) -> Facts:
    return Facts(name, kind, 1_000, distinct, low, high)


def texts(name: str, *values: str, distinct: int | None = None) -> Facts:
    length = sum(map(len, values)) / len(values)
    return Facts(name, Kind.TEXT, 1_000, distinct or len(values), length=length, values=values)


@pytest.mark.parametrize(
    ("facts", "semantic"),
    [
        (numbers("lat", Kind.DECIMAL, -33, 51), Semantic.LATITUDE),
        (numbers("Longitude", Kind.DECIMAL, -170, 151), Semantic.LONGITUDE),
        (numbers("lat", Kind.DECIMAL, -33, 510), Semantic.MEASURE),
        (numbers("unit_price", Kind.DECIMAL), Semantic.CURRENCY),
        (numbers("Amount (€)", Kind.DECIMAL), Semantic.CURRENCY),
        (numbers("discount_pct", Kind.DECIMAL, 0, 60), Semantic.PERCENT),
        (numbers("churn rate", Kind.DECIMAL, 0, 1), Semantic.PERCENT),
        (numbers("heart rate", Kind.INTEGER, 50, 160), Semantic.MEASURE),
        (numbers("num_orders"), Semantic.COUNT),
        (numbers("visits"), Semantic.COUNT),
        (numbers("duration_min"), Semantic.DURATION),
        (numbers("month", low=1, high=12, distinct=12), Semantic.DATE_PART),
        (numbers("month", low=1, high=40, distinct=40), Semantic.MEASURE),
        (numbers("rating", low=1, high=5, distinct=5), Semantic.ORDINAL),
        (numbers("zip", low=1_000, high=99_950), Semantic.POSTCODE),
        (numbers("weight_kg", Kind.DECIMAL), Semantic.MEASURE),
        (texts("contact", "a@b.com", "c.d@e.org"), Semantic.EMAIL),
        (texts("link", "https://a.example/x", "www.b.example"), Semantic.URL),
        (texts("phone", "+49 30 123456", "030/987654"), Semantic.PHONE),
        (texts("origin", "France", "Japan", "Chile"), Semantic.COUNTRY),
        (texts("country_code", "FR", "JP", "CL"), Semantic.COUNTRY),
        (texts("home city", "Paris", "Lyon"), Semantic.CITY),
        (texts("sales_region", "North", "South"), Semantic.REGION),
        (texts("size", "S", "M", "XL"), Semantic.ORDINAL),
        (texts("severity", "low", "Medium", "HIGH"), Semantic.ORDINAL),
        (texts("day", "Monday", "Friday"), Semantic.DATE_PART),
        (texts("active", "yes", "no"), Semantic.BOOLEAN),
        (texts("colour", "red", "blue"), Semantic.CATEGORY),
    ],
    ids=lambda each: each.name if isinstance(each, Facts) else "",
)
def test_the_guess(facts: Facts, semantic: Semantic) -> None:
    assert guess(facts) is semantic


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (numbers("weight_kg", Kind.DECIMAL), "kg"),
        (numbers("Price (€)", Kind.DECIMAL), "EUR"),
        (numbers("cost_usd", Kind.DECIMAL), "USD"),
        (numbers("discount_pct", Kind.DECIMAL, 0, 60), "%"),
        (numbers("score", Kind.DECIMAL), ""),
    ],
    ids=lambda each: each.name if isinstance(each, Facts) else "",
)
def test_the_unit(facts: Facts, expected: str) -> None:
    assert unit(facts, guess(facts)) == expected


def test_what_one_would_predict() -> None:
    assert is_target(numbers("has_churned", distinct=2))
    assert not is_target(numbers("has_churned", distinct=200))
    assert not is_target(numbers("region", distinct=2))


@pytest.mark.parametrize("semantic", Semantic)
def test_a_finer_type_is_never_an_amount_and_a_group(semantic: Any) -> None:
    assert not (semantic.is_amount and semantic.is_group)
    assert semantic.coarse.coarse is semantic.coarse
