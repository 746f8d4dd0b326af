"""Half-written files and pins of this process. Those of a killed one go when the next process starts."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from uuid import uuid4

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

STALE_SECONDS: Final = 24 * 3600
"""Where folders cannot be locked, what lies untouched for this long is nobody's."""


class WorkFolder:
    """A folder of this process under `root`. Its lock, which ends with the process, tells the others that it lives."""

    def __init__(self, root: Path) -> None:
        root.mkdir(parents=True, exist_ok=True)
        self._folder = root / uuid4().hex
        if (lock := _locked(self._folder)) is not None:
            weakref.finalize(self, os.close, lock)
        for path in root.iterdir():
            _bury(path)

    def part(self) -> Path:
        """A new name for a file that is being written."""
        return self._folder / f"{uuid4().hex}.part"

    @contextlib.contextmanager
    def pinned(self, path: Path) -> Iterator[Path]:
        """A second name for the file, valid inside the block; the file itself where the disk has no hard links.

        Raises: FileNotFoundError.
        """
        pin = self._folder / f"{uuid4().hex}{path.suffix}"
        try:
            pin.hardlink_to(path)
        except FileNotFoundError:
            raise
        except OSError:
            pin = path
        try:
            yield pin
        finally:
            if pin is not path:
                pin.unlink(missing_ok=True)


def _locked(folder: Path) -> int | None:
    """Makes the folder; a descriptor that holds its lock, where there are locks."""
    while True:
        folder.mkdir(exist_ok=True)
        if fcntl is None:
            return None
        descriptor = os.open(folder, os.O_RDONLY)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        with contextlib.suppress(FileNotFoundError):
            if os.fstat(descriptor).st_ino == folder.stat().st_ino:
                return descriptor
        os.close(descriptor)  # another process took it for a dead one's and removed it


def _bury(path: Path) -> None:
    """Removes what a process left behind that is no more."""
    with contextlib.suppress(OSError):
        if fcntl is None or not path.is_dir():
            if path.stat().st_ctime < time.time() - STALE_SECONDS:
                _remove(path)
            return
        descriptor = os.open(path, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _remove(path)
        finally:
            os.close(descriptor)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink()
