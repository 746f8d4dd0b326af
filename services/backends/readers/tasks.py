"""What a process that reads a file is asked for, and what it leaves behind in its folder."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal

from services.conditions import Fact
from services.errors import BadInput
from services.sources import ReadOptions, ReadReport, TableInFile

ASKED: Final = "task.json"
LEFT: Final = "outcome.json"
MADE: Final = "table.parquet"
REJECTED: Final = "rejected.jsonl"
OUTCOME_BYTES: Final = 64 * 1024 * 1024


class Task(Fact):
    """The tables of a file, one of them as Parquet, or its first rows."""

    verb: Literal["tables", "read", "preview"]
    path: str
    name: str
    """What the person calls the file."""
    options: ReadOptions = ReadOptions()
    typed: bool = True
    max_columns: int
    memory_mb: int
    unpacked_mb: int
    seconds: int
    """Of processor time."""


class Outcome(Fact):
    """What came of it; `error` is a message and a hint."""

    tables: tuple[TableInFile, ...] = ()
    report: ReadReport | None = None
    error: tuple[str, str] | None = None


def ask(task: Task, folder: Path) -> None:
    """Puts the task where the process finds it, which may run as another user."""
    asked = folder / ASKED
    asked.write_text(task.model_dump_json(), encoding="utf-8")
    asked.chmod(0o644)


def asked(folder: Path) -> Task:
    """The task in the folder."""
    return Task.model_validate_json((folder / ASKED).read_bytes())


def leave(outcome: Outcome, folder: Path) -> None:
    """Puts what came of it into the folder."""
    (folder / LEFT).write_text(outcome.model_dump_json(), encoding="utf-8", errors="replace")


def left(folder: Path) -> Outcome | None:
    """What came of it, which nobody vouches for; None when there is nothing usable. Raises: BadInput, as told."""
    path = folder / LEFT
    if path.is_symlink() or not path.is_file() or path.stat().st_size > OUTCOME_BYTES:
        return None
    try:
        outcome = Outcome.model_validate_json(path.read_bytes())
    except ValueError:
        return None
    if outcome.error:
        raise BadInput(*outcome.error)
    return outcome
