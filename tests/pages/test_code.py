"""The code of an answer in the chat: changed by hand, changed by saying how, written and not run."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from services import conversations
from services.domain import Dataset, Mode, Turn, TurnStatus
from services.workspace import Workspace
from tests.pages.conftest import settled

Show = Callable[..., AppTest]


def asked(app: AppTest, question: str = "average price by region") -> AppTest:
    return settled(app.chat_input[0].set_value(question).run())


def newest(ws: Workspace, app: AppTest) -> Turn:
    found = app.query_params["conversation"]
    return conversations.turns(ws, found if isinstance(found, str) else found[0])[-1]


def opened(app: AppTest, turn: Turn) -> AppTest:
    app.menu_button(key=f"more-{turn.id}").click("code").run()
    app.menu_button(key=f"more-{turn.id}").click("code")  # a dialog is one with its page here: each run opens it anew
    return app


def test_code_is_changed_by_hand_and_by_saying_how(show: Show, ws: Workspace, orders: Dataset) -> None:
    app = asked(show(dataset=orders.id))
    first = newest(ws, app)
    opened(app, first).text_area(key=f"code-{first.id}-text").set_value("x = 1")
    app.button(key=f"code-{first.id}-run").click().run()
    assert any("does not assign" in str(each.value) for each in app.markdown)
    opened(app, first).text_area(key=f"code-{first.id}-text").set_value("result = float(df['price'].max())")
    app = settled(app.button(key=f"code-{first.id}-run").click().run())
    assert not app.exception
    hand = newest(ws, app)
    assert (hand.mode, hand.status, hand.base_id) == (Mode.HAND, TurnStatus.ANSWERED, first.id)
    assert any("Written by hand" in str(each.value) for each in app.markdown)
    opened(app, first).text_input(key=f"like-{first.id}-text").set_value("as a pie")
    app = settled(app.button(key=f"like-{first.id}-ask").click().run())
    like = newest(ws, app)
    assert (like.question, like.base_id, like.status) == ("as a pie", first.id, TurnStatus.ANSWERED)
    assert like.plan is not None
    assert "price" in like.plan.reading
    assert not app.exception


def test_code_is_written_and_run_when_that_is_wanted(show: Show, ws: Workspace, orders: Dataset) -> None:
    app = show(dataset=orders.id)
    app.selectbox(key="mode").select(Mode.CODE).run()
    assert any("The code is written, and not run." in str(each.value) for each in app.caption)
    app = asked(app)
    written = newest(ws, app)
    assert (written.mode, written.attempts) == (Mode.CODE, ())
    assert written.answer is not None
    assert [each.value for each in app.code] == [written.answer.code.strip()]
    app = settled(app.button(key=f"run-{written.id}").click().run())
    done = newest(ws, app)
    assert done.id != written.id
    assert done.answer is not None
    assert (done.status, len(done.attempts)) == (TurnStatus.ANSWERED, 1)
    assert done.answer.code == written.answer.code
    assert not app.exception
