"""Where the kernel has no file rules: files are opened in a process of its own with limits, and nothing more."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

from services.backends.readers import failures, tasks
from services.backends.readers.tasks import Task

PROJECT: Final = Path(__file__).resolve().parents[3]
MODULE: Final = "services.backends.readers.child"
WALL: Final = 4
"""The clock may go this many times as far as the processor: other work may hold the child up."""
ADDRESS_SPACE_MB: Final = 3_072
KILLED: Final = (-24, -9)


def run(task: Task, folder: Path) -> None:
    """Does the task in the folder. Raises: BadInput, when the process did not come to an end."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", MODULE, str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd=PROJECT,
            env={"PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"},
            timeout=task.seconds * WALL,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise failures.too_long(task.name) from error
    if (folder / tasks.LEFT).is_file():
        return
    if done.returncode in KILLED:
        raise failures.too_long(task.name)
    errors = done.stderr[-2000:].decode(errors="replace")
    raise failures.too_much_memory(task.name) if "memory" in errors.lower() else failures.broke_down(task.name)
