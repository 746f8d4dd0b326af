"""Plotly figures as vector graphics, on any machine: no browser, no system package."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

from services.backends.typesetting.fonts import BOLD, FAMILIES, REGULAR
from services.errors import Unavailable

CHILD: Final = Path(__file__).resolve().parent / "child.py"
START_SECONDS: Final = 60.0
FIGURE_SECONDS: Final = 45.0
ENDING_SECONDS: Final = 5.0
PLAINER: Final = {"scattergl": "scatter", "scatterpolargl": "scatterpolar"}
"""Kinds that a browser draws with its graphics card, and the same ones as vectors."""
FLAT: Final = frozenset({
    "bar", "barpolar", "box", "candlestick", "carpet", "contour", "contourcarpet", "funnel", "funnelarea", "heatmap",
    "histogram", "histogram2d", "histogram2dcontour", "icicle", "image", "indicator", "ohlc", "parcats", "pie",
    "sankey", "scatter", "scattercarpet", "scattergeo", "scatterpolar", "scattersmith", "scatterternary", "sunburst",
    "table", "treemap", "violin", "waterfall",
})  # fmt: skip
"""Kinds that can be drawn as vectors. Others need a graphics card, or outlines from somebody's server."""
MOST_POINTS: Final = 60_000
"""More marks than this make a picture nobody can open."""
MOST_CHARS: Final = 20_000_000
"""Longest SVG that is taken."""


class Undrawable(Exception):
    """This figure cannot be drawn without a browser; the argument says why."""


class Drawing:
    """The program that draws, as long as it runs."""

    def __init__(self) -> None:
        faces = [*map(str, REGULAR), "|", *map(str, BOLD)]
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-X", "utf8", str(CHILD), *faces],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            encoding="utf-8",
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._input: IO[str] = self._process.stdin
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        threading.Thread(target=self._listen, args=(self._process.stdout,), daemon=True).start()
        self._answer(START_SECONDS)

    def svg(self, figure: Mapping[str, Any], width: int, height: int) -> str:
        """The figure as an SVG of so many pixels. Raises: Undrawable."""
        data = [_flat(trace) for trace in figure.get("data", [])]
        layout = {**figure.get("layout", {}), "width": width, "height": height, "autosize": False}
        layout["font"] = {**layout.get("font", {}), "family": ", ".join(FAMILIES)}
        told = json.dumps({"data": data, "layout": layout})
        try:
            self._input.write(told + "\n")
            self._input.flush()
        except OSError:
            raise Undrawable("the drawing program has ended") from None
        answer = self._answer(FIGURE_SECONDS)
        if "svg" not in answer or len(answer["svg"]) > MOST_CHARS:
            raise Undrawable(answer.get("error", "the picture is too large"))
        return str(answer["svg"])

    def close(self) -> None:
        """Ends the program."""
        self._input.close()
        try:
            self._process.wait(ENDING_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _listen(self, lines: IO[str]) -> None:
        for line in lines:
            self._lines.put(line)
        self._lines.put("")

    def _answer(self, seconds: float) -> dict[str, Any]:
        try:
            line = self._lines.get(timeout=seconds)
        except queue.Empty:
            self._process.kill()
            raise Undrawable("it took too long") from None
        if not line:
            raise Undrawable("the drawing program ended")
        return dict(json.loads(line))


def _flat(trace: Mapping[str, Any]) -> dict[str, Any]:
    """The trace of a kind that can be drawn as vectors. Raises: Undrawable."""
    kind = str(trace.get("type", "scatter"))
    kind = PLAINER.get(kind, kind)
    if kind not in FLAT:
        raise Undrawable(f"charts of the kind {kind} need a browser")
    if any(len(values) > MOST_POINTS for values in trace.values() if isinstance(values, list)):
        raise Undrawable("it has too many marks")
    return {**trace, "type": kind}


@contextmanager
def drawing() -> Iterator[Drawing]:
    """The program that draws, there inside the block. Raises: Unavailable, when it does not start."""
    try:
        started = Drawing()
    except (OSError, Undrawable) as error:
        raise Unavailable(f"Charts cannot be drawn here ({error}).", "Try again, or take the report as HTML.") from None
    try:
        yield started
    finally:
        started.close()
