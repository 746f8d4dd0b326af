"""Charts that need a graphics card, drawn by a Chromium of this machine where there is one: 3D, parallel coordinates,
and more marks than a drawing can hold. A picture comes back, wrapped as a drawing."""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from services.backends.charts import Undrawable

NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
SECONDS: Final = 60.0
DRAWING_MS: Final = 8_000
MOST_BYTES: Final = 20_000_000
SPATIAL: Final = frozenset(
    {"cone", "isosurface", "mesh3d", "parcoords", "scatter3d", "splom", "streamtube", "surface", "volume"}
)
"""Kinds that need a browser and nothing from elsewhere; maps need somebody's server."""
FLAGS: Final = (
    "--headless=new", "--hide-scrollbars", "--mute-audio", "--no-first-run", "--disable-extensions", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader", "--disable-dev-shm-usage", "--force-device-scale-factor=2",
    "--host-resolver-rules=MAP * ~NOTFOUND", f"--virtual-time-budget={DRAWING_MS}",
)  # fmt: skip
RULES: Final = (
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src data: blob:"
)


def found(chosen: str) -> str:
    """The browser's program: the chosen one, else one that is on the path; "" where there is none, or for "off"."""
    if chosen == "off":
        return ""
    return next((path for name in ((chosen,) if chosen else NAMES) if (path := shutil.which(name))), "")


def svg(program: str, figure: Mapping[str, Any], width: int, height: int) -> str:
    """The figure as an SVG of so many pixels that holds a picture with twice as many each way. Raises: Undrawable."""
    kinds = {str(trace.get("type", "scatter")) for trace in figure.get("data", [])}
    if not kinds <= SPATIAL | {"scatter", "scattergl", "bar", "histogram", "heatmap", "pie"}:
        raise Undrawable("maps need pictures from somebody's server")
    with tempfile.TemporaryDirectory(prefix="red-pandas-browser-", ignore_cleanup_errors=True) as folder:
        page, picture = Path(folder) / "page.html", Path(folder) / "picture.png"
        page.write_text(_page(figure, width, height), encoding="utf-8")
        words = [program, *FLAGS, f"--window-size={width},{height}", f"--user-data-dir={folder}/profile"]
        words += ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        _run([*words, f"--screenshot={picture}", page.as_uri()], folder)
        data = picture.read_bytes() if picture.exists() else b""
    if not 0 < len(data) <= MOST_BYTES:
        raise Undrawable("the browser drew nothing")
    href = f"data:image/png;base64,{base64.b64encode(data).decode()}"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
    return f'{head}<image width="{width}" height="{height}" href="{href}"/></svg>'


def _run(words: list[str], folder: str) -> None:
    """Raises: Undrawable."""
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    home = {"HOME": folder, "PATH": os.defpath, "LANG": "C.UTF-8"}
    try:
        started = subprocess.Popen(words, env=home, cwd=folder, start_new_session=True, **quiet)  # type: ignore[call-overload]
    except OSError as error:
        raise Undrawable(f"the browser did not start ({error})") from None
    try:
        started.wait(SECONDS)
    except subprocess.TimeoutExpired:
        raise Undrawable("the browser took too long") from None
    finally:
        with suppress(OSError):
            os.killpg(started.pid, signal.SIGKILL)
        started.wait()


def _page(figure: Mapping[str, Any], width: int, height: int) -> str:
    spec = find_spec("plotly")
    assert spec is not None
    assert spec.origin is not None
    plotly = (Path(spec.origin).parent / "package_data" / "plotly.min.js").read_text(encoding="utf-8")
    layout = {**figure.get("layout", {}), "width": width, "height": height, "autosize": False}
    told = json.dumps([list(figure.get("data", [])), layout]).replace("<", "\\u003c")
    return f"""<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{RULES}">
<style>body{{margin:0;background:#fff}}</style><div id="f"></div><script>{plotly}</script>
<script>Plotly.newPlot("f", ...{told}, {{staticPlot: true}})</script>"""
