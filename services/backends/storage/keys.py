"""What a key may be, the same for every storage."""

from __future__ import annotations

import re
from typing import Final

from services.errors import BadInput, NotFound

KEY: Final = re.compile(r"(?:[A-Za-z0-9][A-Za-z0-9._=-]{0,127}/)*[A-Za-z0-9][A-Za-z0-9._=-]{0,127}")
"""Names joined by "/"; none begins with a dot, so no key reaches outside the folder or into its own `.work`."""

MOST_CHARS: Final = 1_024


def checked(key: str) -> str:
    """The key. Raises: BadInput, when it is none."""
    if not is_key(key):
        raise BadInput(f"“{key[:80]}” is not a storage key.", "Keys are plain names joined by “/”.")
    return key


def is_key(key: str) -> bool:
    return len(key) <= MOST_CHARS and KEY.fullmatch(key) is not None


def missing() -> NotFound:
    """What is said when nothing is stored under a key."""
    return NotFound("This file is no longer stored.", "Upload it again.")
