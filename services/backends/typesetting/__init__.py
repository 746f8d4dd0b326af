"""Pages as PDF, set by typst, and figures as vector graphics: no browser, no system package."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from services.backends import charts
from services.backends.charts import Undrawable
from services.backends.typesetting.fonts import FOLDERS
from services.errors import Unavailable

HERE: Final = Path(__file__).resolve().parent
CHILD: Final = HERE / "child.py"
SECONDS: Final = 120.0


class Press:
    """Prints documents. Thread-safe: every print has processes of its own."""

    def svgs(self, figures: Mapping[str, Mapping[str, Any]], width: int, height: int) -> dict[str, str]:
        """Each Plotly figure as an SVG of so many pixels; those that cannot be drawn here are left out.

        Raises: Unavailable.
        """
        drawn: dict[str, str] = {}
        if not figures:
            return drawn
        with charts.drawing() as drawing:
            for name, figure in figures.items():
                with suppress(Undrawable):
                    drawn[name] = drawing.svg(figure, width, height)
        return drawn

    def png(self, svg: str, width: int, height: int) -> bytes:
        """A drawing of so many pixels as a picture with twice as many each way, for screens. Raises: Unavailable."""
        with tempfile.TemporaryDirectory(prefix="red-pandas-png-") as folder:
            place = Path(folder)
            (place / "chart.svg").write_text(svg, encoding="utf-8")
            (place / "data.json").write_text(json.dumps({"width": width, "height": height}), encoding="utf-8")
            (place / "picture.typ").write_bytes((HERE / "picture.typ").read_bytes())
            _set(folder, "picture.png")
            return (place / "picture.png").read_bytes()

    def pdf(self, content: Mapping[str, Any], files: Mapping[str, bytes]) -> bytes:
        """The document as PDF. `content` is what report.typ reads; `files` are its pictures by name.

        In a process of its own, which is killed when it takes too long. Raises: Unavailable.
        """
        with tempfile.TemporaryDirectory(prefix="red-pandas-pdf-") as folder:
            place = Path(folder)
            for name, data in files.items():
                (place / Path(name).name).write_bytes(data)
            (place / "data.json").write_text(json.dumps(content), encoding="utf-8")
            (place / "report.typ").write_bytes((HERE / "report.typ").read_bytes())
            _set(folder, "report.pdf")
            return (place / "report.pdf").read_bytes()


def _set(folder: str, name: str) -> None:
    """Sets the page of that name in the folder. Raises: Unavailable."""
    words = [sys.executable, "-I", "-X", "utf8", str(CHILD), folder, name, *map(str, FOLDERS)]
    try:
        ended = subprocess.run(words, capture_output=True, env={}, timeout=SECONDS, check=False, text=True)
    except subprocess.TimeoutExpired:
        raise Unavailable("This took too long to set.", "Leave out sections or long tables.") from None
    if ended.returncode:
        kind = name.rpartition(".")[2].upper()
        raise Unavailable(f"The {kind} could not be made ({_last(ended.stderr)}).", "Take it as HTML.")


def _last(told: str) -> str:
    lines = [line for line in told.splitlines() if line.strip()]
    return lines[-1][:200] if lines else "no reason was given"
