"""Readers: a file of any format in, tables found, and one of them out as Parquet."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal

import pyarrow as pa

from sandbox.messages import Level
from services.backends import samples
from services.backends.readers import confined, failures, isolation, program, stacking, tasks
from services.backends.readers.failures import plain_errors
from services.backends.readers.tasks import MADE, REJECTED, Outcome, Task
from services.errors import BadInput
from services.protocols import Executor, Progress
from services.sources import ReadOptions, ReadReport, TableInFile

__all__ = ["Readers", "shown_name"]

MEMORY_MB: Final = 512
UNPACKED_MB: Final = 2_048
SECONDS: Final = 8
SECONDS_A_MB: Final = 2


class Readers:
    """Reads files by what is in them, each in a process that the kernel holds to that file and can be killed.

    Without an executor, or where it has no file rules, the process has limits only; where not `is_isolating` there is
    none, for tests.
    """

    def __init__(
        self,
        max_columns: int,
        executor: Executor | None = None,
        *,
        unpacked_mb: int = UNPACKED_MB,
        is_isolating: bool = True,
    ) -> None:
        self._max_columns, self._executor = max_columns, executor
        self._unpacked_mb, self._is_isolating = unpacked_mb, is_isolating

    def tables(self, source: Path, name: str, folder: Path | None = None) -> list[TableInFile]:
        """The tables in `source`, which the person calls `name`; `folder` is where large files may go meanwhile.

        Raises: BadInput.
        """
        with self._scratch(source, name, folder) as work:
            outcome, _ = self._do("tables", source, name, work)
        return list(outcome.tables)

    def read(
        self,
        source: Path,
        target: Path,
        name: str,
        options: ReadOptions | None = None,
        *,
        typed: bool = True,
        progress: Progress | None = None,
        rejected: Path | None = None,
    ) -> ReadReport:
        """Writes a table in `source` as Parquet (zstd) at `target`; `name` is what the person calls the file.

        Without `options.table` the first table that has rows is read. Where not `typed`, all columns are texts as they
        stand in the file. Rows that could not be read go to `rejected`, one JSON object a line, when there are any.
        Nothing is left at `target` when it fails. Raises: BadInput; Stopped.
        """
        with self._scratch(source, name, target.parent) as work:
            outcome, _ = self._do("read", source, name, work, options, typed, progress)
            _take(work / MADE, target, shown_name(name))
            if rejected is not None and (work / REJECTED).exists():
                _take(work / REJECTED, rejected, shown_name(name))
        return _report(outcome, name)

    def preview(
        self, source: Path, name: str, options: ReadOptions | None = None, folder: Path | None = None
    ) -> tuple[pa.Table, ReadReport]:
        """The first rows as they would be read, and how; of a large file only the beginning is looked at.

        Raises: BadInput.
        """
        with self._scratch(source, name, folder) as work:
            outcome, table = self._do("preview", source, name, work, options)
        return table, _report(outcome, name)

    def stack(self, parts: Sequence[tuple[str, Path, ReadReport]], target: Path, source_column: str = "") -> ReadReport:
        """Writes the rows of tables that were read, each with its name and report, as one at `target`. With a
        `source_column` a last column of about that name says which table each row is from.

        Raises: BadInput, when their columns differ.
        """
        return stacking.stack(parts, target, MEMORY_MB, source_column)

    def sample(self, target: Path) -> ReadReport:
        """Writes the sample table as Parquet at `target`."""
        return samples.write(target)

    def shown_name(self, name: str) -> str:
        """The last part of a file name as it may be shown: no control characters, at most 120 characters."""
        return shown_name(name)

    def _do(
        self,
        verb: Literal["tables", "read", "preview"],
        source: Path,
        name: str,
        work: Path,
        options: ReadOptions | None = None,
        typed: bool = True,
        progress: Progress | None = None,
    ) -> tuple[Outcome, pa.Table]:
        """Raises: BadInput; Stopped."""
        task = Task(
            verb=verb,
            path=str(source.resolve()),
            name=shown_name(name),
            options=options or ReadOptions(),
            typed=typed,
            max_columns=self._max_columns,
            memory_mb=MEMORY_MB,
            unpacked_mb=self._unpacked_mb,
            seconds=SECONDS + SECONDS_A_MB * (source.stat().st_size // 2**20),
        )
        tasks.ask(task, work)
        table = self._run(task, source, work, progress)
        if (outcome := tasks.left(work)) is None:
            raise failures.broke_down(task.name)
        return outcome, table if table is not None or verb != "preview" else program.first_rows(work / MADE)

    def _run(self, task: Task, source: Path, work: Path, progress: Progress | None) -> pa.Table | None:
        """The first rows, where the process has given them through the sandbox's gate."""
        if not self._is_isolating:
            return program.run(None, str(work), is_telling=False)
        if self._executor is not None and self._executor.status().level is Level.FILES:
            return confined.run(self._executor, task, source, work, progress)
        isolation.run(task, work)
        return None

    @contextmanager
    def _scratch(self, source: Path, name: str, folder: Path | None) -> Iterator[Path]:
        """An empty folder that a process of another user can reach, too."""
        shown = shown_name(name)
        near = folder if folder is not None and _is_reachable(folder) else None
        with plain_errors(shown), tempfile.TemporaryDirectory(prefix="making-", dir=near) as work:
            if not source.is_file():
                raise BadInput(f"“{shown}” is not there or is not a file.", "Choose the file again.")
            source.open("rb").close()
            yield Path(work).resolve()


def _is_reachable(folder: Path) -> bool:
    """Whether the child can reach the folder: where this process is root, the child is somebody else."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return True
    return all(each.stat().st_mode & 0o001 for each in (folder.resolve(), *folder.resolve().parents))


def _take(made: Path, target: Path, shown: str) -> None:
    """Moves what the process has made into place. It may be anything: a link would lead to another file."""
    if made.is_symlink() or not made.is_file():
        raise failures.broke_down(shown)
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        os.chown(made, 0, 0, follow_symlinks=False)
    shutil.move(made, target)


def _report(outcome: Outcome, name: str) -> ReadReport:
    if outcome.report is None:
        raise failures.broke_down(shown_name(name))
    return outcome.report


def shown_name(name: str) -> str:
    """The last part of a file name, without control characters, at most 120 characters long."""
    last = re.split(r"[/\\]", name)[-1]
    clean = re.sub(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", "", last).strip()
    return clean if len(clean) <= 120 else clean[:100] + "…" + clean[-19:]
