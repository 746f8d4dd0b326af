"""What cannot be answered is said plainly, with questions that can."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from services.domain import PlanKind
from tests.assistant.builtin.asking import Asker

DECLINED = [
    ("orders", "average salary by region"),
    ("orders", "total revenue by planet"),
    ("orders", "average price by warehouse"),
    ("orders", "number of complaints by supplier"),
    ("orders", "revenue in Atlantis"),
    ("orders", 'orders from "Atlantis"'),
    ("orders", "average of region"),
    ("orders", "sum of order dates"),
    ("orders", "why did sales drop"),
    ("orders", "is the difference between West and East significant"),
    ("orders", "running total of revenue by region"),
    ("orders", "growth of revenue by region"),
    ("orders", "show revenue on a map"),
    ("orders", "ratio of revenue to units"),
    ("orders", "do expensive products sell more"),
    ("orders", "average revenue of loyal customers"),
    ("orders", "total revenue without taxes by region"),
    ("orders", "discounted revenue by region"),
    ("orders", "price between 100 and 50"),
    ("orders", "asdf qwer"),
    ("orders", "hello"),
    ("orders", ""),
    ("orders", "???"),
    ("orders", "SELECT * FROM df"),
    ("orders", "what is the weather in Paris"),
    ("orders", "import os; os.remove('x')"),
    ("orders", "средняя цена по региону"),
    ("films", "films per month"),
    ("staff", "average bonus by department"),
    ("staff", "number of contractors by office"),
    ("weather", "average humidity by station"),
]
CLARIFIED = [
    ("orders", "orders over 100", "units"),
    ("orders", "top 3 regions", "revenue"),
]


@pytest.mark.parametrize(("name", "question"), DECLINED)
def test_declines(asker: Callable[[str], Asker], name: str, question: str) -> None:
    table = asker(name)
    asked = table.ask(question)
    assert not asked.code, f"{asked.plan.reading}\n{asked.code}"
    assert asked.plan.kind in (PlanKind.DECLINE, PlanKind.CLARIFY)
    assert asked.plan.message.endswith((".", "?"))
    assert asked.plan.options


@pytest.mark.parametrize(("name", "question", "word"), CLARIFIED)
def test_asks_back_when_readings_differ(asker: Callable[[str], Asker], name: str, question: str, word: str) -> None:
    asked = asker(name).ask(question)
    assert asked.plan.kind is PlanKind.CLARIFY
    assert any(word in option for option in asked.plan.options)


@pytest.mark.parametrize(("name", "question"), [*DECLINED, *((name, question) for name, question, _ in CLARIFIED)])
def test_every_option_is_answered(asker: Callable[[str], Asker], name: str, question: str) -> None:
    table = asker(name)
    for option in table.ask(question).plan.options:
        found = table.ask(option)
        assert found.code or found.plan.analysis, f"offered “{option}” for “{question}” but declines it"


def test_a_missing_column_is_named_with_the_nearest_ones(asker: Callable[[str], Asker]) -> None:
    message = asker("films").ask("average box price by genre").plan.message
    assert "box price" in message or "“box”" in message or "price" in message
    assert "boxOffice" in message


def test_an_endless_question_is_declined(asker: Callable[[str], Asker]) -> None:
    asked = asker("orders").ask("average price " * 2000)
    assert asked.plan.kind is PlanKind.DECLINE
    assert "too long" in asked.plan.message


def test_a_value_in_two_columns_is_asked_back(asker: Callable[[str], Asker], tmp_path) -> None:  # type: ignore[no-untyped-def]
    import pandas as pd

    games = pd.DataFrame(
        {"home": ["Ajax", "Bern", "Ajax", "Bern"], "away": ["Bern", "Ajax", "Bern", "Ajax"], "goals": [1, 2, 3, 4]}
    )
    table = Asker.of(games, tmp_path, "games")
    asked = table.ask("how many games with Ajax")
    assert asked.plan.kind is PlanKind.CLARIFY
    assert [table.ask(option).result for option in asked.plan.options] == [2, 2]
    assert table.ask("total goals where home is Ajax").result == 4
