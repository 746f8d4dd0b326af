"""Changes, methods and moves by words, through the whole loop with the built-in analyst and the real sandbox."""

from __future__ import annotations

import pytest

from services import conversations, datasets
from services.assistant import pipeline, proposals
from services.change_jobs import applied
from services.code.steps import Join
from services.domain import Conversation, Dataset, PlanKind, Turn, TurnStatus
from services.errors import BadInput
from services.workspace import Workspace


def ask(ws: Workspace, conversation: Conversation, question: str) -> Turn:
    return conversations.turn(ws, pipeline.ask(ws, conversation.id, question).id)


@pytest.fixture
def talk(ws: Workspace, orders: Dataset) -> Conversation:
    return conversations.create(ws, orders.id)


def test_a_change_is_proposed_applied_and_undone_by_words(ws: Workspace, talk: Conversation) -> None:
    turn = ask(ws, talk, "Please add a column total = price * units and drop the column units")
    assert turn.status is TurnStatus.PROPOSED, turn
    assert turn.plan
    assert turn.answer
    assert turn.answer.effect
    assert [step.kind for step in turn.plan.steps] == ["calculate", "drop"]
    assert turn.answer.effect.difference.added == ("total",)
    proposal = proposals.proposed(ws, turn)
    assert proposal
    made = applied(ws, proposal.apply().id).version
    assert "total" in made.columns
    assert "units" not in made.columns
    assert ask(ws, talk, "average total").status is TurnStatus.ANSWERED
    undone = ask(ws, talk, "undo that")
    assert undone.plan
    assert undone.plan.kind is PlanKind.HISTORY
    assert conversations.get(ws, talk.id).version_id == talk.version_id
    ask(ws, talk, "redo")
    assert conversations.get(ws, talk.id).version_id == made.id


def test_a_method_runs_by_words(ws: Workspace, talk: Conversation) -> None:
    turn = ask(ws, talk, "is there a significant difference in price between regions")
    assert turn.plan
    assert turn.plan.kind is PlanKind.ANALYSIS
    assert turn.plan.analysis["kind"] == "compare_groups"
    assert turn.status in (TurnStatus.ANSWERED, TurnStatus.DECLINED)
    assert turn.answer


def test_a_chart_of_the_gallery_is_drawn_by_words(ws: Workspace, talk: Conversation) -> None:
    turn = ask(ws, talk, "treemap of units by region")
    assert turn.status is TurnStatus.ANSWERED, turn
    assert turn.answer
    assert [output.kind for output in turn.answer.outputs] == ["table", "figure"]


def test_another_table_is_joined_by_its_name(ws: Workspace, orders: Dataset, tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "places.csv"
    path.write_text("region,country\nEast,NO\nWest,SE\n", encoding="utf-8")
    other = datasets.upload(ws, path, path.name)
    step = proposals.described(ws, orders.head_id, "join with places on region")
    assert isinstance(step, Join)
    assert step.other == other.head_id


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("average price by region", "which change"),
        ("drop the column nonsense", "nonsense"),
        ("fill " * 400, "too long"),
        ("join with nothing on region", "no other table"),
    ],
)
def test_what_is_no_change_is_refused(ws: Workspace, orders: Dataset, sentence: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        proposals.described(ws, orders.head_id, sentence)
