"""Credentials, encrypted for the database with the key of this installation (Fernet: AES and an HMAC)."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Final

from services.domain import Address
from services.errors import BadInput

PURPOSE: Final = b"red-pandas: credentials of connections"


class Vault:
    """Seals and opens addresses. The key never leaves it."""

    def __init__(self, key: bytes) -> None:
        self._key = base64.urlsafe_b64encode(hmac.digest(key, PURPOSE, hashlib.sha256))

    def seal(self, address: Address) -> str:
        """The address as text that tells nothing without the key."""
        from cryptography.fernet import Fernet

        return Fernet(self._key).encrypt(address.model_dump_json().encode()).decode()

    def open(self, sealed: str) -> Address:
        """Raises: BadInput, when it was sealed with another key or has been changed."""
        from cryptography.fernet import Fernet, InvalidToken

        try:
            return Address.model_validate_json(Fernet(self._key).decrypt(sealed.encode()))
        except InvalidToken:
            raise BadInput(
                "The credentials of this connection were encrypted with another key.",
                "Remove the connection and add it again, or bring back RED_PANDAS_SECRET_KEY or the home folder's key.",
            ) from None
