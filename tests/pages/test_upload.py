"""The page where data comes in: look, correct, choose, save, come back."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from streamlit.testing.v1 import AppTest

from services import datasets, uploads
from services.domain import Upload
from services.workspace import Workspace
from tests.conftest import ORDERS
from tests.pages.conftest import cut_off, settled
from tests.pages.test_floor import words

Show = Callable[..., AppTest]
PAGE = "data/upload.py"


def kept(ws: Workspace, folder: Path, name: str, content: str) -> Upload:
    path = folder / "upload"
    path.write_text(content, encoding="utf-8")
    return uploads.keep(ws, path, name)


def look(show: Show, *readings: dict[str, Any]) -> AppTest:
    """The page under the address it has once files have arrived."""
    app = show(PAGE)
    app.query_params["readings"] = json.dumps(readings)
    return app.run()


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


def names(ws: Workspace) -> set[str]:
    return {dataset.name for dataset in datasets.list_all(ws)} - {datasets.SAMPLE_NAME}


def test_a_plain_file_is_seen_and_saved(show: Show, ws: Workspace) -> None:
    app = cut_off(show(PAGE), "data")
    app.file_uploader[0].upload("spring orders.csv", ORDERS.encode())
    app.run()
    assert len(app.dataframe[0].value) == 8
    settled(press(app, "Save"))
    assert not app.exception
    assert names(ws) == {"spring orders"}
    assert app.query_params["dataset"] == datasets.list_all(ws)[0].id
    assert "readings" not in app.query_params


def test_it_is_saved_under_the_name_that_was_given(show: Show, ws: Workspace, tmp_path: Path) -> None:
    app = look(show, {"upload_id": kept(ws, tmp_path, "a.csv", ORDERS).id})
    app.text_input[0].set_value("Orders of spring").run()
    settled(press(app, "Save"))
    assert names(ws) == {"Orders of spring"}


def test_several_files_become_a_dataset_each_or_one(show: Show, ws: Workspace, tmp_path: Path) -> None:
    files = [kept(ws, tmp_path, f"{n}.csv", ORDERS) for n in ("one", "two")]
    app = look(show, *({"upload_id": file.id} for file in files))
    assert any(button.label == "Save 2 datasets" for button in app.button)
    settled(press(app, "Save 2 datasets"))
    assert not app.exception
    assert names(ws) == {"one", "two"}
    assert "2 datasets saved" in words(app)
    assert len([button for button in app.button if button.label == "Open"]) == 2


def test_the_tables_of_a_workbook_are_chosen(show: Show, ws: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        for name, rows in (("Sales", 3), ("Costs", 2), ("Notes", 0)):
            sheet = book.add_worksheet(name)
            for row in range(rows + 1 if rows else 0):
                sheet.write_row(row, 0, ["id", "amount"] if row == 0 else [row, row * 1.5])
    app = look(show, {"upload_id": uploads.keep(ws, path, "book.xlsx").id})
    assert list(app.dataframe[0].value["amount"]) == [1.5, 3.0, 4.5]
    upload_id = json.loads(app.query_params["readings"])[0]["upload_id"]
    app.button_group(key=f"tables-{upload_id}").set_value(["Sales", "Costs"]).run()
    settled(press(app, "Save 2 datasets"))
    assert not app.exception
    assert names(ws) == {"book Sales", "book Costs"}


def test_a_file_that_is_no_table_is_said_and_left_out(show: Show, ws: Workspace, tmp_path: Path) -> None:
    good, bad = kept(ws, tmp_path, "good.csv", ORDERS), kept(ws, tmp_path, "bad.csv", "%PDF-1.7 nothing")
    app = look(show, {"upload_id": bad.id}, {"upload_id": good.id})
    assert not app.exception
    assert "PDF" in words(app)
    assert all(button.disabled for button in app.button if button.label.startswith("Save"))
    settled(press(press(app, "Leave this out"), "Save"))
    assert names(ws) == {"good"}


def test_cancelling_removes_what_came(show: Show, ws: Workspace, tmp_path: Path) -> None:
    file = kept(ws, tmp_path, "a.csv", ORDERS)
    press(look(show, {"upload_id": file.id}), "Cancel")
    assert uploads.list_all(ws) == []
    assert names(ws) == set()


def test_what_was_not_saved_waits(show: Show, ws: Workspace, tmp_path: Path) -> None:
    file = kept(ws, tmp_path, "waiting.csv", ORDERS)
    app = show(PAGE)
    assert "waiting\\.csv" in words(app)
    app.button(key=f"go-{file.id}").click().run()
    assert len(app.dataframe[0].value) == 8
    app = show(PAGE)
    app.button(key=f"remove-{file.id}").click().run()
    assert not app.exception
    assert uploads.list_all(ws) == []


@pytest.mark.parametrize(
    "text", ["{", "[]", '[{"upload_id": "gone"}]', '[{"upload_id": 5}]', '[{"x": 1}]', "x" * 9_000]
)
def test_an_address_that_cannot_be_begins_anew(show: Show, text: str) -> None:
    app = show(PAGE)
    app.query_params["readings"] = text
    app.run()
    assert not app.exception
    assert "readings" not in app.query_params or text in ("{", "[]", '[{"upload_id": 5}]', '[{"x": 1}]', "x" * 9_000)


def test_a_pasted_table_is_read(show: Show, ws: Workspace) -> None:
    app = cut_off(show(PAGE), "data")
    app.text_area[0].set_value("id\tname\n1\tx\n2\ty\n").run()
    app.button(key="add-pasted-data").click().run()
    assert not app.exception
    assert list(app.dataframe[0].value["name"]) == ["x", "y"]


def test_names_from_outside_draw_nothing(show: Show, ws: Workspace, tmp_path: Path) -> None:
    hostile = "![x](https://evil.example/x.png)"
    file = kept(ws, tmp_path, f"{hostile}.csv", f'"{hostile}",n\na,1\nb,2\n')
    app = look(show, {"upload_id": file.id})
    assert not app.exception
    drawn = [str(each.value) for kind in ("markdown", "caption") for each in app.get(kind)]
    assert not any("![" in text for text in drawn)


def test_some_columns_of_a_parquet_file_are_chosen(show: Show, ws: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "wide.parquet"
    pq.write_table(pa.table({name: [1, 2] for name in "abcd"}), path)
    upload = uploads.keep(ws, path, "wide.parquet")
    app = look(show, {"upload_id": upload.id})
    choice = next(each for each in app.multiselect if each.label == "Columns to read")
    assert choice.options == list("abcd")
    choice.set_value(["b", "d"])
    app = press(app, "Read only these")
    assert not app.exception
    assert list(app.dataframe[0].value.columns) == ["b", "d"]
    settled(press(app, "Save"))
    assert datasets.head(ws, datasets.list_all(ws)[0].id).columns == ("b", "d")
