"""The six sides of a table, explained on its profile, and asked on in the chat."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from services import conversations
from services.domain import Dataset, Mode, TurnStatus
from services.workspace import Workspace
from tests.pages.conftest import settled

Show = Callable[..., AppTest]
PAGE = "data/profile.py"


def opened(show: Show, orders: Dataset) -> AppTest:
    app = show(PAGE, dataset=orders.id)
    return app.segmented_control(key="part").set_value("Explain").run()


def test_a_side_is_explained_and_its_question_asked_in_the_chat(show: Show, ws: Workspace, orders: Dataset) -> None:
    app = opened(show, orders)
    assert not app.exception
    app.pills(key="explain-topic").set_value("next").run()
    app = settled(app.button(key="explain-next").click().run())
    assert not app.exception
    (about,) = conversations.list_all(ws, orders.id)
    (turn,) = conversations.turns(ws, about.id)
    assert (turn.mode, turn.status) == (Mode.EXPLAIN, TurnStatus.ANSWERED)
    assert turn.answer is not None
    assert any(turn.answer.text in str(each.value) for each in app.text)
    asked = next(each for each in app.button if (each.key or "").startswith(f"ask-{turn.id}"))
    app = settled(asked.click().run())
    assert not app.exception
    assert [each.mode for each in conversations.turns(ws, about.id)] == [Mode.EXPLAIN, Mode.ANSWER]


def test_each_side_has_its_own_text(show: Show, ws: Workspace, orders: Dataset) -> None:
    app = opened(show, orders)
    app = settled(app.button(key="explain-summary").click().run())
    app.pills(key="explain-topic").set_value("cleaning").run()
    assert [each.label for each in app.button if each.key == "explain-cleaning"] == ["Explain"]
    app.pills(key="explain-topic").set_value("summary").run()
    assert [each.label for each in app.button if each.key == "explain-summary"] == ["Explain anew"]
    assert not app.exception
