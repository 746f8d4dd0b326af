"""Where a request comes from, as far as it can be told."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from services.errors import BadInput

LONGEST_AGENT: Final = 300
IPV6_HOME: Final = 64
"""Bits of an IPv6 address that a household shares: inside it, anybody has as many addresses as they like."""


@dataclass(frozen=True)
class Place:
    """A browser somewhere. `secure` says whether it talks to us over HTTPS."""

    address: str = ""
    agent: str = ""
    secure: bool = False

    @property
    def network(self) -> str:
        """What is counted as one: an address, or the household of an IPv6 address."""
        try:
            address = ip_address(self.address)
        except ValueError:
            return "unknown"
        if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
            return str(ip_network((address, IPV6_HOME), strict=False))
        return str(getattr(address, "ipv4_mapped", None) or address)


def place(peer: str, forwarded: str, agent: str, origin: str, trusted: str) -> Place:
    """The place of a request: `peer` sent it, for whoever stands last in `forwarded` before the trusted proxies."""
    return Place(_client(peer, forwarded, trusted), agent[:LONGEST_AGENT], origin.lower().startswith("https://"))


def check(trusted: str) -> None:
    """Raises: BadInput, when it is no list of networks."""
    try:
        _networks(trusted)
    except ValueError:
        raise BadInput(
            f"RED_PANDAS_TRUSTED_PROXIES is “{trusted[:80]}”.",
            "Name addresses or networks, like 10.0.0.0/8, 192.168.1.5.",
        ) from None


def _client(peer: str, forwarded: str, trusted: str) -> str:
    networks = _networks(trusted)
    hops = [*(part.strip() for part in forwarded.split(",") if part.strip()), peer]
    for hop in reversed(hops):
        try:
            address = ip_address(hop)
        except ValueError:
            break
        if not any(address in network for network in networks):
            return str(address)
    return peer


def _networks(given: str) -> list[IPv4Network | IPv6Network]:
    return [ip_network(part.strip(), strict=False) for part in given.split(",") if part.strip()]
