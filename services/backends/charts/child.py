"""Draws figures with plotly.js, which ships inside the plotly package, in a V8 without network, files or a browser.

A program of its own, started with `-I`: a crash or an endless figure costs this process and nothing else. One JSON
object a line in, {"data", "layout"}; one a line out, {"svg"} or {"error"}.
"""

import json
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from fontTools.ttLib import TTFont
from py_mini_racer import JSEvalException, MiniRacer

HERE = Path(__file__).resolve().parent
SECONDS = 20.0
MEMORY_BYTES = 1_000_000_000
TURNS = 100
"""Most times that what plotly.js has put off is done, before a figure is given up."""
FAILED = (JSEvalException, ValueError)


def main(fonts: list[str]) -> None:
    """Works until the input ends. `fonts`: files of the plain faces, a bar, files of the bold faces."""
    place = fonts.index("|")
    engine = MiniRacer()
    try:
        engine.set_hard_memory_limit(MEMORY_BYTES)
        begin(engine, [widths(fonts[:place]), widths(fonts[place + 1 :])])
        say({"ready": True})
        for line in sys.stdin:
            say(drawn(engine, json.loads(line)))
    finally:
        # Without this the process hangs at its end, now and then.
        engine.close()


def say(answer: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def begin(engine: MiniRacer, faces: list[dict[int, int]]) -> None:
    """Loads the document and plotly.js. The last value of a script is handed over: it must be a small one."""
    spec = find_spec("plotly")
    assert spec is not None
    assert spec.origin is not None
    plotly = Path(spec.origin).parent / "package_data" / "plotly.min.js"
    engine.eval(f"globalThis.fontWidths = {json.dumps(faces)}; 0")
    for script in (HERE / "dom.js", plotly, HERE / "draw.js"):
        engine.eval(script.read_text(encoding="utf-8") + "\n;0")


def drawn(engine: MiniRacer, figure: Mapping[str, Any]) -> dict[str, str]:
    """The SVG of a figure, or why there is none."""
    given = f"{json.dumps(figure['data'])}, {json.dumps(figure['layout'])}"
    try:
        engine.eval(f"draw({given}); 0", timeout_sec=SECONDS)
        for _ in range(TURNS):
            if outcome := engine.eval("settle()", timeout_sec=SECONDS):
                return dict(json.loads(str(outcome)))
    except FAILED as error:
        return {"error": str(error)[:500]}
    return {"error": "The figure was not finished."}


def widths(files: list[str]) -> dict[int, int]:
    """Code point to advance in thousandths of an em; the first font that has the sign gives it."""
    found: dict[int, int] = {}
    for file in reversed(files):
        with TTFont(file, lazy=True) as font:
            scale, advances = 1000 / font["head"].unitsPerEm, font["hmtx"]
            found.update({sign: round(advances[name][0] * scale) for sign, name in font.getBestCmap().items()})
    return found


if __name__ == "__main__":
    main(sys.argv[1:])
