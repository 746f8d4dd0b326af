"""The call filter of the kernel (seccomp): a short list of system calls, some only with harmless arguments.

Everything else ends with an error, not with a kill, so that libraries can fall back. Numbers are those of x86-64 and
aarch64; -1 where an architecture has no such call.
"""

from __future__ import annotations

import ctypes
import errno
import mmap
import os
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sandbox import kernel

ALLOW: Final = 0x7FFF0000
ERROR: Final = 0x00050000
KILL: Final = 0x80000000
_ARCHITECTURES: Final = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_X32: Final = 0x40000000
_LOAD, _AND, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x54, 0x15, 0x35, 0x06
Instruction = tuple[int, int, int, int]

HARMLESS: Final = {
    "read": (0, 63), "write": (1, 64), "close": (3, 57), "fstat": (5, 80), "poll": (7, -1), "lseek": (8, 62),
    "munmap": (11, 215), "brk": (12, 214), "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139), "pread64": (17, 67), "readv": (19, 65), "writev": (20, 66), "select": (23, -1),
    "sched_yield": (24, 124), "mremap": (25, 216), "madvise": (28, 233), "dup": (32, 23), "dup2": (33, -1),
    "dup3": (292, 24), "nanosleep": (35, 101), "getpid": (39, 172), "exit": (60, 93), "uname": (63, 160),
    "getcwd": (79, 17), "gettimeofday": (96, 169), "getrlimit": (97, 163), "getrusage": (98, 165),
    "sysinfo": (99, 179), "times": (100, 153), "getuid": (102, 174), "getgid": (104, 176), "geteuid": (107, 175),
    "getegid": (108, 177), "getppid": (110, 173), "getpgrp": (111, -1), "sigaltstack": (131, 132),
    "gettid": (186, 178), "futex": (202, 98), "sched_getaffinity": (204, 123), "set_tid_address": (218, 96),
    "restart_syscall": (219, 128), "fadvise64": (221, 223), "clock_gettime": (228, 113), "clock_getres": (229, 114),
    "clock_nanosleep": (230, 115), "exit_group": (231, 94), "pselect6": (270, 72), "ppoll": (271, 73),
    "set_robust_list": (273, 99), "getcpu": (309, 168), "getrandom": (318, 278), "membarrier": (324, 283),
    "rseq": (334, 293), "fstatfs": (138, 44), "getdents64": (217, 61),
}  # fmt: skip
FALL_BACK: Final = {"clone3": (435, 435), "openat2": (437, 437), "close_range": (436, 436), "statmount": (457, 457)}
"""Answered as if the kernel did not know them: their arguments lie behind pointers that a filter cannot follow."""
OPENING: Final = {"open": (2, -1), "openat": (257, 56)}
LOOKING: Final = {
    "stat": (4, -1), "lstat": (6, -1), "access": (21, -1), "readlink": (89, -1), "statfs": (137, 43),
    "readlinkat": (267, 78), "faccessat": (269, 48), "faccessat2": (439, 439),
}  # fmt: skip
STATUS: Final = {"newfstatat": (262, 79), "statx": (332, 291)}
WRITING: Final = {
    "pwrite64": (18, 68), "pwritev": (296, 70), "fsync": (74, 82), "fdatasync": (75, 83), "truncate": (76, 45),
    "ftruncate": (77, 46), "fallocate": (285, 47), "umask": (95, 166), "flock": (73, 32),
}  # fmt: skip
"""For scratch folders; Landlock says where."""
ARRANGING: Final = {
    "rename": (82, -1), "mkdir": (83, -1), "rmdir": (84, -1), "unlink": (87, -1), "mkdirat": (258, 34),
    "unlinkat": (263, 35), "renameat": (264, 38), "renameat2": (316, 276),
}  # fmt: skip
"""With these a file can be kept open while it has no name, or lie too deep to be found: none counts its bytes then."""
STARTING: Final = {
    "execve": (59, 221), "fork": (57, -1), "vfork": (58, -1), "wait4": (61, 260), "waitid": (247, 95),
    "pipe": (22, -1), "pipe2": (293, 59), "arch_prctl": (158, -1), "set_thread_area": (205, -1), "chdir": (80, 49),
}  # fmt: skip
"""For the one named program of the grant `fit`; Landlock says which."""
MMAP, MPROTECT, CLONE, PRCTL, PRLIMIT, TGKILL, IOCTL, FCNTL = (
    (9, 222), (10, 226), (56, 220), (157, 167), (302, 261), (234, 131), (16, 29), (72, 25),
)  # fmt: skip

