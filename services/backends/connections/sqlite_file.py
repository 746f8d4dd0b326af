"""Asks a SQLite file in a process of its own: one that breaks down or hangs ends there, with a sentence."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from services.backends.connections.bounds import Bounds
from services.domain import ReadReport
from services.errors import BadInput

PROJECT: Final = Path(__file__).resolve().parents[3]
MODULE: Final = "services.backends.sqlite_child"
LIST_SECONDS: Final = 10.0
SPARE_SECONDS: Final = 20.0
"""What writing the file may take after the last row."""


def tables(path: Path, work: Path) -> list[str]:
    """Names of the tables and views. Raises: BadInput."""
    found = _ask(path, work, seconds=LIST_SECONDS)["tables"]
    return [str(name) for name in found]


def read(path: Path, statement: str, target: Path, work: Path, bounds: Bounds) -> ReadReport:
    """Writes what the SELECT gives as Parquet at `target`. Raises: BadInput."""
    words = {"rows": bounds.rows, "max_columns": bounds.columns, "statement": statement}
    found = _ask(path, work, seconds=bounds.seconds, target=str(target), **words)
    return ReadReport.model_validate(found["report"])


def _ask(path: Path, work: Path, *, seconds: float, target: str = "", **words: object) -> Any:
    request = {"path": str(path), "name": path.name, "work": str(work), "seconds": seconds, "target": target, **words}
    outcome = work / "outcome.json"
    try:
        subprocess.run(
            [sys.executable, "-m", MODULE],
            input=json.dumps(request).encode(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=PROJECT,
            env={"PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"},
            timeout=seconds + SPARE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise BadInput(f"Reading “{path.name}” takes too long.", "Ask for fewer rows.") from None
    if not outcome.is_file():
        raise BadInput(f"“{path.name}” is damaged: reading it broke down.", "Check it with sqlite3.")
    found = json.loads(outcome.read_text(encoding="utf-8"))
    if sentences := found.get("error"):
        raise BadInput(*map(str, sentences))
    return found
