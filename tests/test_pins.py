"""Pins: what of an answer is kept, under which name, who sees it, and what becomes of it."""

from __future__ import annotations

import pytest

from services import cleaning, conversations, datasets, exploration, pins, sharing
from services.assistant import pipeline
from services.circles import ObjectKind, Visibility
from services.code.steps import RenameColumns
from services.domain import Dataset, Turn
from services.errors import BadInput, NotFound
from services.workspace import Workspace

HOSTILE = "<script>alert(1)</script> =cmd() \u202e"


@pytest.fixture
def turn(ws: Workspace, orders: Dataset) -> Turn:
    conversation = conversations.current(ws, orders.id)
    return conversations.turn(ws, pipeline.ask(ws, conversation.id, "average price by region").id)


def test_a_whole_answer_is_kept_with_its_version(ws: Workspace, orders: Dataset, turn: Turn) -> None:
    assert turn.answer
    made = pins.pin(ws, turn.id)
    assert pins.get(ws, made.id) == made
    assert (made.version_id, made.dataset_id, made.turn_id) == (orders.head_id, orders.id, turn.id)
    assert made.kept.outputs == turn.answer.outputs
    assert (made.kept.text, made.kept.code) == (turn.answer.text, turn.answer.code)
    assert (made.kind, made.name, made.kept.analyst) == ("answer", turn.question, "builtin")


def test_one_output_is_kept_and_the_same_one_only_once(ws: Workspace, turn: Turn) -> None:
    assert turn.answer
    made = [pins.pin(ws, turn.id, place) for place in range(len(turn.answer.outputs))]
    assert [each.kept.outputs for each in made] == [(output,) for output in turn.answer.outputs]
    assert [each.kind for each in made] == [output.kind for output in turn.answer.outputs]
    assert pins.pin(ws, turn.id, 0).id == made[0].id
    expected = {(turn.id, place) for place in range(len(made))}
    assert pins.of_conversation(ws, turn.conversation_id) == expected
    for place in (-1, len(made)):
        with pytest.raises(BadInput):
            pins.pin(ws, turn.id, place)


def test_an_analysis_is_kept_as_data_without_what_it_learned(ws: Workspace, orders: Dataset) -> None:
    about = conversations.current(ws, orders.id)
    asked = exploration.analyse(ws, about.id, {"kind": "chart", "type": "bar", "x": "region", "y": "price"})
    kept = pins.pin(ws, asked.id).kept
    assert kept.analysis["kind"] == "chart"
    assert "learned" not in kept.analysis
    assert kept.analyst == "analysis"


def test_pins_are_listed_renamed_and_forgotten(ws: Workspace, orders: Dataset, turn: Turn) -> None:
    made = pins.pin(ws, turn.id, name=f"  {HOSTILE}\n")
    [listed] = pins.list_all(ws)
    assert (listed.pin.id, listed.dataset, listed.kind, listed.is_stale) == (made.id, orders.name, "answer", False)
    assert listed.pin.kept.outputs == ()
    assert "\u202e" not in made.name
    assert pins.rename(ws, made.id, "Prices").name == "Prices"
    for wrong in ("", " \n", "x" * 121):
        with pytest.raises(BadInput):
            pins.rename(ws, made.id, wrong)
    assert pins.get(ws, made.id).name == "Prices"
    pins.unpin(ws, made.id)
    assert pins.list_all(ws, orders.id) == []
    for verb in (lambda: pins.get(ws, made.id), lambda: pins.unpin(ws, made.id)):
        with pytest.raises(NotFound):
            verb()


def test_a_question_without_answer_cannot_be_pinned(ws: Workspace, orders: Dataset) -> None:
    about = conversations.current(ws, orders.id)
    asked = pipeline.ask(ws, about.id, "predict the weather in Oslo tomorrow with a poem")
    with pytest.raises(BadInput):
        pins.pin(ws, asked.id)


def test_a_pin_knows_when_its_dataset_moves_on_and_goes_with_it(ws: Workspace, orders: Dataset, turn: Turn) -> None:
    pins.pin(ws, turn.id)
    cleaning.apply(ws, orders.head_id, RenameColumns(names={"price": "cost"}))
    assert [each.is_stale for each in pins.list_all(ws)] == [True]
    datasets.delete(ws, orders.id)
    assert pins.list_all(ws) == []
    datasets.purge(ws, orders.id)
    assert ws.pins.all() == []


def test_a_private_conversation_keeps_its_pins(ws: Workspace, turn: Turn) -> None:
    made = pins.pin(ws, turn.id)
    sharing.show_to(ws, ObjectKind.CONVERSATION, turn.conversation_id, Visibility.PRIVATE)
    assert pins.get(ws, made.id)
