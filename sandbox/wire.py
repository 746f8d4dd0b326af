"""One result frame: `length | JSON header | blobs`. The worker writes it; the parent trusts none of it."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

HEADER_BYTES: Final = 1 << 20
"""The longest header accepted."""
_LENGTH: Final = struct.Struct("<I")


class BadFrame(ValueError):
    """The bytes are not one whole frame."""


@dataclass(frozen=True)
class Frame:
    """A header without its `sizes`, and the blobs they name."""

    header: dict[str, Any]
    blobs: tuple[memoryview, ...]


def pack(header: dict[str, Any], blobs: Sequence[Any] = ()) -> Iterator[Any]:
    """The pieces to write, in order; blobs are passed on without a copy."""
    head = json.dumps({**header, "sizes": [memoryview(blob).nbytes for blob in blobs]}, allow_nan=False).encode()
    yield _LENGTH.pack(len(head))
    yield head
    yield from blobs


def unpack(data: memoryview) -> Frame:
    """Raises: BadFrame, when anything is missing, left over or malformed."""
    if len(data) < _LENGTH.size:
        raise BadFrame("no header")
    (length,) = _LENGTH.unpack(data[: _LENGTH.size])
    if length > HEADER_BYTES or len(data) < _LENGTH.size + length:
        raise BadFrame("header too long or cut")
    header = strict_json(bytes(data[_LENGTH.size : _LENGTH.size + length]))
    if not isinstance(header, dict):
        raise BadFrame("header is no object")
    sizes = header.pop("sizes", None)
    if not isinstance(sizes, list) or not all(type(size) is int and size >= 0 for size in sizes):
        raise BadFrame("sizes missing")
    return Frame(header, tuple(_split(data[_LENGTH.size + length :], sizes)))


def is_whole(data: bytes | bytearray) -> bool:
    """Whether one whole frame has come: nothing more is expected then."""
    try:
        unpack(memoryview(data))
    except BadFrame:
        return False
    return True


def strict_json(text: bytes | str) -> Any:
    """Parsed JSON. Raises: BadFrame, for NaN, too deep nesting or anything malformed."""
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise BadFrame(str(error)) from None


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def _split(data: memoryview, sizes: Sequence[int]) -> Iterator[memoryview]:
    if sum(sizes) != len(data):
        raise BadFrame("blobs missing or left over")
    start = 0
    for size in sizes:
        yield data[start : start + size]
        start += size
