"""Conversations in the chat: searched, renamed, branched, a question edited or asked again."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from services import conversations
from services.domain import Answer, Dataset, Turn, TurnStatus
from services.workspace import Workspace
from tests.pages.conftest import settled

Show = Callable[..., AppTest]
AddTurn = Callable[..., Turn]


def listed(app: AppTest) -> list[str]:
    return [each.key for each in app.sidebar.button if (each.key or "").startswith("conversation-")]


def test_conversations_are_found_by_their_words(show: Show, ws: Workspace, orders: Dataset, add_turn: AddTurn) -> None:
    made = [conversations.create(ws, orders.id) for _ in range(4)]
    for place, each in enumerate(made):
        add_turn(orders, each, question=f"price of item {place}", answer=Answer(text="1"))
    app = show(dataset=orders.id)
    assert len(listed(app)) == 4
    app.text_input(key="find-conversations").set_value("item 2").run()
    assert listed(app) == [f"conversation-{made[2].id}"]
    app.text_input(key="find-conversations").set_value("nowhere").run()
    assert listed(app) == []
    assert any("No title and no question" in str(each.value) for each in app.caption)
    assert not app.exception


def test_a_conversation_is_renamed(show: Show, ws: Workspace, orders: Dataset, add_turn: AddTurn) -> None:
    turn = add_turn(orders, answer=Answer(text="1"))
    app = show(dataset=orders.id)
    app = app.button(key="rename-this").click().run()
    app.button(key="rename-this").click()  # a dialog is one with its page here: each run opens it anew
    app.text_input(key="conversation-title").set_value("  Spring *prices* ")
    app.button(key="keep-title").click().run()
    assert not app.exception
    assert conversations.get(ws, turn.conversation_id).title == "Spring *prices*"
    app = app.button(key="rename-this").click().run()
    app.button(key="rename-this").click()
    app.text_input(key="conversation-title").set_value(" ")
    app.button(key="keep-title").click().run()
    assert any("The title is empty" in str(each.value) for each in app.markdown)


def test_a_branch_begins_as_the_conversation_did(show: Show, ws: Workspace, orders: Dataset, add_turn: AddTurn) -> None:
    first = add_turn(orders, question="first", answer=Answer(text="1"))
    add_turn(orders, question="second", answer=Answer(text="2"))
    app = show(dataset=orders.id)
    app.menu_button(key=f"more-{first.id}").click("branch").run()
    assert not app.exception
    opened = app.query_params["conversation"]
    assert opened not in (first.conversation_id, [first.conversation_id])
    assert [each.question for each in conversations.turns(ws, opened)] == ["first"]
    assert len(conversations.turns(ws, first.conversation_id)) == 2


def test_a_question_is_edited_in_a_branch_and_asked_again(
    show: Show, ws: Workspace, orders: Dataset, add_turn: AddTurn
) -> None:
    first = add_turn(orders, question="how many rows", answer=Answer(text="1"))
    second = add_turn(orders, answer=Answer(text="2"))
    app = show(dataset=orders.id)
    app = app.menu_button(key=f"more-{second.id}").click("edit").run()
    app.menu_button(key=f"more-{second.id}").click("edit")
    app.text_area(key=f"instead-{second.id}-text").set_value("total units by region")
    app = settled(app.button(key=f"ask-{second.id}-new").click().run())
    assert not app.exception
    turns = conversations.turns(ws, app.query_params["conversation"])
    assert [each.question for each in turns] == ["how many rows", "total units by region"]
    assert turns[-1].status is TurnStatus.ANSWERED
    app = settled(app.menu_button(key=f"more-{turns[-1].id}").click("again").run())
    again = conversations.turns(ws, turns[-1].conversation_id)
    assert [each.question for each in again][1:] == ["total units by region"] * 2
    assert again[-1].cached_id == ""
    assert len(conversations.turns(ws, first.conversation_id)) == 2


def test_what_no_words_asked_is_branched_and_not_asked_again(show: Show, orders: Dataset, add_turn: AddTurn) -> None:
    turn = add_turn(orders, analyst="analysis", answer=Answer(text="1"))
    app = show(dataset=orders.id)
    assert list(app.menu_button(key=f"more-{turn.id}").options) == [
        ":material/fork_right: Branch from here",
        ":material/verified: Save as verified",
    ]
