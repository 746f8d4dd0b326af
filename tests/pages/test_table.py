"""The table page: filter, sort and look at a column, and find it all again by the address."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from services import datasets
from services.domain import Dataset
from services.workspace import Workspace
from tests.pages.test_floor import words

Show = Callable[..., AppTest]
PAGE = "data/table.py"


def rows(app: AppTest) -> list[int]:
    return list(app.dataframe[0].value["order_id"])


def view(**parts: object) -> str:
    return json.dumps(parts)


def look(show: Show, dataset: Dataset, view: str = "") -> AppTest:
    """The page under an address that a person kept."""
    app = show(PAGE)
    app.query_params.update({"dataset": dataset.id, "view": view})
    return app.run()


def test_a_filter_is_added_and_taken_off(show: Show, orders: Dataset) -> None:
    app = look(show, orders)
    assert len(rows(app)) == 8
    key = orders.head_id
    app.selectbox(key=f"filter-column-{key}").select("units").run()
    app.selectbox(key=f"filter-how-{key}-integer").select("from").run()
    app.text_input(key=f"filter-value-{key}-units").set_value("4").run()
    app.button(key=f"filter-add-{key}").click().run()
    assert not app.exception
    assert rows(app) == [3, 7, 8]
    assert "Of 8 rows in all" in words(app)
    app.button(key=f"drop-{key}-0").click().run()
    assert len(rows(app)) == 8
    assert "view" not in app.query_params


def test_an_address_opens_what_it_says(show: Show, orders: Dataset) -> None:
    app = look(show, orders, view(sort="price", descending=True))
    assert rows(app)[:3] == [2, 6, 1]
    app.button(key=f"unsort-{orders.head_id}").click().run()
    assert rows(app)[:3] == [1, 2, 3]


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"sort": 5}',
        view(sort="gone"),
        view(conditions=[{"column": "gone", "comparison": "is"}]),
        "x" * 9_000,
    ],
)
def test_an_address_that_cannot_be_shows_the_plain_table(show: Show, orders: Dataset, text: str) -> None:
    app = look(show, orders, text)
    assert not app.exception
    assert rows(app) == list(range(1, 9))


def test_a_condition_that_cannot_be_is_a_sentence_and_can_be_taken_off(show: Show, orders: Dataset) -> None:
    app = look(show, orders, view(conditions=[{"column": "units", "comparison": "over", "value": "many"}]))
    assert not app.exception
    assert "cannot be compared" in words(app)
    app.button(key=f"drop-{orders.head_id}-0").click().run()
    assert len(rows(app)) == 8


def test_many_rows_come_page_by_page(show: Show, ws: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text("order_id\n" + "\n".join(str(n * 7) for n in range(1_000)) + "\n")
    app = look(show, datasets.upload(ws, path, "long.csv"))
    assert "Rows 1–200 of 1,000" in words(app)
    assert len(rows(app)) == 200