_WRITE_FLAGS: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND | getattr(os, "O_TMPFILE", 0)
_TMPFILE_BIT: Final = 0o20000000
_EMPTY_PATH: Final = 0x1000
_CLONE_VM, _CLONE_THREAD = 0x100, 0x10000
_NEW_SPACES: Final = 0x7E020080
"""Every flag of clone that makes a namespace."""
_PRCTL: Final = (15, 16, 3, 39, 0x53564D41)
"""Set and get the thread's name, ask for dumpable and no_new_privs, name memory."""
_IOCTL: Final = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)
"""TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX."""
_FCNTL: Final = (0, 1, 2, 3, 4, 1030)
"""Duplicate, and get or set the flags of a descriptor; no owners, signals, leases or pipe sizes."""
_LOCKS: Final = (5, 6)
"""F_GETLK and F_SETLK, which DuckDB asks for on the files it writes; without waiting, so nobody is held up."""


@dataclass(frozen=True)
class Allowances:
    """What a grant adds to the shortest list."""

    opens: bool = True
    """Opening paths for reading; Landlock says which. Off in mode N."""
    writes: bool = False
    arranges: bool = False
    """Folders, other names and deletion, in the place that can be written to."""
    programs: bool = False
    jit: bool = False
    """Executable memory, for just-in-time compilers."""


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_char_p)]


def install(allowances: Allowances) -> None:
    """Puts the filter on this process, for good. Needs `no_new_privs`. Raises: OSError."""
    instructions = program(allowances, kernel.machine(), os.getpid())
    code = b"".join(struct.pack("<HBBI", *instruction) for instruction in instructions)
    kernel.seccomp(_Program(len(instructions), code))


def program(allowances: Allowances, machine: str, pid: int) -> list[Instruction]:
    """The filter, as instructions of the classic Berkeley packet filter."""
    place = list(_ARCHITECTURES).index(machine)
    head: list[Instruction] = [(_LOAD, 0, 0, 4), (_EQUAL, 1, 0, _ARCHITECTURES[machine]), _give(KILL), (_LOAD, 0, 0, 0)]
    if machine == "x86_64":
        head += [(_AT_LEAST, 0, 1, _X32), _give(KILL)]
    rules = [(numbers, [_give(ALLOW)]) for numbers in HARMLESS.values()]
    rules += [(numbers, [_refuse(errno.ENOSYS)]) for numbers in FALL_BACK.values()]
    rules += _paths(allowances) + _memory(allowances) + _processes(allowances, pid) + _controls(allowances)
    body = [each for numbers, answer in rules if numbers[place] >= 0 for each in _when(numbers[place], answer)]
    return [*head, *body, _refuse(errno.EPERM)]


Rule = tuple[tuple[int, int], list[Instruction]]


def _paths(allowances: Allowances) -> list[Rule]:
    if not allowances.opens:
        gone = [_refuse(errno.ENOENT)]
        by_handle = [*_has_all(3, _EMPTY_PATH, [_give(ALLOW)]), *gone]
        by_handle_x = [*_has_all(2, _EMPTY_PATH, [_give(ALLOW)]), *gone]
        found: list[Rule] = [(numbers, gone) for numbers in [*OPENING.values(), *LOOKING.values()]]
        return [*found, (STATUS["newfstatat"], by_handle), (STATUS["statx"], by_handle_x)]
    looking: list[Rule] = [(numbers, [_give(ALLOW)]) for numbers in [*LOOKING.values(), *STATUS.values()]]
    if allowances.writes:
        written = [*WRITING.values(), *(ARRANGING.values() if allowances.arranges else ())]
        looking += [(numbers, [_give(ALLOW)]) for numbers in written]
        return [*looking, (OPENING["open"], _named_only(1)), (OPENING["openat"], _named_only(2))]
    return [*looking, (OPENING["open"], _reads_only(1)), (OPENING["openat"], _reads_only(2))]


