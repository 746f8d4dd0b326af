"""What code gave on versions, which never change: kept in memory, the least recently used forgotten first."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import Final

from sandbox.messages import Image, RunResult, RunStatus, Table

LARGEST: Final = 8
"""One result may take this part of the room."""
SMALL: Final = 2_000
"""Bytes that a result takes besides its tables, pictures and texts."""


class RunCache:
    """Safe to share between threads. `most` is in bytes; 0 keeps nothing."""

    def __init__(self, most: int) -> None:
        self._most, self._held = most, 0
        self._kept: OrderedDict[str, tuple[RunResult, int]] = OrderedDict()
        self._lock = threading.Lock()

    @staticmethod
    def key(code: str, versions: Mapping[str, str], *how: object) -> str:
        """The key of code on versions, by the variables that hold them; `how` is what else makes a difference."""
        return hashlib.sha256(repr((code, sorted(versions.items()), how)).encode("utf-8", "surrogatepass")).hexdigest()

    def get(self, key: str) -> RunResult | None:
        """What was kept under the key."""
        with self._lock:
            found = self._kept.get(key)
            if found:
                self._kept.move_to_end(key)
            return found[0] if found else None

    def put(self, key: str, result: RunResult) -> None:
        """Keeps a result that ran to its end, unless it is large."""
        size = size_of(result)
        if result.status is not RunStatus.OK or size > self._most // LARGEST:
            return
        with self._lock:
            self._held -= self._kept.pop(key, (result, 0))[1]
            self._kept[key], self._held = (result, size), self._held + size
            while self._held > self._most:
                self._held -= self._kept.popitem(last=False)[1][1]


def size_of(result: RunResult) -> int:
    """Bytes that a result takes, about."""
    sizes = (
        len(o.arrow) if isinstance(o, Table) else len(o.png) if isinstance(o, Image) else 0 for o in result.outputs
    )
    texts = sum(len(str(o)) for o in result.outputs if not isinstance(o, Table | Image))
    return sum(sizes) + texts + len(result.stdout) + SMALL
