"""What comes out of a run is hostile until it has passed here. Runs in the parent."""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from sandbox import arrow_gate, figure_gate, wire
from sandbox.messages import Figure, Image, Limits, Output, RunError, Table, Text, Value

OUTPUTS: Final = 100
NAME_CHARS: Final = 200
PNG: Final = b"\x89PNG\r\n\x1a\n"
PNG_BYTES: Final = 8 * 1024 * 1024
PNG_SIDE: Final = 4_000
_CHUNK: Final = 12
"""Bytes of a part of a PNG besides its content: its size, its kind and its sum."""
_FIRST_CHUNK, _SIZES = len(PNG) + 8, 13
_PNG_CHUNKS: Final = "IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB sBIT bKGD pHYs tIME tEXt hIST sPLT"
PNG_CHUNKS: Final = frozenset(name.encode() for name in _PNG_CHUNKS.split())
"""Parts of pictures that hold nothing packed and nothing that moves."""
DEPTH: Final = 14
CELLS: Final = 50_000_000
"""Rows times columns accepted of one result beyond those that its bytes can hold: an empty column takes none."""
VALUES: Final = 4
"""So many values of the largest size may come with one result: the objects in memory are twenty times as large."""
_UNSEEN: Final = re.compile(
    "\x1b\\[[0-9;?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)


class Unsafe(ValueError):
    """The result breaks a rule."""


def clean(text: str) -> str:
    """The text without control characters, terminal codes and marks that reverse the reading direction."""
    return _UNSEEN.sub("", text.replace("\r\n", "\n"))


def error(told: Any) -> RunError:
    """The error a worker reports, cut and cleaned. Raises: Unsafe."""
    if not isinstance(told, dict):
        raise Unsafe("the error is no object")
    line = told.get("line")
    return RunError(
        type=clean(str(told.get("type", "")))[:100],
        message=clean(str(told.get("message", "")))[:2_000],
        line=line if type(line) is int and 0 < line < 1 << 31 else None,
        hint=clean(str(told.get("hint", "")))[:2_000],
    )


def sampled(told: Any) -> tuple[int, int] | None:
    """Rows read and rows there are, when a table was only a sample. Raises: Unsafe."""
    if told is None:
        return None
    if (
        not isinstance(told, list)
        or len(told) != 2
        or not all(type(each) is int and 0 <= each < 1 << 53 for each in told)
    ):
        raise Unsafe("the size of the sample is no number")
    if told[0] > told[1]:
        raise Unsafe("the sample is larger than the table")
    return told[0], told[1]


def megabytes(told: Any) -> int | None:
    """The memory a run says it needs, where it says so. Raises: Unsafe."""
    if told is not None and (type(told) is not int or not 0 < told < 1 << 40):
        raise Unsafe("the memory needed is no number")
    return told


def outputs(frame: wire.Frame, limits: Limits, keep: Path | None = None) -> tuple[Output, ...]:
    """The checked outputs, in order; the table of a single one goes to the file `keep`. Raises: Unsafe."""
    told = frame.header.get("outputs")
    if not isinstance(told, list) or len(told) != len(frame.blobs) or len(told) > OUTPUTS:
        raise Unsafe("outputs missing or too many")
    try:
        found = tuple(_outputs(told, frame, limits, keep if len(told) == 1 else None))
    except (arrow_gate.BadArrow, figure_gate.BadFigure, wire.BadFrame, UnicodeError) as problem:
        raise Unsafe(str(problem)) from None
    cells = sum(each.rows * len(each.columns) for each in found if isinstance(each, Table))
    if cells > CELLS + 8 * sum(map(len, frame.blobs)):
        raise Unsafe("the tables have too many rows and columns")
    return found


def _outputs(told: list[Any], frame: wire.Frame, limits: Limits, keep: Path | None) -> Iterator[Output]:
    values = 0
    for about, blob in zip(told, frame.blobs, strict=True):
        kind = about.get("kind") if isinstance(about, dict) else None
        values += len(blob) if kind == "value" else 0
        if values > VALUES * limits.text_chars * 4:
            raise Unsafe("the values are too large")
        if not isinstance(kind, str) or kind not in _KINDS:
            raise Unsafe("an output of an unknown kind")
        name = clean(str(about.get("name", "")))[:NAME_CHARS]
        if kind == "table":
            yield _table(name, blob, about, limits, keep)
        else:
            yield _KINDS[kind](name, blob, about, limits)


def _table(name: str, blob: memoryview, about: Mapping[str, Any], limits: Limits, keep: Path | None) -> Table:
    table = arrow_gate.check(blob, limits.rows, limits.columns)
    total = about.get("total_rows")
    if type(total) is not int or not table.num_rows <= total < 1 << 53:
        raise Unsafe("the number of rows is no number")
    columns = tuple(table.column_names)
    arrow = arrow_gate.write(table, keep) if keep else arrow_gate.serialise(table)
    return Table(name=name, arrow=arrow, columns=columns, rows=table.num_rows, total_rows=total)


def _figure(name: str, blob: memoryview, _: Mapping[str, Any], limits: Limits) -> Figure:
    if len(blob) > limits.figure_bytes:
        raise Unsafe("the figure is too large")
    return Figure(name=name, json_text=figure_gate.check(bytes(blob)))


def _value(name: str, blob: memoryview, _: Mapping[str, Any], limits: Limits) -> Value:
    if len(blob) > limits.text_chars * 4:
        raise Unsafe("the value is too large")
    return Value(name=name, value=_cleaned(wire.strict_json(bytes(blob)), DEPTH))


def _cleaned(value: Any, depth: int) -> Any:
    if depth <= 0:
        raise Unsafe("the value is nested too deeply")
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [_cleaned(item, depth - 1) for item in value]
    if isinstance(value, dict):
        return {clean(key): _cleaned(item, depth - 1) for key, item in value.items()}
    if isinstance(value, float) and not math.isfinite(value):
        raise Unsafe("a number is too large")
    return value


def _text(name: str, blob: memoryview, _: Mapping[str, Any], limits: Limits) -> Text:
    return Text(name=name, text=clean(bytes(blob).decode("utf-8", "replace"))[: limits.text_chars + 100])


def _image(name: str, blob: memoryview, _: Mapping[str, Any], __: Limits) -> Image:
    data = bytes(blob)
    if len(data) > PNG_BYTES or not data.startswith(PNG):
        raise Unsafe("the image is no PNG, or too large")
    kinds = list(_chunks(data))
    if not kinds or kinds[0] != b"IHDR" or kinds.count(b"IHDR") != 1 or kinds[-1] != b"IEND":
        raise Unsafe("the image is no whole PNG")
    if not PNG_CHUNKS.issuperset(kinds):
        raise Unsafe("the image holds more than a picture")
    if max(struct.unpack_from(">II", data, _FIRST_CHUNK)) > PNG_SIDE:
        raise Unsafe("the image has too many pixels")
    return Image(name=name, png=data)


def _chunks(data: bytes) -> Iterator[bytes]:
    """The kinds of the parts of a PNG, in order: readers differ in which of two sizes they believe. Raises: Unsafe."""
    at = len(PNG)
    while at < len(data):
        if at + _CHUNK > len(data):
            raise Unsafe("the image is cut")
        size, kind = struct.unpack_from(">I4s", data, at)
        if kind == b"IHDR" and size != _SIZES:
            raise Unsafe("the image has no size")
        at += _CHUNK + size
        if at > len(data):
            raise Unsafe("the image is cut")
        yield kind


_KINDS: Final[dict[str, Any]] = {"table": None, "figure": _figure, "value": _value, "text": _text, "image": _image}
