"""Outputs as files: what is in them is what was shown, and nothing in them runs."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date

import plotly.express as px
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image as Pictures
from python_calamine import CalamineWorkbook

from sandbox.messages import Figure, Output, Table, Text
from services import takeaway
from services.errors import BadInput
from services.workspace import Workspace

pytestmark = pytest.mark.usefixtures("lent")
COLUMNS = {"=name": ["=1+1", "-5", None], "n": [1, 2, 3], "x": [0.5, None, 2.0], "day": [date(2024, 1, 2)] * 3}


@pytest.fixture
def table() -> Table:
    made = pa.table(COLUMNS)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, made.schema) as writer:
        writer.write_table(made)
    return Table(arrow=sink.getvalue().to_pybytes(), columns=tuple(COLUMNS), rows=3, total_rows=3)


def chart(kind: str = "bar") -> Figure:
    figure = json.loads(px.bar(x=["a", "b"], y=[1, 2], title="Two <b>bars</b>").to_json())
    figure["data"][0]["type"] = kind
    return Figure(json_text=json.dumps(figure))


def test_csv_runs_nothing(ws: Workspace, table: Table) -> None:
    lines = takeaway.file(ws, table, "csv").decode().splitlines()
    assert lines[0] == '"\'=name","n","x","day"'
    assert lines[1].startswith('"\'=1+1",1,0.5,2024-01-02')
    assert lines[2].startswith('"-5",2,,')


def test_excel_is_typed_formatted_and_its_head_stays(ws: Workspace, table: Table) -> None:
    data = takeaway.file(ws, table, "xlsx")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    assert rows[0] == list(COLUMNS)
    assert rows[1] == ["=1+1", 1.0, 0.5, date(2024, 1, 2)]
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        sheet, styles = book.read("xl/worksheets/sheet1.xml").decode(), book.read("xl/styles.xml").decode()
    assert 'state="frozen"' in sheet
    assert "<f>" not in sheet
    assert "yyyy-mm-dd" in styles
    assert "<b/>" in styles


def test_parquet_is_the_table(ws: Workspace, table: Table) -> None:
    assert pq.read_table(io.BytesIO(takeaway.file(ws, table, "parquet"))).to_pydict() == COLUMNS


def test_charts_are_drawn_as_picture_vectors_and_page(ws: Workspace) -> None:
    picture = Pictures.open(io.BytesIO(takeaway.file(ws, chart(), "png")))
    assert picture.size == (2 * takeaway.SIZE[0], 2 * takeaway.SIZE[1])
    assert len(picture.convert("RGB").resize((96, 54)).getcolors(10_000) or []) > 3, "it is not empty"
    assert takeaway.file(ws, chart(), "svg").decode().lstrip().startswith("<svg")
    page = takeaway.file(ws, chart(), "html").decode()
    assert "Plotly.newPlot" in page
    assert "<b>bars" not in page


@pytest.mark.parametrize(
    ("output", "ending"), [(Text(text="x"), "csv"), (chart(), "csv"), (chart("choroplethmap"), "png")]
)
def test_what_cannot_be_is_said(ws: Workspace, output: Output, ending: str) -> None:
    with pytest.raises(BadInput):
        takeaway.file(ws, output, ending)
