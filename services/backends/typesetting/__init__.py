"""Pages as PDF, set by typst, and figures as vector graphics: no browser, no system package."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from services.backends import charts
from services.backends.charts import Undrawable, browser
from services.backends.typesetting import fonts, lifting, signs
from services.backends.typesetting.fonts import FOLDERS, LOOSE
from services.errors import Unavailable

HERE: Final = Path(__file__).resolve().parent
CHILD: Final = HERE / "child.py"
SECONDS: Final = 120.0
WIDTH: Final = re.compile(r'<svg[^>]* width="([\d.]+)"')


class Press:
    """Prints documents. Thread-safe: every print has processes of its own.

    `program` is a browser that draws what needs one; "" where there is none.
    """

    def __init__(self, program: str = "") -> None:
        self._browser = program

    def svgs(self, figures: Mapping[str, Mapping[str, Any]], width: int, height: int) -> dict[str, str]:
        """Each Plotly figure as an SVG of so many pixels; those that cannot be drawn here are left out. What needs a
        browser is a picture inside of it.

        Raises: Unavailable.
        """
        drawn: dict[str, str] = {}
        if not figures:
            return drawn
        with charts.drawing() as drawing:
            for name, figure in figures.items():
                with suppress(Undrawable):
                    drawn[name] = drawing.svg(figure, width, height)
        for name in figures.keys() - drawn.keys() if self._browser else ():
            with suppress(Undrawable):
                drawn[name] = browser.svg(self._browser, figures[name], width, height)
        return drawn

    def png(self, svg: str, width: int, height: int) -> bytes:
        """A drawing of so many pixels as a picture with twice as many each way, for screens. Raises: Unavailable."""
        with tempfile.TemporaryDirectory(prefix="red-pandas-png-") as folder:
            place = Path(folder)
            _lay_out(place, {"width": width, "height": height}, {"chart.svg": svg.encode()})
            return _set(place, "picture.png")

    def pdf(self, content: Mapping[str, Any], files: Mapping[str, bytes]) -> bytes:
        """The document as PDF. `content` is what report.typ reads; `files` are its pictures by name.

        In a process of its own, which is killed when it takes too long. Raises: Unavailable.
        """
        with tempfile.TemporaryDirectory(prefix="red-pandas-pdf-") as folder:
            place = Path(folder)
            _lay_out(place, content, files)
            return _set(place, "report.pdf")


def _lay_out(place: Path, content: Mapping[str, Any], files: Mapping[str, bytes]) -> None:
    """Writes what the typesetter reads: the text and the pictures, with a box for each sign that no font has."""
    drawings = {name: data.decode() for name, data in files.items() if name.endswith(".svg")}
    text = json.dumps(content, ensure_ascii=False)
    everything = "".join((text, *drawings.values()))
    gone, labels = signs.missing(everything), {}
    for name, drawing in drawings.items():
        bare, found = lifting.lifted(signs.boxed(drawing, gone))
        (place / Path(name).name).write_text(bare, encoding="utf-8")
        labels[name] = {"width": _width(drawing), "texts": [each._asdict() for each in found]}
    for name in files.keys() - drawings.keys():
        (place / Path(name).name).write_bytes(files[name])
    more = {"faces": fonts.families(everything), "missing": signs.told(gone), "labels": labels}
    data = json.loads(signs.boxed(text, gone)) | more
    (place / "data.json").write_text(json.dumps(data), encoding="utf-8")


def _width(drawing: str) -> float:
    """Pixels."""
    found = WIDTH.search(drawing[:2_000])
    return float(found.group(1)) if found else 720.0


def _set(place: Path, name: str) -> bytes:
    """Sets the page of that name in the folder; what came out. Raises: Unavailable."""
    for source in (*HERE.glob("*.typ"), *LOOSE):
        shutil.copy(source, place / source.name)
    words = [sys.executable, "-I", "-X", "utf8", str(CHILD), str(place), name, str(place), *map(str, FOLDERS)]
    try:
        ended = subprocess.run(words, capture_output=True, env={}, timeout=SECONDS, check=False, text=True)
    except subprocess.TimeoutExpired:
        raise Unavailable("This took too long to set.", "Leave out sections or long tables.") from None
    if ended.returncode:
        kind = name.rpartition(".")[2].upper()
        raise Unavailable(f"The {kind} could not be made ({_last(ended.stderr)}).", "Take it as HTML.")
    return (place / name).read_bytes()


def _last(told: str) -> str:
    lines = [line for line in told.splitlines() if line.strip()]
    return lines[-1][:200] if lines else "no reason was given"
