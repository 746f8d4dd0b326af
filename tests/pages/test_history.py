"""The page of the history: what it tells, and what moves when its buttons are pressed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from services import cleaning, conversations, datasets, versions
from services.cleaning import Origin
from services.code.steps import FreeCode, RenameColumns, SortRows
from services.domain import Conversation, Dataset
from services.workspace import Workspace

Show = Callable[..., AppTest]
PAGE = "data/history.py"
HOSTILE = "![x](https://evil.example/x.png) **bold**"


@pytest.fixture
def conversation(ws: Workspace, orders: Dataset) -> Conversation:
    """Stands on the second of two changes; the head is there too."""
    made = conversations.create(ws, orders.id)
    first = cleaning.apply(ws, orders.head_id, RenameColumns(names={"units": HOSTILE}), Origin(made.id)).version
    cleaning.apply(ws, first.id, SortRows(columns=("price",)), Origin(made.id), name=HOSTILE)
    return conversations.get(ws, made.id)


@pytest.fixture
def page(show: Show, orders: Dataset, conversation: Conversation) -> AppTest:
    return show(PAGE, dataset=orders.id, conversation=conversation.id)


def words(app: AppTest) -> str:
    return "\n".join(str(e.value) for kind in ("markdown", "caption") for e in app.get(kind))


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


def test_every_version_has_its_sentence_and_nothing_in_it_is_live(page: AppTest) -> None:
    assert not page.exception
    shown = words(page)
    assert "Sort by “price”" in shown
    assert "Rename “units” to" in shown
    assert "The table as it was read" in shown
    assert "You · just now · 8 rows" in shown
    assert "![x](" not in shown
    assert "**bold**" not in shown


def test_undo_and_redo_move_where_you_are(page: AppTest, ws: Workspace, conversation: Conversation) -> None:
    app = press(press(page, "Undo"), "Undo")
    assert not app.exception
    root_id = conversations.get(ws, conversation.id).version_id
    assert versions.get(ws, root_id).parent_id is None
    assert next(button for button in app.button if button.label == "Undo").disabled
    app = press(app, "Redo")
    assert versions.get(ws, conversations.get(ws, conversation.id).version_id).parent_id == root_id
    assert datasets.get(ws, conversation.dataset_id).head_id == conversation.version_id


def test_two_versions_are_compared_in_a_drawer(page: AppTest) -> None:
    app = press(page, "Compare")
    assert not app.exception
    assert "8 rows in another place" in words(app)
    assert "0 changed cells, rows compared by order\\_id" in words(app)
    app = press(press(app, "Undo"), "Compare")
    assert "Renamed: units →" in words(app)


def test_a_long_history_is_folded(show: Show, ws: Workspace, orders: Dataset) -> None:
    start = datasets.head(ws, orders.id)
    for number in range(42):
        copied = start.model_copy(
            update={
                "id": f"v{number}",
                "parent_id": start.id,
                "step": FreeCode(code="df = df.head()", sentence=f"Change {number}"),
            }
        )
        ws.rows.add_version(copied, datasets.profile(ws, start.id).model_copy(update={"version_id": copied.id}))
    app = show(PAGE, dataset=orders.id)
    assert "Change 41" in words(app)
    assert "The table as it was read" not in words(app)
    app.toggle(key="history-all").set_value(True).run()
    assert "The table as it was read" in words(app)
