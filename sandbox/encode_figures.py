"""Figures on their way out: Plotly as JSON, Matplotlib as PNG. Runs in the worker."""

from __future__ import annotations

import base64
import io
import json
import sys
from typing import Any, Final

import numpy as np

SHORT: Final = 20_000
"""Packed number arrays up to this length are written out as lists, so that anyone can read them."""


def is_figure(value: Any) -> bool:
    """Whether the value is a Plotly figure."""
    module = sys.modules.get("plotly.basedatatypes")
    return module is not None and isinstance(value, module.BaseFigure)


def is_drawing(value: Any) -> bool:
    """Whether the value is a Matplotlib figure or axes, or an array of axes."""
    return _drawing(value) is not None


def plotly_json(figure: Any) -> bytes:
    """JSON text of the figure's data, layout and frames."""
    return json.dumps(_unpacked(json.loads(figure.to_json(validate=False)))).encode()


def image(value: Any) -> bytes:
    """The drawing as PNG bytes."""
    buffer = io.BytesIO()
    drawing = _drawing(value)
    dots = min(110.0, 3_900 / max(*drawing.get_size_inches(), 0.1))
    drawing.savefig(buffer, format="png", dpi=dots)
    return buffer.getvalue()


def _drawing(value: Any) -> Any:
    module = sys.modules.get("matplotlib.figure")
    if module is None:
        return None
    if isinstance(value, np.ndarray) and value.dtype == object and value.size:
        value = value.flat[0]
    if isinstance(value, module.Figure):
        return value
    found = getattr(value, "figure", None) if "matplotlib.axes" in sys.modules else None
    return found if isinstance(found, module.Figure) else None


def _unpacked(value: Any) -> Any:
    if isinstance(value, list):
        return [_unpacked(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "bdata" in value and "shape" not in value and (numbers := _numbers(value)) is not None:
        return numbers
    return {key: _unpacked(item) for key, item in value.items()}


def _numbers(packed: dict[str, Any]) -> list[Any] | None:
    array = np.frombuffer(base64.b64decode(packed["bdata"]), dtype=packed["dtype"])
    if array.size > SHORT:
        return None
    return [None if item != item else item for item in array.tolist()]
