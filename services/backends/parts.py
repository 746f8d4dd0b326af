"""Files on their way in: pieces that follow each other are put behind what is there, in a file nobody reads yet."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from services.errors import BadInput, NotFound, Unavailable

PIECE: Final = 1024 * 1024
ENDING: Final = ".part"
FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
SPARE: Final = 4_000_000
"""Bytes of a disk that uploads leave to the database."""


class Parts:
    """Unfinished files in `folder`, one per name; names are ids of our own, never what a person calls a file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def begin(self, name: str) -> None:
        """An empty file under this name."""
        self._path(name).touch(exist_ok=False)

    def size(self, name: str) -> int:
        """Bytes that have come; 0 when there is no such file."""
        path = self._path(name)
        return path.stat().st_size if path.is_file() else 0

    def append(self, name: str, offset: int, source: IO[bytes], most: int) -> int:
        """Puts the bytes of `source` behind the first `offset` ones; the size now. What came before a failure stays.

        Raises: NotFound; Unavailable, when the disk is full; BadInput, when `offset` is not the size so far, or it
        would grow beyond `most` bytes.
        """
        with self._alone(name) as file:
            size = file.seek(0, os.SEEK_END)
            if offset != size:
                raise BadInput(f"The file goes on at byte {size:,}, not {offset:,}.", "Go on from there.")
            while piece := source.read(PIECE):
                size += len(piece)
                if size > most:
                    raise BadInput(f"More came than the {most:,} bytes of the file.", "Choose the file again.")
                file.write(piece)
            file.flush()
        return size

    def check_room(self, size: int) -> None:
        """Raises: Unavailable, when the disk could not hold so many bytes more."""
        free = shutil.disk_usage(self._folder).free
        if size > free - SPARE:
            raise Unavailable(
                f"The disk of this server has no room for {-(-size // 1_000_000):,} MB more.",
                "Whoever runs it must free some space first.",
            )

    def path(self, name: str) -> Path:
        """Where the file is. Raises: NotFound."""
        path = self._path(name)
        if not path.is_file():
            raise _gone()
        return path

    def discard(self, name: str) -> None:
        """Removes the file; does nothing when there is none."""
        self._path(name).unlink(missing_ok=True)

    def names(self) -> list[str]:
        """Every unfinished file, in order."""
        return sorted(path.stem for path in self._folder.glob(f"*{ENDING}"))

    def _path(self, name: str) -> Path:
        if not name.isalnum() or not name.isascii():
            raise _gone()
        return self._folder / f"{name}{ENDING}"

    @contextmanager
    def _alone(self, name: str) -> Iterator[IO[bytes]]:
        """The file, for one writer at a time: two tabs may send the same file."""
        try:
            file = self._path(name).open("r+b")
        except FileNotFoundError:
            raise _gone() from None
        try:
            with file:
                _lock(file)
                yield file
        except OSError as error:
            if error.errno not in FULL:
                raise
            raise Unavailable(
                "The disk of this server is full. What had come is kept.",
                "When whoever runs it has freed some space, choose the same file again to go on.",
            ) from error


def _lock(file: IO[bytes]) -> None:
    try:
        import fcntl
    except ImportError:  # Windows
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise BadInput("This file is being sent already, perhaps in another tab.", "Wait for it, or try again.") from (
            error
        )


def _gone() -> NotFound:
    return NotFound("This upload does not exist any more.", "Choose the file again.")
