"""One output of an answer as a file: tables as CSV, Excel and Parquet, charts as PNG, SVG and HTML."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from sandbox.messages import Figure, Image, Output, Table
from services import exports
from services.access import Action, requires
from services.errors import BadInput
from services.reports import figures, html
from services.reports.document import Chart, Document
from services.workspace import Workspace

SIZE: Final = (960, 540)
"""Pixels of a chart; a PNG has twice as many each way."""


class Ending(StrEnum):
    """What an output can be taken away as."""

    CSV = "csv"
    EXCEL = "xlsx"
    PARQUET = "parquet"
    PNG = "png"
    SVG = "svg"
    HTML = "html"


@requires(Action.CONVERSATION_READ)
def file(ws: Workspace, output: Output, ending: str) -> bytes:
    """The output as a file. Raises: BadInput, when it cannot be one of this kind; Unavailable."""
    kind = Ending(ending)
    if isinstance(output, Table) and kind in (Ending.CSV, Ending.EXCEL, Ending.PARQUET):
        return _table(ws, pa.ipc.open_stream(output.arrow).read_all(), kind)
    if isinstance(output, Figure) and kind in (Ending.PNG, Ending.SVG, Ending.HTML):
        return _chart(ws, json.loads(output.json_text), kind)
    if isinstance(output, Image) and kind is Ending.PNG:
        return output.png
    raise BadInput(f"A {output.kind} cannot be taken away as {kind.upper()}.", "Choose another kind of file.")


def _table(ws: Workspace, table: pa.Table, kind: Ending) -> bytes:
    if kind is Ending.CSV:
        return csv(table)
    with tempfile.TemporaryDirectory(dir=ws.backends.settings.home / "cache") as folder:
        source, target = Path(folder) / "table.parquet", Path(folder) / "table.xlsx"
        pq.write_table(table, source)
        if kind is Ending.PARQUET:
            return source.read_bytes()
        if table.num_rows > exports.SHEET_ROWS or table.num_columns > exports.SHEET_COLUMNS:
            raise BadInput("This table is too large for a sheet of Excel.", "Take it as CSV or Parquet.")
        ws.backends.engine.write_excel(source, target, cells=table.num_rows * table.num_columns)
        return target.read_bytes()


def csv(table: pa.Table) -> bytes:
    """The table as CSV in UTF-8; texts a spreadsheet would run get an apostrophe in front."""
    names = exports.harmless(pa.array(table.column_names, pa.string())).to_pylist()
    columns = [_safe(column) for column in table.columns]
    target = pa.BufferOutputStream()
    pyarrow.csv.write_csv(pa.table(columns, names=names), target)
    return bytes(target.getvalue().to_pybytes())


def _safe(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return column
    return pa.chunked_array([exports.harmless(chunk.cast(pa.string())) for chunk in column.chunks], pa.string())


def _chart(ws: Workspace, figure: Mapping[str, Any], kind: Ending) -> bytes:
    title = figure.get("layout", {}).get("title")
    said = str((title.get("text") if isinstance(title, Mapping) else title) or "Chart")
    if kind is Ending.HTML:
        page = Document(said, "", datetime.now(UTC), (), (), (Chart(figure, said),))
        return html.write(page).encode()
    drawn = ws.backends.press.svgs({"chart": figures.printed(figure)}, *SIZE).get("chart")
    if drawn is None:
        raise BadInput("This kind of chart cannot be drawn here: it needs a browser on the server.", "Take it as HTML.")
    return drawn.encode() if kind is Ending.SVG else ws.backends.press.png(drawn, *SIZE)
