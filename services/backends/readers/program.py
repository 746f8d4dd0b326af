"""The program that opens files: does the task in its folder, in a process of its own that may be killed at any time."""

from __future__ import annotations

import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import IO, Final

import pyarrow as pa
import pyarrow.parquet as pq

from services.backends.readers import families, tasks
from services.backends.readers.failures import plain_errors
from services.backends.readers.found import File, Meter
from services.backends.readers.tasks import MADE, REJECTED, Outcome, Task
from services.errors import BadInput

PREVIEW_ROWS: Final = 100
BEAT_SECONDS: Final = 0.25


def run(source: IO[bytes] | None, folder: str, *, is_telling: bool = True) -> pa.Table:
    """Does the task in the folder; the first rows, where these are what was asked for.

    `source` is the open file, for when its path cannot be opened. How far the work has come goes to standard output,
    where `is_telling`.
    """
    work = Path(folder)
    task, meter = tasks.asked(work), Meter()
    try:
        with _told(meter) if is_telling else nullcontext(), plain_errors(task.name):
            outcome = _done(task, source, work, meter)
    except BadInput as error:
        outcome = Outcome(error=(error.message, error.hint))
    tasks.leave(outcome, work)
    wanted = task.verb == "preview" and outcome.error is None
    return first_rows(work / MADE) if wanted else pa.table({"done": [True]})


def first_rows(path: Path) -> pa.Table:
    """The first rows of a Parquet file."""
    parquet = pq.ParquetFile(path)
    batch = next(parquet.iter_batches(PREVIEW_ROWS, use_threads=False), None)
    return pa.Table.from_batches([batch] if batch is not None else [], parquet.schema_arrow)


def _done(task: Task, source: IO[bytes] | None, work: Path, meter: Meter) -> Outcome:
    inner = work / "work"
    inner.mkdir()
    file = File(
        _reachable(Path(task.path), source, work),
        task.name,
        inner,
        task.max_columns,
        memory_mb=task.memory_mb,
        unpacked_mb=task.unpacked_mb,
        typed=task.typed,
        options=task.options,
        is_preview=task.verb == "preview",
        meter=meter,
        rejected=work / REJECTED,
    )
    if task.verb == "tables":
        return Outcome(tables=tuple(families.tables(file)))
    report = families.read(file, work / MADE, task.options.table or "")
    return Outcome(report=report)


def _reachable(path: Path, source: IO[bytes] | None, work: Path) -> Path:
    """The file by its path or, where its folder is closed to this user, a copy made through the descriptor."""
    try:
        with path.open("rb"):
            return path
    except PermissionError:
        if source is None:
            raise
    copy = work / "source"
    with copy.open("wb") as target:
        shutil.copyfileobj(source, target, 1024 * 1024)
    return copy


@contextmanager
def _told(meter: Meter) -> Iterator[None]:
    """Writes the share that is done, a line each quarter of a second, until the block ends."""
    done = threading.Event()

    def tell() -> None:
        while not done.wait(BEAT_SECONDS):
            sys.stdout.write(f"{meter.share:.3f}\n")
            sys.stdout.flush()

    thread = threading.Thread(target=tell, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
