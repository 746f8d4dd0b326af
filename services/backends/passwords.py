"""Passwords as argon2 keeps them."""

from __future__ import annotations

from threading import BoundedSemaphore
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

AT_ONCE: Final = 4
"""Checks at the same time: each takes 64 MiB for a tenth of a second (RFC 9106, the second choice)."""
NOBODYS: Final = "$argon2id$v=19$m=65536,t=3,p=4$cmVkLXBhbmRhcy1ub2JvZHk$aU2jNKH3qZGfmJ9jZ1jQkJcE0yZbdJ0T8hJb1XfE1rQ"
"""Matched against when there is no such person: it takes as long, and no password is known to fit."""


class Passwords:
    """Hashes and compares; at most `AT_ONCE` at a time, so that guessing cannot eat the machine's memory."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()
        self._turn = BoundedSemaphore(AT_ONCE)

    def hash(self, password: str) -> str:
        """What is kept in place of the password."""
        with self._turn:
            return self._hasher.hash(password)

    def fits(self, password: str, kept: str) -> bool:
        """Whether it is the password that was hashed. Takes as long when nothing is kept."""
        with self._turn:
            try:
                return self._hasher.verify(kept or NOBODYS, password) and bool(kept)
            except (VerificationError, InvalidHashError):
                return False

    def is_outdated(self, kept: str) -> bool:
        """Whether it should be hashed again, with what is asked for by now."""
        return self._hasher.check_needs_rehash(kept)
