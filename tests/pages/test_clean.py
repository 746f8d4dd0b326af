"""The page that changes a table: a step is tried first, then applied, and can be undone."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from services import change_jobs, cleaning, conversations, datasets, versions
from services.cleaning import Origin
from services.domain import Dataset
from services.workspace import Workspace

Show = Callable[..., AppTest]
PAGE = "data/clean.py"


def words(app: AppTest) -> str:
    return "\n".join(str(e.value) for kind in ("markdown", "caption", "code") for e in app.get(kind))


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


def test_own_code_is_tried_on_every_row_before_it_is_applied(show: Show, ws: Workspace, orders: Dataset) -> None:
    app = show(PAGE, dataset=orders.id)
    assert next(button for button in app.button if button.label == "Try").disabled
    app.button_group(key="step").set_value("code").run()
    app.text_area(key="step-code").set_value("df['total'] = df['units'] * df['price']").run()
    app = press(app, "Try")
    assert not app.exception
    assert "New: total" in words(app)
    assert "df['total'] = df['units'] * df['price']" in words(app)
    assert len(versions.list_all(ws, orders.id)) == 1


def test_a_step_that_fails_says_why(show: Show, orders: Dataset) -> None:
    app = show(PAGE, dataset=orders.id)
    app.button_group(key="step").set_value("cast").run()
    app.selectbox(key="step-column").set_value("region").run()
    app.selectbox(key="step-to").set_value("integer").run()
    app = press(app, "Try")
    assert not app.exception
    assert "8 of 8 values" in words(app)


def test_the_steps_so_far_are_told_and_undone(show: Show, ws: Workspace, orders: Dataset) -> None:
    conversation = conversations.create(ws, orders.id)
    data = {"kind": "filter", "conditions": [{"column": "region", "test": "=", "value": "West"}]}
    cleaning.apply(ws, orders.head_id, cleaning.step(data), Origin(conversation.id))
    app = show(PAGE, dataset=orders.id, conversation=conversation.id)
    assert "1 · Keep the rows where “region”" in words(app)
    app = press(app, "Undo")
    assert not app.exception
    assert "1 · Keep" not in words(app)
    assert "You are not on the head" in words(app)
    assert datasets.get(ws, orders.id).head_id != conversations.get(ws, conversation.id).version_id


def test_a_change_under_way_is_followed_by_who_comes_back(show: Show, ws: Workspace, orders: Dataset) -> None:
    conversation = conversations.create(ws, orders.id)
    slow = cleaning.step({"kind": "code", "code": "for number in range(40_000_000):\n    pass\ndf['new'] = 1"})
    change_jobs.apply(ws, orders.head_id, [slow], Origin(conversation.id))
    app = show(PAGE, dataset=orders.id, conversation=conversation.id)
    assert not app.exception
    assert "new" in datasets.head(ws, orders.id).columns
    assert "1 · Run" in words(app)
