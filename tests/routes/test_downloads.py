"""Downloads: the table as it is, nothing a spreadsheet would run, and only with the ticket for it."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook
from starlette.testclient import TestClient

from services import datasets, exports, tickets
from services.domain import Dataset
from services.exports import Format
from services.routes import downloads
from services.workspace import Workspace

HOSTILE = 'id,=name,note\n1,=cmd|calc!A0,-5\n2,"+1+(2)",@x\n3,plain,+49 30 1234\n'


def address(ws: Workspace, dataset: Dataset, format: str) -> str:
    ticket = tickets.give(ws, f"download:{format}:{dataset.head_id}")
    return f"{downloads.PREFIX}/{dataset.head_id}/{format}?ticket={ticket}"


@pytest.fixture
def hostile(ws: Workspace, tmp_path: Path) -> Dataset:
    path = tmp_path / "h.csv"
    path.write_text(HOSTILE)
    return datasets.rename(ws, datasets.upload(ws, path, "h.csv").id, 'a/b"c\\ü\u202e.exe')


def test_csv_is_the_table(http: TestClient, ws: Workspace, orders: Dataset) -> None:
    answer = http.get(address(ws, orders, "csv"))
    table = pa.csv.read_csv(io.BytesIO(answer.content))
    assert table.num_rows == 8
    assert table.column("price").to_pylist() == datasets.page(ws, orders.head_id, 0, 9).column("price").to_pylist()
    assert answer.headers["content-disposition"] == "attachment; filename*=utf-8''orders.csv"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_parquet_and_the_original_come_as_they_are(
    http: TestClient, ws: Workspace, orders: Dataset, orders_csv: Path
) -> None:
    table = pq.read_table(io.BytesIO(http.get(address(ws, orders, "parquet")).content))
    assert table.to_pydict() == datasets.page(ws, orders.head_id, 0, 9).to_pydict()
    original = http.get(address(ws, orders, "original"))
    assert original.content == orders_csv.read_bytes()
    assert original.headers["content-disposition"].endswith("orders.csv")


def test_excel_opens(http: TestClient, ws: Workspace, orders: Dataset) -> None:
    answer = http.get(address(ws, orders, "xlsx"))
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert len(rows) == 9
    assert rows[0] == list(datasets.head(ws, orders.id).columns)


def test_what_a_spreadsheet_would_run_is_defused(http: TestClient, ws: Workspace, hostile: Dataset) -> None:
    lines = http.get(address(ws, hostile, "csv")).text.splitlines()
    assert lines == [
        '"id","\'=name","note"',
        '1,"\'=cmd|calc!A0","-5"',
        '2,"\'+1+(2)","\'@x"',
        '3,"plain","+49 30 1234"',
    ]


def test_a_hostile_name_is_only_a_name(http: TestClient, ws: Workspace, hostile: Dataset) -> None:
    said = http.get(address(ws, hostile, "csv")).headers["content-disposition"]
    assert said == "attachment; filename*=utf-8''a_b_c_%C3%BC%20.exe.csv"


def test_nothing_stays_behind(http: TestClient, ws: Workspace, orders: Dataset) -> None:
    for format in Format:
        assert http.get(address(ws, orders, format)).status_code == 200
    home = ws.backends.settings.home
    assert list((home / "cache").iterdir()) == []
    assert [path for path in (home / "files" / ".work").iterdir() if path.is_file()] == []


def test_without_its_ticket_there_is_no_download(http: TestClient, ws: Workspace, orders: Dataset) -> None:
    good = address(ws, orders, "csv")
    for bad in (good.split("?")[0], good.replace("/csv?", "/parquet?"), good.replace("/csv?", "/exe?"), good[:-4]):
        assert http.get(bad).status_code == 403
    assert http.get(good, headers={"sec-fetch-site": "cross-site"}).status_code == 403


def test_a_deleted_dataset_is_not_there(http: TestClient, ws: Workspace, orders: Dataset) -> None:
    link = address(ws, orders, "csv")
    datasets.delete(ws, orders.id)
    assert http.get(link).status_code == 404


def test_what_excel_cannot_hold_is_said(ws: Workspace, orders: Dataset) -> None:
    version = datasets.head(ws, orders.id)
    assert exports.objection(version) == ""
    assert "1,048,575 rows; this table has 1,048,576" in exports.objection(
        version.model_copy(update={"rows": 1_048_576})
    )
    wide = version.model_copy(update={"columns": tuple(map(str, range(16_385)))})
    assert "16,384 columns" in exports.objection(wide)
    assert "20,000,000 cells" in exports.objection(
        version.model_copy(update={"rows": 1_000_000, "columns": tuple("x" * 30)})
    )


def test_a_team_sees_only_its_own(ws: Workspace, orders: Dataset, http: TestClient) -> None:
    other = replace(ws, team=ws.team.model_copy(update={"id": "other"}))
    assert http.get(address(other, orders, "csv")).status_code == 403


def test_all_ones_data_comes_as_one_archive_and_leaves_nothing(
    http: TestClient, ws: Workspace, orders: Dataset, orders_csv: Path
) -> None:
    answer = http.get(f"{downloads.ARCHIVE}?ticket={tickets.give(ws, downloads.PURPOSE)}")
    assert answer.headers["content-disposition"].endswith("red-pandas.zip")
    assert answer.headers["cache-control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        assert packed.testzip() is None
        originals = [name for name in packed.namelist() if "/originals/" in name]
        assert packed.read(originals[0]) == orders_csv.read_bytes()
        tables = [name for name in packed.namelist() if name.endswith(".parquet")]
        assert pq.read_table(io.BytesIO(packed.read(tables[0]))).num_rows == 8
    assert list((ws.backends.settings.home / "cache").glob("tmp*")) == []


@pytest.mark.parametrize("purpose", ["", "upload", "download:csv:v"])
def test_the_archive_needs_its_own_ticket(http: TestClient, ws: Workspace, purpose: str) -> None:
    ticket = tickets.give(ws, purpose) if purpose else ""
    assert http.get(f"{downloads.ARCHIVE}?ticket={ticket}").status_code == 403
