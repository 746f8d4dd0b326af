"""Files are opened in the sandbox: a killable child that may read that one file and write to one folder."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Final
from uuid import uuid4

import pyarrow as pa

from sandbox.messages import Grant, Limits, RunRequest, RunResult, RunStatus, Table
from services.backends.readers import failures
from services.backends.readers.tasks import Task
from services.errors import Stopped
from services.protocols import Executor, Progress

SERVICES: Final = Path(__file__).resolve().parents[2]
CODE: Final = """from services.backends.readers import program
found = program.run(df, scratch)
result = found.to_pandas(types_mapper=pd.ArrowDtype)
"""
MEMORY_MB: Final = 2_048
SCRATCH_MB: Final = 16_384
WALL: Final = 4
"""The clock may go this many times as far as the processor: other work may hold the child up."""
LOG: Final = logging.getLogger(__name__)


def run(executor: Executor, task: Task, source: Path, folder: Path, progress: Progress | None) -> pa.Table:
    """Does the task in the folder; what the program gave. Raises: BadInput; Stopped."""
    limits = Limits.of(Grant.READ).model_copy(
        update={
            "wall_seconds": float(task.seconds * WALL),
            "cpu_seconds": task.seconds,
            "memory_mb": MEMORY_MB,
            "scratch_mb": SCRATCH_MB,
            "columns": task.max_columns,
        }
    )
    request = RunRequest(
        id=f"read-{uuid4().hex}",
        code=CODE,
        tables={"df": source},
        grant=Grant.READ,
        limits=limits,
        trusted=True,
        scratch=folder,
        modules={"services": SERVICES},
    )
    listener = Listener(executor, request.id, progress)
    result = executor.run(request, listener)
    if listener.stopped:
        raise listener.stopped
    return _table(result, task)


class Listener:
    """Passes on how far the work is, and stops it when it was asked to."""

    def __init__(self, executor: Executor, run_id: str, progress: Progress | None) -> None:
        self._executor, self._id, self._progress = executor, run_id, progress
        self.stopped: Stopped | None = None

    def __call__(self, text: str) -> None:
        if self._progress is None or self.stopped:
            return
        try:
            self._progress.share(_share(text))
        except Stopped as stopped:
            self.stopped = stopped
            self._executor.stop(self._id)


def _share(text: str) -> float:
    """The last number in the text; 0 when there is none."""
    try:
        return float(text.split()[-1])
    except (ValueError, IndexError):
        return 0.0


def _table(result: RunResult, task: Task) -> pa.Table:
    """Raises: BadInput."""
    if result.status is RunStatus.OK and result.outputs and isinstance(found := result.outputs[0], Table):
        return pa.ipc.open_stream(found.arrow).read_all()
    LOG.warning("Reading a file ended as %s: %s", result.status, result.error)
    if result.status is RunStatus.TIMEOUT:
        raise failures.too_long(task.name)
    if result.status is RunStatus.MEMORY:
        raise failures.too_much_memory(task.name)
    if result.status is RunStatus.TOO_BIG:
        raise failures.too_big(task.name, SCRATCH_MB)
    raise failures.broke_down(task.name)
