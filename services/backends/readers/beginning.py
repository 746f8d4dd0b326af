"""The beginning of a large text file, where the first rows are all that is wanted."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from services.backends.readers.found import File

WHOLE_BYTES: Final = 12 * 1024 * 1024
"""Up to this size a file is looked at whole: the order of dates may show only in its last row."""
PIECE_BYTES: Final = 4 * 1024 * 1024


def of(file: File) -> tuple[File, bool]:
    """The file, or one with its first lines, and whether that is only a part of it."""
    if not file.is_preview or file.path.stat().st_size <= WHOLE_BYTES:
        return file, False
    with file.path.open("rb") as source:
        start = source.read(PIECE_BYTES)
    # Pairs of bytes stay together, and so do the four of UTF-32.
    end = (start.rfind(b"\n") + 1) or len(start)
    path = file.work / "piece"
    path.write_bytes(start[: end + (-end % 4)])
    return replace(file, path=path), True
