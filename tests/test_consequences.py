"""What a change would do to pins and answers: their code runs on the table as it is and as it would be."""

from __future__ import annotations

import pytest

from services import change_jobs, cleaning, conversations, exploration, pins
from services.assistant import pipeline
from services.cleaning import Origin
from services.code.steps import DropColumns, FilterRows, RenameColumns, parse
from services.domain import Conversation, Dataset
from services.workspace import Workspace

WITHOUT_WEST = parse(
    {"kind": "filter", "keep": False, "conditions": [{"column": "region", "test": "=", "value": "West"}]}
)


@pytest.fixture
def conversation(ws: Workspace, orders: Dataset) -> Conversation:
    made = conversations.current(ws, orders.id)
    pins.pin(ws, pipeline.ask(ws, made.id, "total units by region").id, name="Units sold")
    pipeline.ask(ws, made.id, "how many orders per product")
    return made


def test_numbers_before_and_after_are_told_for_pins_and_answers(
    ws: Workspace, orders: Dataset, conversation: Conversation
) -> None:
    effect = cleaning.preview(ws, orders.head_id, WITHOUT_WEST, conversation_id=conversation.id)
    assert [(each.name, each.is_pin) for each in effect.consequences] == [
        ("Units sold", True),
        ("how many orders per product", False),
    ]
    units, orders_by_product = (each.changes for each in effect.consequences)
    [gone] = units.listed
    assert "West" in gone.place
    assert (gone.before, gone.after) == (13, None)
    moved = {change.place.rpartition(" ")[2]: (change.before, change.after) for change in orders_by_product.listed}
    assert moved["Chair"] == (3, 1)


def test_what_a_step_breaks_is_told_and_what_it_leaves_is_too(
    ws: Workspace, orders: Dataset, conversation: Conversation
) -> None:
    effect = cleaning.preview(ws, orders.head_id, DropColumns(columns=("units",)), conversation_id=conversation.id)
    broken, same = effect.consequences
    assert "units" in broken.problem
    assert (same.problem, same.changes.is_none) == ("", True)


def test_without_a_conversation_pins_alone_and_nothing_for_no_change(
    ws: Workspace, orders: Dataset, conversation: Conversation
) -> None:
    told = cleaning.preview(ws, orders.head_id, RenameColumns(names={"price": "cost"})).consequences
    assert [each.name for each in told] == ["Units sold"]
    nothing = parse({"kind": "filter", "conditions": [{"column": "region", "test": "not missing"}]})
    assert isinstance(nothing, FilterRows)
    assert cleaning.preview(ws, orders.head_id, nothing).consequences == ()


def test_a_trial_tells_them_and_an_analysis_is_read_again(
    ws: Workspace, orders: Dataset, conversation: Conversation
) -> None:
    turn = exploration.analyse(ws, conversation.id, {"kind": "interval", "values": "units"})
    pins.pin(ws, turn.id, name="Summary")
    squared = parse({"kind": "function", "columns": ["units"], "function": "square"})
    proposal = change_jobs.Proposal(ws, orders.head_id, squared, Origin(conversation.id))
    told = {each.name: each for each in proposal.effect(proposal.try_out().id).consequences}
    assert told["Summary"].changes.total > 0
    assert not told["Summary"].problem
