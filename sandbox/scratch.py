"""The folders that some runs may write to, and what keeps them from outliving their run."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from uuid import uuid4

MOST_FILES: Final = 2_000
MOST_DEPTH: Final = 16
FREE_BYTES: Final = 256 * 1024 * 1024
"""What no run may take of a disk: a file that was deleted while it is open takes room that nobody sees."""


def folder() -> tempfile.TemporaryDirectory[str]:
    """A folder of its own for one run."""
    return tempfile.TemporaryDirectory(prefix="red-pandas-scratch-", ignore_cleanup_errors=True)


@contextlib.contextmanager
def shallow(place: Path) -> Iterator[None]:
    """After the block, no folder in `place` lies too deep to be deleted with it in the usual way, which recurses."""
    try:
        yield
    finally:
        for entry in list(os.scandir(place)):
            if entry.is_dir(follow_symlinks=False) and _is_deep(entry.path):
                _delete(Path(entry.path))


def is_full(folder: str, megabytes: int) -> bool:
    """Whether the folder holds more than so many megabytes, or more or deeper than makes sense or can be seen, or
    the disk is full."""
    disk = os.statvfs(folder)
    if disk.f_bavail * disk.f_frsize < min(FREE_BYTES, disk.f_blocks * disk.f_frsize // 20):
        return True
    size = count = 0
    waiting = [(folder, 0)]
    while waiting:
        place, depth = waiting.pop()
        try:
            with os.scandir(place) as entries:
                for entry in entries:
                    count += 1
                    if count > MOST_FILES or depth > MOST_DEPTH:
                        return True
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append((entry.path, depth + 1))
                    else:
                        size += _bytes_of(entry)
        except FileNotFoundError:
            continue
        except OSError:
            return True
    return size > megabytes * 1024 * 1024


def _bytes_of(entry: os.DirEntry[str]) -> int:
    try:
        return entry.stat(follow_symlinks=False).st_blocks * 512
    except FileNotFoundError:
        return 0


def _is_deep(top: str) -> bool:
    """Whether there are folders under more than so many others, or some that cannot be looked into."""
    waiting = [(top, 1)]
    while waiting:
        place, depth = waiting.pop()
        try:
            with os.scandir(place) as entries:
                waiting += [(each.path, depth + 1) for each in entries if each.is_dir(follow_symlinks=False)]
        except OSError:
            return True
        if depth > MOST_DEPTH:
            return True
    return False


def _delete(top: Path) -> None:
    """Deletes a folder of any depth, as far as this user may: its folders are moved up before they are emptied."""
    waiting = [top]
    while waiting:
        place = waiting.pop()
        with contextlib.suppress(OSError):
            place.chmod(0o700)
            for entry in list(os.scandir(place)):
                if not entry.is_dir(follow_symlinks=False):
                    Path(entry.path).unlink()
                    continue
                waiting.append(Path(entry.path).rename(top.parent / uuid4().hex))
            place.rmdir()
