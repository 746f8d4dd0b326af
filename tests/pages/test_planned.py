"""Plans that the chat shows first: approved, in part, in other words, rejected."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from services import conversations
from services.assistant import pipeline
from services.domain import Dataset, Mode, Turn, TurnStatus
from services.workspace import Workspace
from tests.pages.conftest import settled
from tests.pages.test_code import asked, newest

Show = Callable[..., AppTest]
TWO = "drop the column units and drop the column product"


def planned(show: Show, ws: Workspace, orders: Dataset, question: str) -> tuple[AppTest, Turn]:
    app = show(dataset=orders.id)
    app.selectbox(key="mode").select(Mode.PLAN).run()
    app = asked(app, question)
    assert not app.exception
    turn = newest(ws, app)
    assert (turn.status, turn.attempts) == (TurnStatus.PLANNED, ())
    return app, turn


def test_a_plan_is_put_in_other_words_and_approved(show: Show, ws: Workspace, orders: Dataset) -> None:
    app, turn = planned(show, ws, orders, "average price by region")
    app.text_area(key=f"amend-{turn.id}-text").set_value("total units by product")
    app = settled(app.button(key=f"amend-{turn.id}-ask").click().run())
    other = newest(ws, app)
    assert (other.id, other.status, other.chosen) == (turn.id, TurnStatus.PLANNED, "total units by product")
    app = settled(app.button(key=f"approve-{turn.id}").click().run())
    done = newest(ws, app)
    assert (done.id, done.status) == (turn.id, TurnStatus.ANSWERED)
    assert not [each for each in app.button if each.key == f"approve-{turn.id}"]
    assert not app.exception


def test_of_a_changing_plan_a_step_is_left_out(show: Show, ws: Workspace, orders: Dataset) -> None:
    app, turn = planned(show, ws, orders, TWO)
    for place in range(2):
        app.checkbox(key=f"keep-{turn.id}-{place}-2").uncheck()
    app.run()
    assert app.button(key=f"approve-{turn.id}").disabled
    app.checkbox(key=f"keep-{turn.id}-1-2").check().run()
    app = settled(app.button(key=f"approve-{turn.id}").click().run())
    done = newest(ws, app)
    assert done.status is TurnStatus.PROPOSED
    assert done.answer is not None
    assert done.answer.effect is not None
    assert done.answer.effect.difference.removed == ("product",)
    assert not app.exception


def test_a_plan_is_rejected(show: Show, ws: Workspace, orders: Dataset) -> None:
    app, turn = planned(show, ws, orders, "average price by region")
    app.button(key=f"reject-plan-{turn.id}").click().run()
    assert newest(ws, app).status is TurnStatus.REJECTED
    assert any("You rejected this plan" in str(each.value) for each in app.caption)
    assert not app.exception


def test_a_plan_for_another_table_is_asked_again(show: Show, ws: Workspace, orders: Dataset) -> None:
    app, turn = planned(show, ws, orders, "average price by region")
    about = conversations.get(ws, turn.conversation_id)
    made = pipeline.ask(ws, about.id, "drop the column units").id
    app = settled(app.run())
    app.button(key=f"apply-{made}").click().run()
    assert conversations.get(ws, about.id).version_id != turn.version_id
    app = settled(app.button(key=f"plan-again-{turn.id}").click().run())
    again = newest(ws, app)
    assert (again.status, again.question) == (TurnStatus.PLANNED, turn.question)
    assert not app.exception
