"""Immutable files in a local folder."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from services.errors import BadInput, NotFound
from services.protocols import Storage

KEY = re.compile(r"(?:[A-Za-z0-9][A-Za-z0-9._=-]{0,127}/)*[A-Za-z0-9][A-Za-z0-9._=-]{0,127}")
"""Names joined by "/"; none begins with a dot, so no key reaches outside the folder or into its own `.work`."""

STALE_SECONDS = 3600


class LocalStorage(Storage):
    """Files under `root`, one per key. Half-written files and pins live in `root/.work`."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()
        self._work = self._root / ".work"
        self._work.mkdir(parents=True, exist_ok=True)
        self._sweep()

    @contextmanager
    def local(self, key: str) -> Iterator[Path]:
        """A readable path that stays valid inside the `with` block, even when the key is deleted meanwhile.

        Raises: NotFound.
        """
        path = self._path(key)
        pin = self._work / f"{uuid4().hex}{path.suffix}"
        try:
            pinned = self._pin(path, pin)
        except FileNotFoundError:
            raise NotFound("This file is no longer stored.", "Upload it again.") from None
        try:
            yield pinned
        finally:
            pin.unlink(missing_ok=True)

    def put(self, source: Path, key: str) -> None:
        """Stores the file whole or not at all; `source` is moved when it lies on the same disk."""
        target = self._path(key)
        part = self._work / f"{uuid4().hex}.part"
        try:
            self._take(source, part)
            _flush(part)
            self._place(part, target)
        finally:
            part.unlink(missing_ok=True)

    def delete(self, key: str) -> None:
        """Removes the file; does nothing when there is none."""
        path = self._path(key)
        path.unlink(missing_ok=True)
        with suppress(OSError):
            for folder in path.parents:
                if folder == self._root:
                    break
                folder.rmdir()

    def exists(self, key: str) -> bool:
        return self._path(key).is_file()

    def size(self, key: str) -> int:
        """Bytes.

        Raises: NotFound.
        """
        try:
            return self._path(key).stat().st_size
        except FileNotFoundError:
            raise NotFound("This file is no longer stored.", "Upload it again.") from None

    def list(self, prefix: str) -> Iterator[str]:
        """Keys that begin with `prefix`, in order."""
        folder = self._root / prefix.rpartition("/")[0] if KEY.fullmatch(prefix.rpartition("/")[0]) else self._root
        for path in sorted(folder.rglob("*")):
            key = path.relative_to(self._root).as_posix()
            if key.startswith(prefix) and KEY.fullmatch(key) and path.is_file():
                yield key

    def _path(self, key: str) -> Path:
        if not KEY.fullmatch(key) or len(key) > 1024:
            raise BadInput(f"“{key[:80]}” is not a storage key.", "Keys are plain names joined by “/”.")
        return self._root / key

    def _pin(self, path: Path, pin: Path) -> Path:
        """A second name for the same file; the file itself where the disk has no hard links."""
        try:
            pin.hardlink_to(path)
        except FileNotFoundError:
            raise
        except OSError:
            return path
        return pin

    def _take(self, source: Path, part: Path) -> None:
        if source.is_symlink():
            shutil.copyfile(source, part)
            return
        try:
            source.rename(part)
        except OSError:
            shutil.copyfile(source, part)

    def _place(self, part: Path, target: Path) -> None:
        """Renames into place; tries again when a `delete` just took the emptied folder away."""
        for attempt in range(5):
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                part.replace(target)
                break
            except FileNotFoundError:
                if attempt == 4:
                    raise
        _flush(target.parent)

    def _sweep(self) -> None:
        """Removes what a killed process left behind."""
        oldest = time.time() - STALE_SECONDS
        for path in self._work.iterdir():
            with suppress(OSError):
                if path.stat().st_ctime < oldest:
                    path.unlink()


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
