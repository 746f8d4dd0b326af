"""Attacks that a locked child tries on itself at start. One success is enough to distrust the level."""

from __future__ import annotations

import ctypes
import mmap
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final


def _opens(path: str) -> bool:
    with Path(path).open("rb") as file:
        return len(file.read(16)) > 0


def _writes(folder: str) -> bool:
    Path(folder, f"red-pandas-canary-{os.getpid()}").write_text("x")
    return True


def _connects(_: str) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM):
        return True


def _forks(_: str) -> bool:
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    return True


def _executes(_: str) -> bool:
    return subprocess.run([sys.executable, "--version"], check=False, capture_output=True).returncode == 0


def _signals(_: str) -> bool:
    os.kill(os.getppid() or 1, 0)
    return True


def _spies(_: str) -> bool:
    return _opens(f"/proc/{os.getppid() or 1}/environ")


def _raises_limits(_: str) -> bool:
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    return True


def _makes_code(_: str) -> bool:
    mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC).close()
    return True


def _takes_memory(_: str) -> bool:
    size = 1 << 30
    return len(bytearray(size)) == size


def _traces(_: str) -> bool:
    return int(ctypes.CDLL(None).ptrace(0, 0, 0, 0)) == 0


ATTACKS: Final[dict[str, Callable[[str], bool]]] = {
    "open a file": _opens,
    "write a file": _writes,
    "make a socket": _connects,
    "make a process": _forks,
    "start a program": _executes,
    "signal another process": _signals,
    "read another environment": _spies,
    "raise a limit": _raises_limits,
    "make executable memory": _makes_code,
    "take twice the memory": _takes_memory,
    "be traced": _traces,
}
MEMORY_MB: Final = 256
"""What the testing child may use; the attack asks for four times as much."""


def successes(canary: str, folder: str) -> list[str]:
    """The names of the attacks that worked. Runs in a locked child."""
    worked = []
    for name, attack in ATTACKS.items():
        try:
            if attack(canary if name == "open a file" else folder):
                worked.append(name)
        except (OSError, ValueError, MemoryError, subprocess.SubprocessError):
            continue
    return worked
