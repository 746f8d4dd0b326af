"""A version as a file to take away: CSV, Excel, Parquet, or the original as it came."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from services import datasets, uploads
from services.access import Action, requires
from services.domain import Version
from services.errors import BadInput, NotFound
from services.workspace import Workspace

SHEET_ROWS: Final = 1_048_575
SHEET_COLUMNS: Final = 16_384
"""What a sheet of Excel holds under its header."""
MOST_CELLS: Final = 20_000_000
"""An Excel file of so many takes some three minutes to write."""

FORMULA: Final = r"^(?:[=@\t\r]|[+-].*[(|!])"
NUMBER: Final = r"^[+-]\s*[\d.,$€£]+\s*%?$"
"""What a spreadsheet would run when it opens a CSV file, and what merely looks so (OWASP, "CSV Injection")."""
REJECTED_ROWS: Final = 1_000_000
UNSAFE: Final = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u200b-\u200f\u202a-\u202e\u2066-\u2069]+')


class Format(StrEnum):
    """What a version can be taken away as."""

    CSV = "csv"
    EXCEL = "xlsx"
    PARQUET = "parquet"
    ORIGINAL = "original"

    @property
    def mime(self) -> str:
        return {
            Format.CSV: "text/csv; charset=utf-8",
            Format.EXCEL: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Format.PARQUET: "application/vnd.apache.parquet",
        }.get(self, "application/octet-stream")


def objection(version: Version) -> str:
    """Why a version cannot be an Excel file; "" when it can."""
    rows, columns = version.rows, len(version.columns)
    if rows > SHEET_ROWS:
        return f"A sheet of Excel holds {SHEET_ROWS:,} rows; this table has {rows:,}."
    if columns > SHEET_COLUMNS:
        return f"A sheet of Excel holds {SHEET_COLUMNS:,} columns; this table has {columns:,}."
    if rows * columns > MOST_CELLS:
        return f"An Excel file may have {MOST_CELLS:,} cells here; this table has {rows * columns:,}."
    return ""


@requires(Action.DATASET_READ)
def filename(ws: Workspace, version_id: str, format: Format) -> str:
    """What the file is called: after the dataset, or as it came. Raises: NotFound."""
    version = ws.rows.version(version_id)
    if format is Format.ORIGINAL:
        return UNSAFE.sub("_", _origin(ws, version_id)[1])[-120:] or "original"
    name = UNSAFE.sub("_", ws.rows.dataset(version.dataset_id).name).strip(" .")[:100]
    return f"{name or 'table'}.{format}"


@requires(Action.DATASET_READ)
def csv(ws: Workspace, version_id: str) -> Iterator[bytes]:
    """The version as CSV in UTF-8, piece by piece; texts a spreadsheet would run get an apostrophe in front.

    Raises: NotFound.
    """
    key = ws.rows.version(version_id).storage_key
    return _csv(ws, key)


@requires(Action.DATASET_READ)
@contextmanager
def file(ws: Workspace, version_id: str, format: Format) -> Iterator[Path]:
    """The version as a whole file of this format, there inside the `with` block. Raises: NotFound; BadInput."""
    version = ws.rows.version(version_id)
    if format is Format.ORIGINAL:
        with uploads.original(ws, _origin(ws, version_id)[0]) as path:
            yield path
        return
    with ws.backends.storage.local(version.storage_key) as path:
        if format is Format.PARQUET:
            yield path
            return
        if why := objection(version):
            raise BadInput(why, "Download it as CSV or Parquet.")
        with tempfile.TemporaryDirectory(dir=ws.backends.settings.home / "cache") as folder:
            made = Path(folder) / "table.xlsx"
            ws.backends.engine.write_excel(path, made, cells=version.rows * len(version.columns))
            yield made


@requires(Action.DATASET_READ)
def rejected(ws: Workspace, version_id: str) -> Iterator[bytes]:
    """The rows that could not be read as CSV: line, reason, text; only the header when all could. Raises: NotFound."""
    rows = datasets.rejected(ws, version_id)
    while batch := list(islice(rows, REJECTED_ROWS)):
        made = pa.table(
            {
                "line": [row.line for row in batch],
                "reason": harmless(pa.array([row.reason for row in batch], pa.string())),
                "text": harmless(pa.array([row.text for row in batch], pa.string())),
            }
        )
        target = pa.BufferOutputStream()
        pa.csv.write_csv(made, target)
        yield target.getvalue().to_pybytes()


def _origin(ws: Workspace, version_id: str) -> tuple[str, str]:
    """Id and name of the upload a version was read from. Raises: NotFound."""
    found = datasets.origins(ws, version_id)
    if not found:
        raise NotFound("The file this was read from is not kept.", "Download the table as CSV or Parquet.")
    upload, _ = found[0]
    return upload.id, upload.filename


def _csv(ws: Workspace, key: str) -> Iterator[bytes]:
    with ws.backends.storage.local(key) as path:
        options = pa.csv.WriteOptions(include_header=True)
        for batch in ws.backends.engine.batches(path):
            names = harmless(pa.array(batch.schema.names, pa.string())).to_pylist()
            columns = [harmless(column) if pa.types.is_string(column.type) else column for column in batch.columns]
            target = pa.BufferOutputStream()
            pa.csv.write_csv(pa.record_batch(columns, names=names), target, options)
            yield target.getvalue().to_pybytes()
            options = pa.csv.WriteOptions(include_header=False)


def harmless(texts: pa.StringArray) -> pa.StringArray:
    """The texts, with an apostrophe before those that a spreadsheet would run."""
    runs = pc.and_not(pc.match_substring_regex(texts, FORMULA), pc.match_substring_regex(texts, NUMBER))
    return pc.if_else(runs, pc.binary_join_element_wise("'", texts, ""), texts)
