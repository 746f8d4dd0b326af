"""How much one reading may take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Bounds:
    """Bytes, rows, columns, and seconds until it must have come."""

    bytes: int
    rows: int
    columns: int
    seconds: float
