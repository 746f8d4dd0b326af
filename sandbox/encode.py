"""What the code assigned to `result`, as blobs for the wire. Runs in the worker."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from types import FunctionType, GeneratorType, ModuleType
from typing import Any, Final

import numpy as np
import pandas as pd

from sandbox.encode_figures import image, is_drawing, is_figure, plotly_json
from sandbox.encode_tables import arrow_bytes, is_tabular, tabulate
from sandbox.plain import DEPTH, NotPlain, plain

OUTPUTS: Final = 100
"""The most outputs of one run."""


class NotAResult(TypeError):
    """`result` is something that cannot be shown."""


class TooBig(ValueError):
    """`result` is larger than the limits of the run."""


@dataclass(frozen=True)
class Blob:
    """One output: its kind, its name, its bytes, and what else the header says of it."""

    kind: str
    name: str
    data: Any
    about: dict[str, Any] = field(default_factory=dict)


def encode(value: Any, limits: Mapping[str, Any]) -> list[Blob]:
    """Every output in `value`, in order. Raises: NotAResult, TooBig."""
    blobs = list(islice(_flatten(value, "", limits, DEPTH), OUTPUTS + 1))
    if len(blobs) > OUTPUTS:
        raise TooBig(f"`result` holds more than {OUTPUTS} outputs. Put fewer tables and figures into it.")
    size = sum(memoryview(blob.data).nbytes for blob in blobs)
    if size > limits["output_bytes"]:
        raise TooBig(
            f"`result` is {_mb(size)} MB; at most {_mb(limits['output_bytes'])} MB fit. Group or filter first."
        )
    return blobs


def _mb(size: int) -> str:
    return f"{size / 1e6:.3g}"


def _flatten(value: Any, name: str, limits: Mapping[str, Any], depth: int) -> Iterator[Blob]:
    value = _degrade(value)
    if isinstance(value, (list, tuple, dict, set, frozenset, range)) and len(value) > limits["text_chars"]:
        raise TooBig(f"The list or dict in `result` has {len(value):,} entries: too many to show. Make it a table.")
    if isinstance(value, dict) and _is_split(value, depth):
        for key, item in value.items():
            yield from _flatten(item, f"{name} / {key}" if name else str(key), limits, depth - 1)
    elif isinstance(value, (list, tuple)) and any(_is_rich(item, depth - 1) for item in value):
        for number, item in enumerate(value, 1):
            yield from _flatten(item, f"{name} / {number}" if name else "", limits, depth - 1)
    else:
        yield _one(value, name, limits)


def _is_split(value: dict[Any, Any], depth: int) -> bool:
    return isinstance(value.get("answer"), str) or any(_is_rich(item, depth - 1) for item in value.values())


def _is_rich(value: Any, depth: int) -> bool:
    """Whether a value needs an output of its own, or holds one that does."""
    value = _degrade(value)
    if is_tabular(value) or is_figure(value) or is_drawing(value):
        return True
    if depth <= 0 or not isinstance(value, (dict, list, tuple)):
        return False
    items = value.values() if isinstance(value, dict) else value
    return any(_is_rich(item, depth - 1) for item in islice(items, 1_000))


def _degrade(value: Any) -> Any:
    """A styled table becomes its data; an array without axes its scalar."""
    if type(value).__name__ == "Styler" and isinstance(getattr(value, "data", None), pd.DataFrame):
        return value.data
    if isinstance(value, np.ndarray) and value.ndim == 0:
        return value[()]
    return value


def _one(value: Any, name: str, limits: Mapping[str, Any]) -> Blob:
    if is_figure(value):
        return _figure(value, name, limits)
    if is_drawing(value):
        return Blob("image", name, image(value))
    if is_tabular(value):
        return _table(value, name, limits)
    if isinstance(value, str):
        return Blob("text", name, _cut(value, limits["text_chars"]))
    return _value(value, name, limits)


def _table(value: Any, name: str, limits: Mapping[str, Any]) -> Blob:
    table = tabulate(value, limits["rows"])
    if len(table.columns) > limits["columns"]:
        raise TooBig(f"The table has {len(table.columns):,} columns; at most {limits['columns']:,} can be shown.")
    return Blob("table", name, arrow_bytes(table), {"total_rows": len(value)})


def _figure(value: Any, name: str, limits: Mapping[str, Any]) -> Blob:
    data = plotly_json(value)
    if len(data) > limits["figure_bytes"]:
        raise TooBig(
            f"The figure is {_mb(len(data))} MB; at most {_mb(limits['figure_bytes'])} MB can be drawn. "
            "Group or sample the table before plotting."
        )
    return Blob("figure", name, data)


def _value(value: Any, name: str, limits: Mapping[str, Any]) -> Blob:
    try:
        data = json.dumps(plain(value), allow_nan=False, ensure_ascii=True).encode()
    except NotPlain:
        return Blob("text", name, _cut(_described(value), limits["text_chars"]))
    if len(data) > limits["text_chars"] * 4:
        raise TooBig("The list or dict in `result` is too long to show. Make it a table.")
    return Blob("value", name, data)


def _described(value: Any) -> str:
    """The printed form of a model or summary. Raises: NotAResult, for what says nothing when printed."""
    speechless = (FunctionType, GeneratorType, ModuleType, type)
    text = "" if isinstance(value, speechless) else str(value)
    if not text or re.search(r"<.* at 0x[0-9a-f]+>", text):
        raise NotAResult(f"`result` is a {type(value).__name__}; assign a table, figure, value or text to it")
    return text


def _cut(text: str, limit: int) -> bytes:
    if len(text) > limit:
        text = f"{text[:limit]}\n… (cut after {limit:,} of {len(text):,} characters)"
    return text.encode("utf-8", "replace")
