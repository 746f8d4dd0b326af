"""Namespaces of its own for the warm process, where the kernel allows them: no network, no other processes."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Final

from sandbox import kernel

_NEW_IPC, _NEW_USER, _NEW_PID, _NEW_NET = 0x08000000, 0x10000000, 0x20000000, 0x40000000
_SPACES: Final = _NEW_IPC | _NEW_PID | _NEW_NET


def enter() -> bool:
    """Whether this process now has namespaces of its own. It is then the first process in them; the one that called
    stays behind, waits for it, and takes it along when it ends."""
    user, group = os.geteuid(), os.getegid()
    try:
        kernel.unshare(_SPACES if user == 0 else _SPACES | _NEW_USER)
    except OSError:
        return False
    if user != 0:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    pid = os.fork()
    if pid:
        os._exit(_keep(pid))
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    return True


def _keep(pid: int) -> int:
    """Waits for the first process of the namespaces; gives its exit code."""
    os.closerange(0, os.sysconf("SC_OPEN_MAX"))
    _, status = os.waitpid(pid, 0)
    return abs(os.waitstatus_to_exitcode(status))
