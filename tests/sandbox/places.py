"""Folders that another user can reach: as root, runs act as a user of their own."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path


def reachable(folder: Path) -> None:
    """Lets everybody pass through the folder and those above it, up to but not including the shared temporary one."""
    shared = Path(tempfile.gettempdir())
    for each in (folder, *(parent for parent in folder.parents if shared in parent.parents)):
        with contextlib.suppress(PermissionError):
            each.chmod(0o755)