def _reads_only(argument: int) -> list[Instruction]:
    bits = (_WRITE_FLAGS & ~os.O_DIRECTORY) | _TMPFILE_BIT
    return [_load(argument), (_AND, 0, 0, bits), (_EQUAL, 0, 1, 0), _give(ALLOW), _refuse(errno.EACCES)]


def _named_only(argument: int) -> list[Instruction]:
    """No file without a name, which fills the disk unseen."""
    return [*_has_all(argument, _TMPFILE_BIT, [_refuse(errno.EOPNOTSUPP)]), _give(ALLOW)]


def _memory(allowances: Allowances) -> list[Rule]:
    shared = _has_all(3, mmap.MAP_SHARED | mmap.MAP_ANONYMOUS, [_refuse(errno.EPERM)])
    if allowances.jit:
        return [(MMAP, [*shared, _give(ALLOW)]), (MPROTECT, [_give(ALLOW)])]
    both = _has_all(2, mmap.PROT_WRITE | mmap.PROT_EXEC, [_refuse(errno.EPERM)])
    anonymous = _has_all(3, mmap.MAP_ANONYMOUS, [*_has_all(2, mmap.PROT_EXEC, [_refuse(errno.EPERM)])])
    no_code = [*_has_all(2, mmap.PROT_EXEC, [_refuse(errno.EPERM)]), _give(ALLOW)]
    return [(MMAP, [*both, *shared, *anonymous, _give(ALLOW)]), (MPROTECT, no_code)]


def _processes(allowances: Allowances, pid: int) -> list[Rule]:
    no_spaces = [_load(0), (_AND, 0, 0, _NEW_SPACES), (_EQUAL, 1, 0, 0), _refuse(errno.EPERM)]
    threads = _has_all(0, _CLONE_VM | _CLONE_THREAD, [_give(ALLOW)])
    rules: list[Rule] = [(CLONE, [*no_spaces, *threads, _refuse(errno.EPERM)])]
    if allowances.programs:
        rules = [(CLONE, [*no_spaces, _give(ALLOW)])]
        rules += [(numbers, [_give(ALLOW)]) for numbers in STARTING.values()]
    return [*rules, (TGKILL, _one_of(0, [pid]))]


def _controls(allowances: Allowances) -> list[Rule]:
    fcntl = (*_FCNTL, *_LOCKS) if allowances.writes else _FCNTL
    asks_only = [
        _load(2),
        (_EQUAL, 0, 3, 0),
        _load(2, high=True),
        (_EQUAL, 0, 1, 0),
        _give(ALLOW),
        _refuse(errno.EPERM),
    ]
    return [
        (PRCTL, _one_of(0, _PRCTL)),
        (IOCTL, _one_of(1, _IOCTL)),
        (FCNTL, _one_of(1, fcntl)),
        (PRLIMIT, asks_only),
    ]


def _give(action: int) -> Instruction:
    return (_RETURN, 0, 0, action)


def _refuse(error: int) -> Instruction:
    return _give(ERROR | error)


def _load(argument: int, high: bool = False) -> Instruction:
    return (_LOAD, 0, 0, 16 + 8 * argument + 4 * high)


def _when(number: int, answer: Sequence[Instruction]) -> Iterable[Instruction]:
    """The answer, where the call has this number; every path of it returns."""
    return [(_EQUAL, 0, len(answer), number), *answer]


def _has_all(argument: int, bits: int, answer: Sequence[Instruction]) -> list[Instruction]:
    """The answer where the argument has all of the bits; else goes on after it."""
    return [_load(argument), (_AND, 0, 0, bits), (_EQUAL, 0, len(answer), bits), *answer]


def _one_of(argument: int, values: Iterable[int]) -> list[Instruction]:
    tests = [each for value in values for each in ((_EQUAL, 0, 1, value), _give(ALLOW))]
    return [_load(argument), *tests, _refuse(errno.EPERM)]
