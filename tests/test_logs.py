"""Our records reach standard error, each once, and say what contains the code."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
SNIPPET = """
import logging
from services import logs
logs.configure("INFO")
logs.configure("INFO")
logging.getLogger("services.jobs").info("hello from a job")
logging.getLogger("services.jobs").debug("not this")
logging.getLogger("urllib3").info("nor this")
from sandbox import Sandbox
box = Sandbox(workers=1)
box.status()
box.close()
"""


def test_our_records_come_once_and_name_the_level_of_the_sandbox() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SNIPPET], cwd=ROOT, capture_output=True, text=True, timeout=100, check=True
    )
    lines = done.stderr.splitlines()
    assert sum("hello from a job" in line for line in lines) == 1
    assert "not this" not in done.stderr
    assert "nor this" not in done.stderr
    assert any("sandbox" in line and "level" in line.lower() for line in lines)
