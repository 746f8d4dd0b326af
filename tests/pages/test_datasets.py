"""The datasets page, as far as it can be tested without a browser."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from services import datasets
from services.domain import Dataset
from services.workspace import Workspace
from tests.conftest import ORDERS

Show = Callable[..., AppTest]
PAGE = "data/datasets.py"


def words(app: AppTest) -> str:
    return "\n".join(str(e.value) for kind in ("markdown", "caption", "text") for e in app.get(kind))


def test_every_dataset_has_a_card(show: Show, ws: Workspace, orders: Dataset) -> None:
    datasets.sample(ws)
    app = show(PAGE)
    assert "orders" in words(app)
    assert "8 rows × 6 columns" in words(app)
    assert "just now" in words(app)
    assert len([b for b in app.button if b.label == "Ask"]) == 2


def test_asking_about_a_dataset_opens_the_chat(show: Show, ws: Workspace, orders: Dataset) -> None:
    sample = datasets.sample(ws)
    app = show(PAGE)
    app.button(key=f"ask-{orders.id}").click().run()
    assert not app.exception
    assert app.query_params["dataset"] == orders.id
    assert app.selectbox[0].value == orders.id != sample.id


def test_an_upload_opens_the_chat_about_it(show: Show, ws: Workspace) -> None:
    app = show(PAGE)
    app.file_uploader[0].upload("orders.csv", ORDERS.encode())
    app.run()
    assert not app.exception
    assert app.query_params["dataset"] == datasets.list_all(ws)[0].id


def test_looking_inside_shows_rows_and_facts(show: Show, orders: Dataset) -> None:
    app = show(PAGE)
    app.button(key=f"look-{orders.id}").click().run()
    assert not app.exception
    assert "Rows 1–8 of 8" in words(app)
    rows, facts = (frame.value for frame in app.dataframe)
    assert len(rows) == 8
    assert list(facts["Column"]) == ["order_id", "date", "region", "product", "units", "price"]
    assert facts.set_index("Column").loc["price", "Kind"] == "Decimal number"


def test_without_datasets_a_sample_is_one_click_away(show: Show, ws: Workspace) -> None:
    show()
    for dataset in datasets.list_all(ws):
        datasets.delete(ws, dataset.id)
    app = show(PAGE)
    # The chat, which `show` runs first, has made the sample again; gone once more, the page offers it.
    for dataset in datasets.list_all(ws):
        datasets.delete(ws, dataset.id)
    app.run()
    next(b for b in app.button if b.label == "Open a sample table").click().run()
    assert not app.exception
    assert app.query_params["dataset"] == datasets.sample(ws).id
