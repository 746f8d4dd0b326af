"""File rules of the kernel (Landlock): a short list of places that may be read, and nothing else."""

from __future__ import annotations

import ctypes
import os
import struct
import sys
import sysconfig
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from sandbox import kernel

_CREATE, _ADD, _RESTRICT = 444, 445, 446
EXECUTE: Final = 1 << 0
WRITE_FILE: Final = 1 << 1
READ_FILE: Final = 1 << 2
READ_DIR: Final = 1 << 3
REMOVE_DIR: Final = 1 << 4
REMOVE_FILE: Final = 1 << 5
MAKE_DIR: Final = 1 << 7
MAKE_REG: Final = 1 << 8
REFER: Final = 1 << 13
TRUNCATE: Final = 1 << 14
READ: Final = READ_FILE | READ_DIR
WRITE: Final = READ | WRITE_FILE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | TRUNCATE
_ON_FILES: Final = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE
_ALL_BY_ABI: Final = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
"""How many of the file rights each version of the kernel's interface knows."""
_TCP: Final = 0b11
_SCOPES: Final = 0b11
_PLACES: Final = (
    "/usr/lib",
    "/usr/lib64",
    "/lib",
    "/lib64",
    "/usr/share/zoneinfo",
    "/usr/lib/locale",
    "/proc/self/cgroup",
    "/sys/fs/cgroup",
    "/sys/devices/system/cpu",
    "/proc/meminfo",
)


def version() -> int:
    """The version of the kernel's interface, or 0 where there is none."""
    try:
        return kernel.call(_CREATE, None, 0, 1)
    except OSError:
        return 0


def readable() -> list[str]:
    """The places submitted code may read: the standard library, installed packages, time zones, and facts about
    processors and memory that libraries ask for."""
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    paths = [sysconfig.get_path(name) for name in names] + [sysconfig.get_config_var("LIBDIR") or ""]
    paths += [path for path in sys.path if Path(path).name in ("site-packages", "dist-packages")]
    return [path for path in dict.fromkeys([*paths, *_PLACES]) if path and os.path.exists(path)]  # noqa: PTH110


def restrict(rules: Mapping[str, int]) -> None:
    """From now on only the places in `rules` can be used, and only as their rights say. Raises: OSError."""
    ruleset = create(rules)
    try:
        kernel.call(_RESTRICT, ruleset, 0)
    finally:
        os.close(ruleset)


def create(rules: Mapping[str, int]) -> int:
    """A descriptor of the rules. Raises: OSError."""
    abi = version()
    if abi < 1:
        raise OSError("Landlock is not available")
    handled = (1 << _ALL_BY_ABI.get(abi, 16)) - 1
    parts = [handled, _TCP, _SCOPES][: 1 + (abi >= 4) + (abi >= 6)]
    head = struct.pack(f"<{len(parts)}Q", *parts)
    ruleset = kernel.call(_CREATE, ctypes.c_char_p(head), ctypes.c_size_t(len(head)), 0)
    for path, rights in rules.items():
        _add(ruleset, path, rights & handled)
    return ruleset


def _add(ruleset: int, path: str, rights: int) -> None:
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        if not Path(path).is_dir():
            rights &= _ON_FILES
        rule = struct.pack("<Qi", rights, place)
        kernel.call(_ADD, ruleset, 1, ctypes.c_char_p(rule), 0)
    finally:
        os.close(place)


def rules(writable: Iterable[str] = (), files: Iterable[str] = (), programs: Iterable[str] = ()) -> dict[str, int]:
    """Path to rights: the readable places, a run's own files, its scratch folders and its programs."""
    found = dict.fromkeys(readable(), READ)
    found.update(dict.fromkeys(files, READ_FILE))
    found.update(dict.fromkeys(writable, WRITE))
    found.update(dict.fromkeys(programs, EXECUTE | READ_FILE))
    return found
