"""Short questions that change the one before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pandas as pd
import pytest

from services.domain import Turn, TurnStatus
from tests.assistant.builtin.asking import Asked, Asker


def conversation(table: Asker, questions: Sequence[str]) -> Asked:
    """Asks one after the other, each with all that went before; the last answer."""
    history: list[Turn] = []
    asked = table.ask(questions[0])
    for question in questions[1:]:
        history.append(
            Turn(
                id=str(len(history)),
                conversation_id="c",
                version_id="v",
                question=questions[len(history)],
                status=TurnStatus.ANSWERED,
                plan=asked.plan,
                created_at=datetime.now(UTC),
            )
        )
        asked = table.ask(question, history)
    assert asked.code, f"{asked.plan.message} {asked.plan.options}"
    return asked


@pytest.fixture
def orders(asker: Callable[[str], Asker]) -> Asker:
    return asker("orders")


def first(asked: Asked) -> pd.Series:
    assert asked.table is not None
    return asked.table.set_index(asked.table.columns[0]).iloc[:, 0]


def test_changes_only_the_chart(orders: Asker) -> None:
    asked = conversation(orders, ["total revenue by category", "as a pie"])
    assert asked.chart == "pie"
    assert first(asked).to_dict() == pytest.approx(orders.frame.groupby("category")["revenue"].sum().to_dict())


def test_adds_a_condition_and_replaces_it(orders: Asker) -> None:
    asked = conversation(orders, ["total revenue by category", "only West", "what about East?"])
    east = orders.frame[orders.frame.region == "East"]
    assert first(asked).to_dict() == pytest.approx(east.groupby("category")["revenue"].sum().to_dict())


def test_changes_the_key(orders: Asker) -> None:
    asked = conversation(orders, ["average price by region", "by product instead"])
    assert first(asked).to_dict() == pytest.approx(orders.frame.groupby("product")["price"].mean().to_dict())


def test_changes_the_measure(orders: Asker) -> None:
    asked = conversation(orders, ["average price by category", "units instead"])
    assert first(asked).to_dict() == pytest.approx(orders.frame.groupby("category")["units"].mean().to_dict())


def test_cuts_and_sorts(orders: Asker) -> None:
    asked = conversation(orders, ["revenue by product", "top 3", "sort ascending"])
    wanted = orders.frame.groupby("product")["revenue"].sum().sort_values().head(3)
    assert list(first(asked).index) == list(wanted.index)


def test_a_whole_question_stands_alone(orders: Asker) -> None:
    asked = conversation(orders, ["average price by region", "top 5 products by units"])
    wanted = orders.frame.groupby("product")["units"].sum().nlargest(5)
    assert first(asked).to_dict() == wanted.to_dict()


def test_without_a_question_before_a_change_is_declined(orders: Asker) -> None:
    assert not orders.ask("as a pie").code
    assert not orders.ask("top 3").code
