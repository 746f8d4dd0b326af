"""Readers: a file of any format in, tables found, and one of them out as Parquet."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from services.backends import samples
from services.backends.readers import families, isolation
from services.backends.readers.content import recognise
from services.backends.readers.failures import plain_errors
from services.backends.readers.families import FAMILIES
from services.backends.readers.found import File
from services.backends.readers.isolation import Request
from services.domain import ReadReport, TableInFile
from services.errors import BadInput

__all__ = ["FAMILIES", "Readers", "shown_name"]

MEMORY_MB = 512
UNPACKED_MB = 2_048


class Readers:
    """Reads files by what is in them. Formats with foreign parsers are read in a process of their own."""

    def __init__(self, max_columns: int, *, unpacked_mb: int = UNPACKED_MB, is_isolating: bool = True) -> None:
        self._max_columns, self._unpacked_mb, self._is_isolating = max_columns, unpacked_mb, is_isolating

    def tables(self, source: Path, name: str, folder: Path | None = None) -> list[TableInFile]:
        """The tables in `source`, which the person calls `name`; `folder` is where large files may go meanwhile.

        Raises: BadInput.
        """
        with self._file(source, name, folder, typed=True) as file:
            if not self._is_foreign(file):
                return families.tables(file)
            found = isolation.run(self._request(file), file.name)
        listed = found["tables"]
        assert isinstance(listed, list)
        return [TableInFile(**each) for each in listed]

    def read(
        self, source: Path, target: Path, name: str, table: str | None = None, *, typed: bool = True
    ) -> ReadReport:
        """Writes a table in `source` as Parquet (zstd) at `target`; `name` is what the person calls the file.

        `table` is a name that `tables` gives; without it the first that has rows is read. Where not `typed`, all
        columns are texts as they stand in the file. Nothing is left at `target` when it fails. Raises: BadInput.
        """
        with self._file(source, name, target.parent, typed=typed) as file:
            made = file.work / "made.parquet"
            report = self._read(file, made, table or "")
            made.replace(target)
        return report

    def sample(self, target: Path) -> ReadReport:
        """Writes the sample table as Parquet at `target`."""
        return samples.write(target)

    def shown_name(self, name: str) -> str:
        """The last part of a file name as it may be shown: no control characters, at most 120 characters."""
        return shown_name(name)

    def _read(self, file: File, made: Path, table: str) -> ReadReport:
        if not self._is_foreign(file):
            return families.read(file, made, table)
        found = isolation.run(self._request(file, str(made), table), file.name)
        return ReadReport.model_validate(found["report"])

    def _is_foreign(self, file: File) -> bool:
        family = FAMILIES.get(recognise(file.path, file.name))
        return self._is_isolating and (family is None or family.is_isolated)

    def _request(self, file: File, target: str = "", table: str = "") -> Request:
        seconds = isolation.seconds_for(file.path)
        settings = asdict(file) | {"path": str(file.path.resolve()), "work": str(file.work)}
        return Request(**settings, target=target, table=table, seconds=seconds)

    @contextmanager
    def _file(self, source: Path, name: str, folder: Path | None, *, typed: bool) -> Iterator[File]:
        shown = shown_name(name)
        with plain_errors(shown), tempfile.TemporaryDirectory(prefix=".reading-", dir=folder) as work:
            if not source.is_file():
                raise BadInput(f"“{shown}” is not there or is not a file.", "Choose the file again.")
            yield File(
                source,
                shown,
                Path(work).resolve(),
                self._max_columns,
                memory_mb=MEMORY_MB,
                unpacked_mb=self._unpacked_mb,
                typed=typed,
            )


def shown_name(name: str) -> str:
    """The last part of a file name, without control characters, at most 120 characters long."""
    last = re.split(r"[/\\]", name)[-1]
    clean = re.sub(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", "", last).strip()
    return clean if len(clean) <= 120 else clean[:100] + "…" + clean[-19:]
