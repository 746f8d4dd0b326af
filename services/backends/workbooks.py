"""Tables as Excel files, written by a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from services.errors import AppError

PROJECT = Path(__file__).resolve().parents[2]
MODULE = "services.backends.workbook_child"
SECONDS, CELLS_A_SECOND = 60, 20_000
"""Longest wait; one core writes about 100,000 cells a second, and other work may hold it up."""


def write(source: Path, target: Path, cells: int) -> None:
    """The Parquet file `source`, of so many cells, as an Excel file `target`.

    Raises: AppError, when writing broke down.
    """
    told = json.dumps({"source": str(source.resolve()), "target": str(target.resolve())}).encode()
    try:
        done = subprocess.run(
            [sys.executable, "-m", MODULE],
            input=told,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd=PROJECT,
            env={"PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"},
            timeout=SECONDS + cells / CELLS_A_SECOND,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise AppError("Writing the Excel file took too long.", "Download the table as CSV or Parquet.") from error
    if done.returncode != 0:
        raise AppError("The Excel file could not be written.", "Download the table as CSV or Parquet.")
