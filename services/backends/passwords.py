"""Passwords as argon2 keeps them."""

from __future__ import annotations

import secrets
from functools import cached_property
from threading import BoundedSemaphore
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

AT_ONCE: Final = 4
"""Checks at the same time: each takes 64 MiB for a tenth of a second (RFC 9106, the second choice)."""


class Passwords:
    """Hashes and compares; at most `AT_ONCE` at a time, so that guessing cannot eat the machine's memory."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._turn = BoundedSemaphore(AT_ONCE)

    @cached_property
    def _nobodys(self) -> str:
        """Matched against when there is no such person: it takes as long, and nobody knows what would fit."""
        return self._hasher.hash(secrets.token_hex())

    def warm(self) -> None:
        """Makes the first comparison as quick as the others."""
        with self._turn:
            _ = self._nobodys

    def hash(self, password: str) -> str:
        """What is kept in place of the password."""
        with self._turn:
            return self._hasher.hash(password)

    def fits(self, password: str, kept: str) -> bool:
        """Whether it is the password that was hashed. Takes as long when nothing is kept."""
        with self._turn:
            try:
                return self._hasher.verify(kept or self._nobodys, password) and bool(kept)
            except (VerificationError, InvalidHashError):
                return False

    def is_outdated(self, kept: str) -> bool:
        """Whether it should be hashed again, with what is asked for by now."""
        return self._hasher.check_needs_rehash(kept)
