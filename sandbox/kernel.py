"""The few calls to the Linux kernel that Python has no function for."""

from __future__ import annotations

import ctypes
import os
import platform
import sys
from typing import Any, Final

PR_SET_PDEATHSIG: Final = 1
PR_SET_DUMPABLE: Final = 4
PR_SET_KEEPCAPS: Final = 8
PR_SET_NAME: Final = 15
PR_SET_NO_NEW_PRIVS: Final = 38
_NUMBERS: Final = {"x86_64": {"seccomp": 317, "capset": 126}, "aarch64": {"seccomp": 277, "capset": 91}}
_CAP_DAC_READ_SEARCH: Final = 2
_CAP_VERSION: Final = 0x20080522


def machine() -> str:
    """ "x86_64" or "aarch64", or another name where the filter has no table."""
    found = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine().lower(), platform.machine().lower())
    return found if sys.platform == "linux" and sys.maxsize > 2**32 else "other"


def call(number: int, *arguments: Any) -> int:
    """What the system call gave. Raises: OSError."""
    library = _library()
    outcome: int = library.syscall(ctypes.c_long(number), *arguments)
    if outcome < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return outcome


def prctl(option: int, value: int) -> None:
    """Raises: OSError."""
    if _library().prctl(option, ctypes.c_ulong(value), 0, 0, 0) != 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))


def set_name(name: str) -> None:
    """What `ps` and `top` call this process; at most 15 letters."""
    if sys.platform == "linux":
        _library().prctl(PR_SET_NAME, ctypes.c_char_p(name.encode()), 0, 0, 0)


def shrink_stacks(size: int) -> None:
    """Threads started from now on get stacks of so many bytes: they count against the memory of a run."""
    library = _library()
    attributes = ctypes.create_string_buffer(256)
    if hasattr(library, "pthread_setattr_default_np") and library.pthread_attr_init(attributes) == 0:
        library.pthread_attr_setstacksize(attributes, ctypes.c_size_t(size))
        library.pthread_setattr_default_np(attributes)


def unshare(flags: int) -> None:
    """Raises: OSError."""
    if _library().unshare(flags) != 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))


def seccomp(program: ctypes.Structure) -> None:
    """Puts the filter on every thread of this process. Raises: OSError."""
    mode_filter, all_threads = 1, 1
    call(_NUMBERS[machine()]["seccomp"], mode_filter, all_threads, ctypes.byref(program))


def drop_capabilities(search: bool = False) -> None:
    """Gives up every capability, also those of a user namespace; with `search`, all but reading past file modes.

    Raises: OSError.
    """
    header = (ctypes.c_uint32 * 2)(_CAP_VERSION, 0)
    kept = 1 << _CAP_DAC_READ_SEARCH if search else 0
    words = (ctypes.c_uint32 * 6)(kept, kept, 0, 0, 0, 0)
    call(_NUMBERS[machine()]["capset"], ctypes.byref(header), ctypes.byref(words))


def _library() -> Any:
    return ctypes.CDLL(None, use_errno=True)
