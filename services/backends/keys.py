"""Secret keys that are made once and kept in a file that only this account may read."""

from __future__ import annotations

import hashlib
import secrets
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

KEY_BYTES = 32


def kept(path: Path) -> bytes:
    """The key in the file, made at the first call: whoever comes first, all get the same and never half of it."""
    with suppress(FileNotFoundError):
        return path.read_bytes()
    part = path.with_name(f".{uuid4().hex}.key")
    part.touch(mode=0o600)
    try:
        part.write_bytes(secrets.token_bytes(KEY_BYTES))
        _place(part, path)
    finally:
        part.unlink(missing_ok=True)
    return path.read_bytes()


def made_of(secret: str) -> bytes:
    """The key that a secret stands for, the same everywhere."""
    return hashlib.sha256(secret.encode()).digest()


def _place(part: Path, path: Path) -> None:
    try:
        path.hardlink_to(part)
    except FileExistsError:
        return
    except OSError:  # a disk without hard links
        part.replace(path)
