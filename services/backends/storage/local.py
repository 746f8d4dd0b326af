"""Immutable files in a local folder."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from services.backends.storage import keys
from services.backends.storage.work import WorkFolder
from services.errors import Unavailable
from services.protocols import Storage


class LocalStorage(Storage):
    """Files under `root`, one per key. Half-written files and pins live in `root/.work`."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()
        self._work = WorkFolder(self._root / ".work")

    @property
    def place(self) -> str:
        """The folder."""
        return str(self._root)

    @contextmanager
    def local(self, key: str) -> Iterator[Path]:
        """A readable path that stays valid inside the `with` block, even when the key is deleted meanwhile.

        Raises: NotFound.
        """
        path = self._path(key)
        with ExitStack() as pins:
            try:
                pinned = pins.enter_context(self._work.pinned(path))
            except FileNotFoundError:
                raise keys.missing() from None
            yield pinned

    def put(self, source: Path, key: str) -> None:
        """Stores the file whole or not at all; `source` is moved when it lies on the same disk."""
        target, part = self._path(key), self._work.part()
        try:
            take(source, part)
            flush(part)
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
            raise keys.missing() from None

    def list(self, prefix: str) -> Iterator[str]:
        """Keys that begin with `prefix`, in order."""
        parent = prefix.rpartition("/")[0]
        folder = self._root / parent if keys.is_key(parent) else self._root
        found = (path.relative_to(self._root).as_posix() for path in folder.rglob("*") if path.is_file())
        yield from sorted(key for key in found if key.startswith(prefix) and keys.is_key(key))

    def check(self) -> None:
        """Raises: Unavailable, when the folder is away or cannot be written to."""
        if not os.access(self._root, os.R_OK | os.W_OK | os.X_OK):
            raise Unavailable(
                f"The folder {self._root} is away or cannot be written to.", "See that its disk is there."
            )

    def sweep(self) -> Iterator[str]:
        """Nothing: what killed processes leave goes when the next one starts."""
        return iter(())

    def _path(self, key: str) -> Path:
        return self._root / keys.checked(key)

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
        flush(target.parent)


def take(source: Path, part: Path) -> None:
    """Moves the file to `part`; copies it when it is a link or lies on another disk."""
    if source.is_symlink():
        shutil.copyfile(source, part)
        return
    try:
        source.rename(part)
    except OSError:
        shutil.copyfile(source, part)


def flush(path: Path) -> None:
    """Makes the disk keep it."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
