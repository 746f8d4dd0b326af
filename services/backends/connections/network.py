"""Which addresses of the network may be reached for a person: public ones, and those the owner allowed.

A name is looked up once, every address it has is checked, and the very address that was checked is connected to: a name
that answers differently the second time (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.errors import BadInput, Unavailable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
SPECIAL: Final = tuple(map(ipaddress.IPv4Network, ("100.64.0.0/10", "192.0.0.0/24", "198.18.0.0/15")))
"""Not for the public either, whatever this Python says of them."""


@dataclass(frozen=True)
class Guard:
    """Lets through what is public or in one of the `allowed` networks."""

    allowed: Sequence[Network] = ()

    def resolve(self, host: str, port: int) -> str:
        """An address of the host that may be connected to.

        Raises: BadInput, when one of its addresses is private; Unavailable, when the name is unknown.
        """
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise Unavailable(f"The host {host[:100]} is not known.", "Check its name.") from None
        addresses = [str(entry[4][0]) for entry in found]
        for address in addresses:
            self.check(address, host)
        return addresses[0]

    def check(self, address: str, host: str) -> None:
        """Raises: BadInput, when the address is private and not allowed."""
        seen = _plain(ipaddress.ip_address(address.partition("%")[0]))
        if any(seen.version == network.version and seen in network for network in self.allowed):
            return
        if not seen.is_global or seen.is_multicast or seen.is_reserved or _is_special(seen):
            raise BadInput(
                f"The host {host[:100]} is in a private network.",
                "The owner of this server can allow its network with RED_PANDAS_ALLOWED_NETWORKS.",
            )


def networks(text: str) -> tuple[Network, ...]:
    """The networks in a setting: "10.0.0.0/8, 192.168.1.5". Raises: BadInput."""
    try:
        return tuple(ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError:
        raise BadInput(
            f"RED_PANDAS_ALLOWED_NETWORKS is “{text[:100]}”.", "Write networks like 10.0.0.0/8, with commas between."
        ) from None


def _is_special(address: Address) -> bool:
    return any(address.version == network.version and address in network for network in SPECIAL)


def _plain(address: Address) -> Address:
    """The IPv4 address inside an IPv6 one, where a gateway would pass it on."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None) or address
