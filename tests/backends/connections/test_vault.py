"""Credentials are sealed, and open with the same key only."""

from __future__ import annotations

import pytest

from services.backends.connections import Vault
from services.domain import Address
from services.errors import BadInput

ADDRESS = Address(url="postgresql://ann:s3cret@db/x", key_id="id", secret="more-s3cret")


def test_what_is_sealed_opens_again_and_tells_nothing() -> None:
    sealed = Vault(b"a key").seal(ADDRESS)
    assert "s3cret" not in sealed
    assert Vault(b"a key").open(sealed) == ADDRESS
    assert sealed != Vault(b"a key").seal(ADDRESS)


@pytest.mark.parametrize("change", [lambda sealed: sealed[:-2] + "A=", lambda sealed: "", lambda sealed: "x" * 200])
def test_another_key_or_a_change_is_told(change: object) -> None:
    sealed = Vault(b"a key").seal(ADDRESS)
    for vault, text in ((Vault(b"another"), sealed), (Vault(b"a key"), change(sealed))):  # type: ignore[operator]
        with pytest.raises(BadInput, match="another key"):
            vault.open(text)
