"""Children forked before there is work for them: locked down as far as they can be, each for one run, never used twice.

A spare knows nothing of any run until it gets the descriptors of its own. It goes when the warm process goes: by the
signal of the kernel, and because the socket it waits on ends.
"""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NoReturn

from sandbox import control


@dataclass(frozen=True)
class Born:
    """A child. `name` is a pipe with its number as `/proc` knows it, which may be another than its parent knows."""

    pid: int
    name: int


def fork(work: Callable[[], NoReturn]) -> Born:
    """A child that does the work. Raises: OSError."""
    reading, writing = os.pipe()
    try:
        pid = os.fork()
        if pid == 0:
            os.write(writing, os.readlink("/proc/self").encode())  # noqa: PTH115
            work()
    except OSError:
        os.close(reading)
        raise
    finally:
        os.close(writing)
    return Born(pid, reading)


class Spares:
    """Holds at most so many waiting children; `work` is what one does with the socket it waits on."""

    def __init__(self, most: int, work: Callable[[socket.socket], NoReturn]) -> None:
        self._most, self._work = most, work
        self._waiting: list[tuple[Born, socket.socket]] = []
        self._rests = False

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def is_short(self) -> bool:
        """Whether another should be made. Not where the last one failed: then the next run has to come first."""
        return len(self._waiting) < self._most and not self._rests

    def fill(self) -> None:
        """Adds one; none, where the system allows no further process."""
        self._rests = True
        with contextlib.suppress(OSError):
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with theirs:
                self._add(ours, theirs)

    def _add(self, ours: socket.socket, theirs: socket.socket) -> None:
        try:
            self._waiting.append((fork(lambda: self._work(theirs)), ours))
            self._rests = False
        except OSError:
            ours.close()

    def take(self, descriptors: Sequence[int]) -> Born | None:
        """The spare that now has the descriptors, if one was waiting."""
        self._rests = False
        while self._waiting:
            born, link = self._waiting.pop(0)
            with link:
                try:
                    control.send(link, {"go": True}, descriptors)
                except OSError:
                    os.close(born.name)
                    continue
            return born
        return None

    def forget(self, pid: int) -> None:
        """Takes note that a process has died, which may have been a spare."""
        for each in [each for each in self._waiting if each[0].pid == pid]:
            self._rests = True
            self._waiting.remove(each)
            os.close(each[0].name)
            each[1].close()
