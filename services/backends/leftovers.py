"""Folders and files that killed processes left in the home folder, and a note of what was seen lying about when."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

PATTERNS: Final = ("making-*", "connection-*", "tmp*")
"""What temporary folders in the cache are called."""


class Leftovers:
    """Looks after the folder for files under way."""

    def __init__(self, cache: Path) -> None:
        self._cache = cache
        self._notes = cache / "seen.json"

    def folders(self, seconds: float) -> list[tuple[Path, int]]:
        """Folders for files under way that nothing was written to for so long, with their bytes."""
        oldest = time.time() - seconds
        found = {path for pattern in PATTERNS for path in self._cache.glob(pattern) if path.is_dir()}
        return [(path, sum(_sizes(path))) for path in sorted(found) if _newest(path) < oldest]

    def remove(self, folder: Path) -> None:
        """Removes a folder that `folders` gave."""
        shutil.rmtree(folder, ignore_errors=True)

    def seen_for(self, names: Iterable[str], seconds: float, *, note: bool) -> list[str]:
        """Those of the names that were already seen so long ago. With `note` the others are noted, and what is not
        among them any more is forgotten."""
        now, known = time.time(), self._known()
        seen = {name: known.get(name, now) for name in names}
        if note:
            part = self._notes.with_suffix(".part")
            part.write_text(json.dumps(seen), encoding="utf-8")
            part.replace(self._notes)
        return [name for name, first in seen.items() if name in known and now - first >= seconds]

    def _known(self) -> dict[str, float]:
        with suppress(OSError, ValueError):
            found = json.loads(self._notes.read_text(encoding="utf-8"))
            if isinstance(found, dict):
                return {str(name): float(first) for name, first in found.items()}
        return {}


def _sizes(folder: Path) -> Iterator[int]:
    for path in folder.rglob("*"):
        with suppress(OSError):
            yield path.lstat().st_size if not path.is_dir() else 0


def _newest(folder: Path) -> float:
    times = [0.0]
    for path in (folder, *folder.rglob("*")):
        with suppress(OSError):
            times.append(path.lstat().st_mtime)
    return max(times)
