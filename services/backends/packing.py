"""Outputs as bytes for one column of the database."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any, Final

from pydantic import TypeAdapter

from sandbox.messages import Output

_OUTPUTS: Final[TypeAdapter[tuple[Output, ...]]] = TypeAdapter(tuple[Output, ...])
QUICK: Final = 1


def packed(outputs: Sequence[Output]) -> bytes:
    """The outputs as compressed JSON."""
    return zlib.compress(_OUTPUTS.dump_json(tuple(outputs)), QUICK)


def unpacked(data: Any) -> tuple[Output, ...]:
    """The outputs, equal to those that were packed."""
    return _OUTPUTS.validate_json(zlib.decompress(data)) if data else ()
