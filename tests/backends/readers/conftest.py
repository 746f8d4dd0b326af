"""Reads a piece of text as a person's file would be read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from services.backends.readers import quick
from services.backends.readers.readers import Readers
from services.domain import ReadOptions, ReadReport


@dataclass(frozen=True)
class Outcome:
    """The report and the Parquet file."""

    report: ReadReport
    table: pa.Table

    @property
    def rows(self) -> list[list[Any]]:
        return [list(row.values()) for row in self.table.to_pylist()]

    @property
    def types(self) -> list[str]:
        return [str(kind) for kind in self.table.schema.types]

    @property
    def notes(self) -> str:
        return " ".join(self.report.notes)


Read = Callable[..., Outcome]


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    """Reads text or bytes, also in one pass where that can be, and checks what holds for every file."""

    def read(
        content: str | bytes, name: str = "table.csv", max_columns: int = 2000, typed: bool = True, **options: Any
    ) -> Outcome:
        source, target = tmp_path / "upload", tmp_path / "out" / "table.parquet"
        target.parent.mkdir(exist_ok=True)
        told = ReadOptions(**options)
        source.write_bytes(content.encode() if isinstance(content, str) else content)
        try:
            report = Readers(max_columns, is_isolating=False).read(source, target, name, told, typed=typed)
        finally:
            assert [path.name for path in target.parent.iterdir()] in ([], ["table.parquet"])
        table = pq.read_table(target)
        assert (report.rows, report.columns) == (table.num_rows, tuple(table.column_names))
        assert pq.ParquetFile(target).metadata.row_group(0).column(0).compression == "ZSTD"
        with monkeypatch.context() as patch:
            patch.setattr(quick, "LEAST_BYTES", 0)
            again = Readers(max_columns, is_isolating=False).read(source, target, name, told, typed=typed)
        assert pq.read_table(target).to_pydict() == table.to_pydict()
        assert pq.read_table(target).schema.types == table.schema.types
        assert again == report
        target.unlink()
        return Outcome(report, table)

    return read


@pytest.fixture
def tables(tmp_path: Path) -> Callable[..., list[tuple[str, int | None]]]:
    """Names and rows of the tables in a file."""

    def tables(content: bytes, name: str = "file") -> list[tuple[str, int | None]]:
        source = tmp_path / "upload"
        source.write_bytes(content)
        found = Readers(2000, is_isolating=False).tables(source, name, tmp_path)
        assert [path.name for path in tmp_path.iterdir() if path.name.startswith("making-")] == []
        return [(each.name, each.rows) for each in found]

    return tables
