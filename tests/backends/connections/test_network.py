"""Private addresses are refused however they are written, and the address that was checked is the one connected to."""

from __future__ import annotations

import socket

import pytest

from services.backends.connections.network import Guard, networks
from services.errors import BadInput, Unavailable


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "localhost", "0.0.0.0", "10.0.0.8", "172.16.3.4", "192.168.1.1", "169.254.169.254", "::1", "::"),
        *("100.64.0.1", "224.0.0.1", "255.255.255.255", "fe80::1", "fc00::1", "ff02::1", "240.0.0.1", "192.0.0.8"),
        *("::ffff:127.0.0.1", "::ffff:a00:8", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2130706433"),
        *("127.1", "0x7f.1", "017700000001", "2001:0:4136:e378:8000:63bf:80ff:fffe"),
    ],
)
def test_private_addresses_are_refused(host: str) -> None:
    with pytest.raises((BadInput, Unavailable), match=r"private network|not known"):
        Guard().resolve(host, 80)


@pytest.mark.parametrize("host", ["8.8.8.8", "2001:4860:4860::8888", "::ffff:8.8.8.8"])
def test_public_ones_pass(host: str) -> None:
    assert Guard().resolve(host, 80)


def test_what_the_owner_allows_passes_and_nothing_beside_it() -> None:
    guard = Guard(networks("10.0.0.0/8, 192.168.1.5"))
    assert guard.resolve("10.3.2.1", 80) == "10.3.2.1"
    assert guard.resolve("192.168.1.5", 80)
    with pytest.raises(BadInput, match="private network"):
        guard.resolve("192.168.1.6", 80)


def test_a_name_with_one_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def both(*_: object, **__: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80)) for address in ("8.8.8.8", "10.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", both)
    with pytest.raises(BadInput, match="private network"):
        Guard().resolve("rebind.example", 80)


@pytest.mark.parametrize("text", ["10.0.0.0/33", "everything", "10.0.0.1/8"])
def test_networks_that_are_none_are_told(text: str) -> None:
    with pytest.raises(BadInput, match="RED_PANDAS_ALLOWED_NETWORKS"):
        networks(text)
