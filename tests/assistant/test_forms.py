"""The logical form of an answer, edited by clicking and asked again."""

from __future__ import annotations

import pytest

from services import conversations
from services.assistant import forms, pipeline
from services.conditions import Comparison, Condition
from services.domain import Dataset, Turn, TurnStatus
from services.errors import BadInput
from services.question_form import QuestionForm
from services.workspace import Workspace


@pytest.fixture
def asked(ws: Workspace, orders: Dataset) -> Turn:
    conversation = conversations.create(ws, orders.id)
    return conversations.turn(ws, pipeline.ask(ws, conversation.id, "average price by region").id)


def again(ws: Workspace, turn: Turn, **changes: object) -> Turn:
    form, _, _ = forms.opened(ws, turn.id)
    made = forms.ask(ws, turn.id, form.model_copy(update=changes))
    return conversations.turn(ws, made.id)


def test_the_form_says_what_was_understood(ws: Workspace, asked: Turn) -> None:
    form, choices, profile = forms.opened(ws, asked.id)
    assert (form.aggregate, form.column, form.groups) == ("average", "price", ("region",))
    assert set(choices.columns) == {column.name for column in profile.columns}
    assert "highest first" in choices.orders
    assert choices.limits
    assert choices.filters


def test_another_number_is_worked_out(ws: Workspace, asked: Turn) -> None:
    made = again(ws, asked, aggregate="median")
    assert made.status is TurnStatus.ANSWERED
    assert made.plan is not None
    assert made.plan.reading.startswith("median price by region")
    assert made.question == "Median price by region"
    assert made.analyst == "builtin"
    assert made.answer is not None
    assert "median()" in made.answer.code.replace('"median"', "median()").replace("'median'", "median()")
    assert any(check.name == "two ways" for check in made.answer.checks)


def test_groups_filters_order_and_limit_change(ws: Workspace, asked: Turn) -> None:
    only = Condition(column="region", comparison=Comparison.ONE_OF, values=("North",))
    made = again(ws, asked, added=(only,))
    assert made.status is TurnStatus.ANSWERED
    assert made.plan is not None
    assert "where region is “North”" in made.plan.reading
    form, _, _ = forms.opened(ws, made.id)
    assert form.conditions == ("region is “North”",)
    without = again(ws, made, conditions=(), order="lowest first", limit=1)
    assert without.status is TurnStatus.ANSWERED
    assert without.plan is not None
    assert without.plan.reading == "average price by region, top 1 lowest first"


def test_without_groups_one_number_is_left(ws: Workspace, asked: Turn) -> None:
    made = again(ws, asked, groups=(), aggregate="number of rows", column="")
    assert made.plan is not None
    assert made.plan.reading == "number of rows"
    assert made.status is TurnStatus.ANSWERED


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "Nothing was changed"),
        ({"column": "region"}, "holds no numbers"),
        ({"column": "nowhere"}, "no column “nowhere”"),
        ({"groups": ("nowhere",)}, "nothing to group by"),
        ({"aggregate": "largest guess"}, "not said what to work out"),
        ({"added": (Condition(column="price", comparison=Comparison.ONE_OF, values=("many",)),)}, "is no number"),
    ],
)
def test_what_does_not_go_together_is_refused(
    ws: Workspace, asked: Turn, changes: dict[str, object], said: str
) -> None:
    before = conversations.turns(ws, asked.conversation_id)
    with pytest.raises(BadInput, match=said):
        again(ws, asked, **changes)
    assert conversations.turns(ws, asked.conversation_id) == before


def test_rows_of_a_list_are_edited(ws: Workspace, asked: Turn) -> None:
    listed = conversations.turn(ws, pipeline.ask(ws, asked.conversation_id, "top 2 rows by price").id)
    form, choices, _ = forms.opened(ws, listed.id)
    assert "price" in form.shown
    assert form.limit == 2
    made = again(ws, listed, shown=("region", "price"), order="price, lowest first", limit=3)
    assert made.status is TurnStatus.ANSWERED
    assert made.plan is not None
    assert made.plan.reading.startswith("rows: region, price")
    assert "price, lowest first" in choices.orders


def test_a_refusal_has_no_form(ws: Workspace, asked: Turn) -> None:
    refused = conversations.turn(ws, pipeline.ask(ws, asked.conversation_id, "what is the weather").id)
    assert not forms.is_offered(ws, refused)
    with pytest.raises(BadInput, match="cannot be edited"):
        forms.ask(ws, refused.id, QuestionForm())
