"""What is in a file, and the file as Parquet or CSV: the functions behind `python -m services read`."""

from __future__ import annotations

import csv
import re
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from services.domain import Kind, Noun, ReadOptions, ReadReport, Rejected
from services.errors import BadInput

ENDINGS = (".parquet", ".csv")
BATCH_ROWS = 10_000
FORMULA = re.compile(r"[=@\t\r]|[+-](?!\s*[\d.,$€£]+\s*%?$).*[(|!]", re.DOTALL)
"""What a spreadsheet would run when it opens the CSV file (OWASP, "CSV Injection"); signed numbers are left alone."""


class Listed(Protocol):
    """A table in a file: its name, and its rows where they are known."""

    @property
    def name(self) -> str: ...

    @property
    def rows(self) -> int | None: ...


class TableReader(Protocol):
    """What reads files; `wiring.readers` gives it."""

    def tables(self, source: Path, name: str, folder: Path | None = None) -> Sequence[Listed]: ...

    def read(
        self, source: Path, target: Path, name: str, options: ReadOptions | None = None, *, typed: bool = True
    ) -> ReadReport: ...


class ColumnFound(Noun):
    """A column and what it holds."""

    name: str
    kind: Kind


class TableFound(Noun):
    """A table in a file, read. `error` says why it could not be, and is empty otherwise."""

    name: str
    rows: int = 0
    columns: tuple[ColumnFound, ...] = ()
    encoding: str = ""
    delimiter: str = ""
    header: bool = True
    notes: tuple[str, ...] = ()
    rejected_rows: int = 0
    rejected: tuple[Rejected, ...] = ()
    """The first hundred rejected rows."""
    error: str = ""


def tables(readers: TableReader, path: Path, table: str = "") -> list[TableFound]:
    """Every table in the file, or the one called `table`, read to the end. Raises: BadInput, when none can be read."""
    _check_there(path)
    with tempfile.TemporaryDirectory(prefix="red-pandas-") as folder:
        listed = readers.tables(path, path.name, Path(folder))
        wanted = [each for each in listed if table in ("", each.name)]
        found = [_found(readers, path, each, Path(folder)) for each in wanted]
    if not found:
        names = ", ".join(f"“{each.name}”" for each in listed[:10])
        raise BadInput(f"There is no table “{table}” in “{path.name}”.", f"There are: {names}." if names else "")
    if all(each.error for each in found):
        raise BadInput(found[0].error)
    return found


def as_json(found: Sequence[TableFound]) -> dict[str, Any]:
    """What the command line prints: its names and meanings are stable."""
    return {"status": "read", "tables": [each.model_dump(mode="json") for each in found]}


def convert(readers: TableReader, path: Path, target: Path, table: str = "") -> ReadReport:
    """Writes a table as Parquet, with the kinds that were found, or as CSV, with the texts that stand in the file.

    Cells that a spreadsheet would run as a formula get an apostrophe in front in the CSV. Raises: BadInput.
    """
    _check_there(path)
    ending = target.suffix.lower()
    if ending not in ENDINGS:
        raise BadInput(f"“{target.name}” does not end in {' or '.join(ENDINGS)}.", "Choose another name.")
    try:
        with tempfile.TemporaryDirectory(prefix=".red-pandas-", dir=target.parent) as folder:
            made = Path(folder) / "table.parquet"
            report = readers.read(path, made, path.name, ReadOptions(table=table or None), typed=ending == ".parquet")
            (made if ending == ".parquet" else _as_csv(made, Path(folder) / "table.csv")).replace(target)
    except OSError as error:
        raise BadInput(f"The file {target} cannot be written ({error.strerror}).", "Choose another place.") from error
    return report


def _found(readers: TableReader, path: Path, listed: Listed, folder: Path) -> TableFound:
    if listed.rows == 0:
        return TableFound(name=listed.name, notes=("The table has no rows.",))
    target = folder / "table.parquet"
    try:
        report = readers.read(path, target, path.name, ReadOptions(table=listed.name))
    except BadInput as error:
        return TableFound(name=listed.name, error=str(error))
    schema = pq.read_schema(target)
    columns = tuple(ColumnFound(name=field.name, kind=kind_of(field.type)) for field in schema)
    shared = report.model_dump(include=set(TableFound.model_fields) - {"columns"})
    return TableFound(name=listed.name, columns=columns, **shared)


def kind_of(kind: pa.DataType) -> Kind:
    """The kind of a type in a Parquet file."""
    tests = (
        (pa.types.is_boolean, Kind.BOOLEAN),
        (pa.types.is_integer, Kind.INTEGER),
        (pa.types.is_floating, Kind.DECIMAL),
        (pa.types.is_decimal, Kind.DECIMAL),
        (pa.types.is_date, Kind.DATE),
        (pa.types.is_timestamp, Kind.DATETIME),
        (pa.types.is_time, Kind.TIME),
        (pa.types.is_string, Kind.TEXT),
        (pa.types.is_large_string, Kind.TEXT),
    )
    return next((found for test, found in tests if test(kind)), Kind.OTHER)


def _as_csv(source: Path, target: Path) -> Path:
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows(_rows(source))
    return target


def _rows(source: Path) -> Iterator[list[str]]:
    table = pq.ParquetFile(source)
    yield [safe_cell(name) for name in table.schema_arrow.names]
    for batch in table.iter_batches(BATCH_ROWS):
        columns = [column.to_pylist() for column in batch.columns]
        for row in zip(*columns, strict=True):
            yield ["" if cell is None else safe_cell(cell) for cell in row]


def safe_cell(cell: str) -> str:
    return "'" + cell if FORMULA.match(cell) else cell


def _check_there(path: Path) -> None:
    if not path.is_file():
        raise BadInput(f"There is no file {path}.", "Check the path.")
