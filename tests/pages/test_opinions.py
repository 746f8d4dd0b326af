"""What people say of answers in the chat, and the words that a team defines there."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from services import conversations, definitions, feedback
from services.domain import Answer, Dataset, Turn, TurnStatus
from services.workspace import Workspace
from tests.pages.conftest import settled

Show = Callable[..., AppTest]
AddTurn = Callable[..., Turn]
HOSTILE = "![x](https://evil.example/x.png)"


def said(app: AppTest) -> str:
    return " ".join(str(each.value) for kind in ("markdown", "caption") for each in app.get(kind))


def test_an_answer_is_called_right_and_wrong_for_a_reason_and_nothing(
    show: Show, ws: Workspace, orders: Dataset, add_turn: AddTurn
) -> None:
    turn = add_turn(orders, answer=Answer(text="1"))
    app = show(dataset=orders.id)
    app.button(key=f"right-{turn.id}").click().run()
    given = conversations.turn(ws, turn.id).feedback
    assert given is not None
    assert given.right
    assert "Right" in said(app)
    app.button(key=f"wrong-{turn.id}").click().run()
    app.button(key=f"wrong-{turn.id}").click()  # a dialog is one with its page here: each run opens it anew
    app.text_area(key=f"reason-{turn.id}-text").set_value(f"returns {HOSTILE}")
    app.button(key=f"reason-{turn.id}-give").click().run()
    given = conversations.turn(ws, turn.id).feedback
    assert given is not None
    assert (given.right, given.reason) == (False, f"returns {HOSTILE}")
    assert "Called wrong: returns" in said(app)
    assert HOSTILE not in said(app)
    app.button(key=f"wrong-{turn.id}").click().run()
    assert conversations.turn(ws, turn.id).feedback is None
    assert "Called wrong" not in said(app)
    assert not app.exception


def test_an_answer_is_verified_and_found_again(show: Show, ws: Workspace, orders: Dataset, add_turn: AddTurn) -> None:
    turn = add_turn(orders, answer=Answer(text="1"))
    app = show(dataset=orders.id)
    app.menu_button(key=f"more-{turn.id}").click("verify").run()
    assert [each.id for each in feedback.verified(ws, orders.id)] == [turn.id]
    assert "Verified" in said(app)
    app.button(key="new-conversation").click().run()
    assert app.query_params["conversation"] not in (turn.conversation_id, [turn.conversation_id])
    app.button(key=f"verified-{turn.id}").click().run()
    assert app.query_params["conversation"] in (turn.conversation_id, [turn.conversation_id])
    app.menu_button(key=f"more-{turn.id}").click("unverify").run()
    assert feedback.verified(ws, orders.id) == []
    assert not app.exception


def test_nothing_is_said_of_what_is_no_answer(show: Show, orders: Dataset, add_turn: AddTurn) -> None:
    turn = add_turn(orders, status=TurnStatus.FAILED, message="No.")
    app = show(dataset=orders.id)
    assert not app.exception
    assert not [each for each in app.button if each.key == f"right-{turn.id}"]
    assert not any("Save as verified" in str(each) for each in app.menu_button(key=f"more-{turn.id}").options)


def test_a_word_is_defined_used_changed_and_removed(show: Show, ws: Workspace, orders: Dataset) -> None:
    app = show(dataset=orders.id)

    def opened() -> AppTest:
        app.button(key="definitions").click().run()
        app.button(key="definitions").click()
        return app

    opened().text_input(key="define-text").set_value("revenue")
    app.button(key="define-add").click().run()
    assert "A definition is a word" in said(app)
    opened().text_input(key="define-text").set_value("revenue = price * units")
    app.button(key="define-add").click().run()
    (known,) = definitions.list_all(ws)
    assert known.sentence == "revenue = price * units"
    settled(app.chat_input[0].set_value("total revenue by region").run())
    assert "By your team's definition: revenue" in said(app).replace("\\", "")
    opened().text_input(key=f"define-{known.id}-text").set_value("turnover = price")
    app.button(key=f"define-{known.id}-keep").click().run()
    assert [each.sentence for each in definitions.list_all(ws)] == ["turnover = price"]
    opened().button(key=f"define-{known.id}-remove").click().run()
    assert definitions.list_all(ws) == []
    assert not app.exception
