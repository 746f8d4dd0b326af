"""Feedback: right, wrong and why, verified, taken back."""

from __future__ import annotations

import pytest

from services import conversations, feedback
from services.assistant import pipeline
from services.domain import Dataset, Turn, TurnStatus
from services.errors import BadInput
from services.workspace import Workspace


@pytest.fixture
def answered(ws: Workspace, orders: Dataset) -> Turn:
    conversation = conversations.create(ws, orders.id)
    return conversations.turn(ws, pipeline.ask(ws, conversation.id, "average price by region").id)


def test_what_is_said_stays_with_the_turn(ws: Workspace, orders: Dataset, answered: Turn) -> None:
    assert answered.status is TurnStatus.ANSWERED
    assert answered.feedback is None
    wrong = feedback.give(ws, answered.id, is_right=False, reason="  returns\nare in it ").feedback
    assert wrong is not None
    assert (wrong.right, wrong.reason, wrong.verified, wrong.by) == (False, "returns are in it", False, ws.user.id)
    assert feedback.verified(ws, orders.id) == []
    kept = feedback.verify(ws, answered.id)
    assert feedback.verified(ws, orders.id) == [kept] == [conversations.turn(ws, answered.id)]
    assert feedback.withdraw(ws, answered.id) == answered
    assert feedback.verified(ws, orders.id) == []


def test_nothing_can_be_said_without_an_answer(ws: Workspace, orders: Dataset) -> None:
    conversation = conversations.create(ws, orders.id)
    declined = conversations.turn(ws, pipeline.ask(ws, conversation.id, "what is the weather?").id)
    for verb in (feedback.verify, feedback.withdraw):
        with pytest.raises(BadInput):
            verb(ws, declined.id)
