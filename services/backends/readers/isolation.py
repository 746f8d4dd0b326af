"""Reads a file in a process of its own: a parser that crashes, hangs or eats memory ends there, with a sentence."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from services.errors import BadInput

PROJECT = Path(__file__).resolve().parents[3]
MODULE = "services.backends.readers.child"
SECONDS = 8
SECONDS_A_MB = 2
WALL = 4
"""The clock may go this many times as far as the processor: other work may hold the child up."""

ADDRESS_SPACE_MB = 3_072
OUTCOME = "outcome.json"


@dataclass(frozen=True)
class Request:
    """What the child is asked for: the tables of a file, or one of them at `target`."""

    path: str
    name: str
    work: str
    max_columns: int
    memory_mb: int
    unpacked_mb: int
    typed: bool
    target: str = ""
    table: str = ""
    seconds: int = 0


def seconds_for(path: Path) -> int:
    """Seconds of processor time that reading the file may take."""
    return SECONDS + SECONDS_A_MB * (path.stat().st_size // 2**20)


def run(request: Request, shown: str) -> dict[str, object]:
    """What the child found. Raises: BadInput, also when the child did not come to an end."""
    outcome = Path(request.work) / OUTCOME
    try:
        done = subprocess.run(
            [sys.executable, "-m", MODULE],
            input=json.dumps(request.__dict__).encode(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd=PROJECT,
            env={"PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"},
            timeout=request.seconds * WALL,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise _too_long(shown) from error
    if not outcome.is_file():
        raise _ended(shown, done.returncode, done.stderr[-2000:].decode(errors="replace"))
    found: dict[str, object] = json.loads(outcome.read_text(encoding="utf-8"))
    outcome.unlink()
    if isinstance(sentences := found.get("error"), list):
        raise BadInput(*map(str, sentences))
    return found


def _too_long(shown: str) -> BadInput:
    return BadInput(f"Reading “{shown}” takes too long.", "Save the table as CSV, or split it into smaller files.")


def _ended(shown: str, code: int, errors: str) -> BadInput:
    if code in (-24, -9):
        return _too_long(shown)
    if "memory" in errors.lower():
        return BadInput(f"“{shown}” needs more memory than a file may.", "Save the table as CSV, or split it.")
    return BadInput(f"“{shown}” is damaged: its reader broke down.", "Save it again, or save the table as CSV.")
