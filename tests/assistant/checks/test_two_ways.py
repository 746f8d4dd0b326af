"""A second derivation by SQL, which never sees the code."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from services import conversations
from services.assistant import pipeline
from services.domain import Check, Dataset, Outcome, TurnStatus, Verdict
from services.workspace import Workspace
from tests.doubles import ScriptedAnalyst

SUMS = "result = df.groupby('region', as_index=False)['price'].sum()"


def checks(ws: Workspace, dataset: Dataset, question: str) -> dict[str, Check]:
    conversation = conversations.create(ws, dataset.id)
    turn = conversations.turn(ws, pipeline.ask(ws, conversation.id, question).id)
    assert turn.status is TurnStatus.ANSWERED, turn.message
    assert turn.answer is not None
    return {check.name: check for check in turn.answer.checks}


@pytest.fixture
def asked(rewired: Callable[..., Workspace], orders: Dataset) -> Callable[[str, str], Check | None]:
    """What the check says of a model's code for a question."""

    def ask(question: str, code: str) -> Check | None:
        analyst = ScriptedAnalyst([code], verdict=Verdict(text="Here."), name="model")
        return checks(rewired(analysts={"builtin": analyst}), orders, question).get("two ways")

    return ask


Asked = Callable[[str, str], Check | None]


@pytest.mark.parametrize(
    ("question", "code", "outcome"),
    [
        ("total price by region", SUMS, Outcome.PASSED),
        ("total price by region", SUMS.replace("sum()", "sum().round(1)"), Outcome.PASSED),
        ("total price by region", "result = df.groupby('region')['price'].sum().to_dict()", Outcome.PASSED),
        ("total price by region", SUMS.replace("df.", "df[df.units > 1].", 1), Outcome.FAILED),
        ("total price by region", SUMS.replace("sum", "mean"), Outcome.FAILED),
        ("average price", "result = df['price'].mean()", Outcome.PASSED),
        ("average price", "result = round(df['price'].mean(), 1)", Outcome.PASSED),
        ("average price", "result = df['price'].median()", Outcome.FAILED),
        ("how many orders are there in the West?", "result = int((df.region == 'West').sum())", Outcome.PASSED),
        ("how many orders are there in the West?", "result = int((df.region == 'East').sum())", Outcome.FAILED),
        ("total price by region", "result = df.head(2)[['date']]", None),
        ("why is the sky blue?", "result = len(df)", None),
    ],
)
def test_agreement_and_difference(asked: Asked, question: str, code: str, outcome: Outcome | None) -> None:
    found = asked(question, code)
    assert (found.outcome if found else None) is outcome, found
    if outcome is Outcome.FAILED:
        assert found is not None
        assert "by SQL" in found.evidence[1]


def test_the_built_in_analyst_makes_its_own(ws: Workspace, orders: Dataset) -> None:
    found = checks(ws, orders, "average price by region")
    assert found["two ways"].outcome is Outcome.PASSED
    assert {name for name, check in found.items() if check.outcome is Outcome.PASSED} >= {
        *("receipts", "data", "two ways", "order", "result", "reading"),
    }


def test_a_number_with_its_second_derivation_is_shuffled_alike(ws: Workspace, orders: Dataset) -> None:
    found = checks(ws, orders, "how many orders are there in the West?")
    assert found["order"].outcome is Outcome.PASSED, found["order"]
