"""Processes that tests start: they end with the tests, however those end."""

from __future__ import annotations

import ctypes
import socket
import subprocess
import sys
from collections.abc import Sequence
from signal import SIGKILL
from typing import Any

PR_SET_PDEATHSIG = 1


def start(command: Sequence[object], **options: Any) -> subprocess.Popen[bytes]:
    """A process that dies with this one. Call it in the main thread: on Linux the thread's end counts."""
    bound = _bind if sys.platform == "linux" else None
    return subprocess.Popen([str(word) for word in command], preexec_fn=bound, **options)


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _bind() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, SIGKILL)
