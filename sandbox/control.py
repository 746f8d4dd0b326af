"""Messages between the parent and the zygote: one JSON object each, with open descriptors."""

from __future__ import annotations

import json
import socket
from collections.abc import Sequence
from typing import Any, Final

MESSAGE_BYTES: Final = 16 * 1024
DESCRIPTORS: Final = 200
"""The most descriptors that travel with one message."""


def send(link: socket.socket, message: dict[str, Any], descriptors: Sequence[int] = ()) -> None:
    """Sends the message whole, from any thread. Raises: OSError, when the other side is gone."""
    socket.send_fds(link, [json.dumps(message).encode()], list(descriptors))


def receive(link: socket.socket) -> tuple[dict[str, Any] | None, list[int]]:
    """The next message and its descriptors; None when the other side is gone, or this one has no room for them."""
    try:
        data, descriptors, flags, _ = socket.recv_fds(link, MESSAGE_BYTES, DESCRIPTORS)
    except OSError:
        return None, []
    if flags & socket.MSG_CTRUNC:
        return None, []
    return (json.loads(data) if data else None), descriptors
