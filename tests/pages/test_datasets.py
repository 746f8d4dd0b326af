"""The datasets page, as far as it can be tested without a browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

from services import datasets
from services.domain import Dataset
from services.workspace import Workspace
from tests.conftest import ORDERS
from tests.pages.conftest import cut_off

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


def test_an_upload_is_looked_at_before_it_is_saved(show: Show, ws: Workspace) -> None:
    app = cut_off(show(PAGE), "page")
    app.file_uploader[0].upload("orders.csv", ORDERS.encode())
    app.run()
    assert not app.exception
    assert app.title[0].value == "Add data"
    assert len(app.dataframe[0].value) == 8
    assert [each.name for each in datasets.list_all(ws)] == ["Countries (sample)"]


def test_looking_inside_opens_the_table(show: Show, orders: Dataset) -> None:
    app = show(PAGE)
    app.button(key=f"look-{orders.id}").click().run()
    assert not app.exception
    assert "Rows 1–8 of 8" in words(app)
    assert app.query_params["dataset"] == orders.id


def test_a_deleted_dataset_comes_back_with_undo(show: Show, ws: Workspace, orders: Dataset) -> None:
    app = show(PAGE)
    app.session_state[f"more-{orders.id}"] = "delete"
    datasets.delete(ws, orders.id)
    app.session_state["deleted"] = orders.id
    app.run()
    assert "orders was deleted" in words(app)
    app.button(key="undo-delete").click().run()
    assert not app.exception
    assert datasets.get(ws, orders.id) == orders
    assert "was deleted" not in words(app)


def test_what_was_deleted_can_be_restored_or_removed(show: Show, ws: Workspace, orders: Dataset) -> None:
    sample = datasets.sample(ws)
    for dataset in (orders, sample):
        datasets.delete(ws, dataset.id)
    app = show(PAGE)
    app.button(key=f"restore-{orders.id}").click().run()
    app.button(key=f"purge-{sample.id}").click().run()
    assert not app.exception
    assert orders in datasets.list_all(ws)
    assert sample.id not in {each.id for each in datasets.list_deleted(ws)}


def test_many_datasets_are_searched_and_sorted(show: Show, ws: Workspace, orders: Dataset, orders_csv: Path) -> None:
    datasets.sample(ws)
    for name in ("delta", "Alpha", "charlie", "bravo"):
        datasets.upload(ws, orders_csv, f"{name}.csv")
    datasets.edit(ws, orders.id, "orders", "What was sold in *spring*", ["sales"])
    app = show(PAGE)
    app.selectbox(key="dataset-order").select("By name").run()
    names = [str(each.value).strip("*") for each in app.markdown if str(each.value).startswith("**")]
    assert names == ["Alpha", "bravo", "charlie", "Countries \\(sample\\)", "delta", "orders"]
    app.text_input(key="dataset-search").set_value("SPRING sold").run()
    assert [str(each.value) for each in app.markdown if str(each.value).startswith("**")] == ["**orders**"]
    app.text_input(key="dataset-search").set_value("gdp").run()
    assert "Countries" in words(app)
    app.text_input(key="dataset-search").set_value("nothing like it").run()
    assert "No dataset is like that." in words(app)
    assert not app.exception


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
