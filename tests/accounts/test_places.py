"""Where a request comes from is what the nearest proxy of our own says, and nobody else."""

from __future__ import annotations

import secrets

import pytest

from services.accounts.places import check, place
from services.errors import BadInput
from services.secrecy import is_guessable
from services.settings import Settings
from services.wiring import connect


@pytest.mark.parametrize(
    ("peer", "forwarded", "trusted", "address"),
    [
        ("203.0.113.5", "", "", "203.0.113.5"),
        ("203.0.113.5", "1.2.3.4", "", "203.0.113.5"),
        ("10.0.0.2", "1.2.3.4", "10.0.0.0/8", "1.2.3.4"),
        ("10.0.0.2", "6.6.6.6, 1.2.3.4", "10.0.0.0/8", "1.2.3.4"),
        ("10.0.0.2", "6.6.6.6, 1.2.3.4, 10.9.9.9", "10.0.0.0/8", "1.2.3.4"),
        ("10.0.0.2", "nonsense", "10.0.0.0/8", "10.0.0.2"),
        ("10.0.0.2", "10.1.1.1", "10.0.0.0/8", "10.0.0.2"),
        ("203.0.113.5", "1.2.3.4", "10.0.0.0/8", "203.0.113.5"),
        ("", "", "", ""),
    ],
)
def test_the_address(peer: str, forwarded: str, trusted: str, address: str) -> None:
    assert place(peer, forwarded, "agent", "", trusted).address == address


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.5", "203.0.113.5"),
        ("::ffff:203.0.113.5", "203.0.113.5"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("", "unknown"),
    ],
)
def test_what_is_counted_as_one(address: str, network: str) -> None:
    assert place(address, "", "", "", "").network == network


def test_https_is_what_the_browser_says() -> None:
    assert place("", "", "", "https://pandas.example", "").secure
    assert not place("", "", "", "http://localhost:8501", "").secure


def test_a_wrong_list_of_proxies_is_refused() -> None:
    check("10.0.0.0/8, 192.168.1.5,")
    with pytest.raises(BadInput, match="TRUSTED_PROXIES"):
        check("my-proxy")


@pytest.mark.parametrize(
    "key",
    [
        "", "change-me-change-me-change-me-12", "0" * 64, "your-secret-key-goes-here-0123456789", "ab" * 32,
        "django-insecure-super-secret-key-9f8a7b", "REPLACE_WITH_your_own_random_secret_",
        "some_key some_key some_key some_key",
    ],
)  # fmt: skip
def test_an_example_is_no_key(key: str) -> None:
    assert is_guessable(key)


def test_a_random_key_is_one(settings: Settings) -> None:
    assert not any(is_guessable(secrets.token_hex(32)) for _ in range(50))


def test_a_server_with_accounts_refuses_a_key_that_can_be_guessed(settings: Settings) -> None:
    shown = settings.model_copy(
        update={"sign_in": "accounts", "secret_key": Settings(secret_key="change-me" * 5).secret_key}
    )
    with pytest.raises(BadInput, match="can be guessed"):
        connect(shown)
