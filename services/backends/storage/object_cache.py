"""Copies of immutable objects on the local disk, least recently used thrown away first."""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from services.backends.storage.local import take
from services.backends.storage.work import WorkFolder
from services.errors import Unavailable

STRIPES: Final = 64
"""Locks that keep one object from being fetched twice at once; two objects may share one."""

Fetch = Callable[[Path], None]
"""Writes the object at a path, whole, or raises."""


class ObjectCache:
    """Files by key in one folder, which several processes may share. What is in use is never thrown away."""

    def __init__(self, folder: Path, most_bytes: int) -> None:
        self._folder, self._most = folder.resolve(), most_bytes
        self._work = WorkFolder(self._folder / ".work")
        self._locks = [threading.Lock() for _ in range(STRIPES)]

    @contextlib.contextmanager
    def pinned(self, key: str, fetch: Fetch) -> Iterator[Path]:
        """The object's file, valid inside the block; fetched when it is not here."""
        with contextlib.ExitStack() as pins:
            yield self._pin(key, fetch, pins)
        if self._most == 0:
            self._shrink()

    def add(self, key: str, source: Path) -> None:
        """Keeps a file that was just stored; `source` is moved when it lies on the same disk."""
        part = self._work.part()
        try:
            take(source, part)
            part.replace(self._path(key))
        finally:
            part.unlink(missing_ok=True)
        self._shrink()

    def drop(self, key: str) -> None:
        """Forgets the object; whoever uses it keeps it."""
        self._path(key).unlink(missing_ok=True)

    def _pin(self, key: str, fetch: Fetch, pins: contextlib.ExitStack) -> Path:
        path = self._path(key)
        with self._locks[hash(key) % STRIPES]:
            try:
                pinned = pins.enter_context(self._work.pinned(path))
            except FileNotFoundError:
                pinned = self._fetched(path, fetch, pins)
        _touch(pinned)
        return pinned

    def _fetched(self, path: Path, fetch: Fetch, pins: contextlib.ExitStack) -> Path:
        part = self._work.part()
        try:
            fetch(part)
            # Others may make room, or drop the object, at any moment: the second name comes first.
            pinned = pins.enter_context(self._work.pinned(part))
            part.replace(path)
        except OSError as error:
            raise Unavailable(
                f"The file cannot be kept in {self._folder} ({error.strerror}).", "Make room on the disk of the app."
            ) from error
        finally:
            part.unlink(missing_ok=True)
        self._shrink()
        return path if pinned == part else pinned

    def _shrink(self) -> None:
        """Deletes the files that were used longest ago and are not in use, until the rest is small enough."""
        files = sorted(_facts(self._folder), key=lambda file: file[1].st_atime_ns)
        size = sum(status.st_size for _, status in files)
        for path, status in files:
            if size <= self._most:
                return
            if status.st_nlink == 1:
                path.unlink(missing_ok=True)
                size -= status.st_size

    def _path(self, key: str) -> Path:
        return self._folder / (hashlib.sha256(key.encode()).hexdigest()[:40] + Path(key).suffix)


def _facts(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """Every file of the folder; those that vanish meanwhile are passed over."""
    for path in folder.iterdir():
        with contextlib.suppress(FileNotFoundError):
            if not path.name.startswith("."):
                yield path, path.stat()


def _touch(path: Path) -> None:
    """Notes a use. The time of the last change stays: it tells mapped copies of a table apart."""
    with contextlib.suppress(OSError):
        os.utime(path, ns=(time.time_ns(), path.stat().st_mtime_ns))
