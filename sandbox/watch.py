"""One run as the parent sees it: bytes come in, caps are kept, the end is noted."""

from __future__ import annotations

import codecs
import mmap
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

from sandbox import wire
from sandbox.launch import Flight, Gone, Source
from sandbox.messages import Limits, OnOutput

NOTICE: Final = 200
"""Room for the notice that output was cut."""
FLOOD: Final = 1 << 20
"""Output this far beyond the cap was not written through `print`, which is cut in the worker: the run is killed."""
GRACE_SECONDS: Final = 10.0
"""How much later than the wall clock the warm process may report before it is taken for dead."""


@dataclass(frozen=True)
class Ended:
    """What came of a run. `reason` is why it was killed; `exit` is its exit code, negative for a signal; `cpu_seconds`
    is 0 where nobody counted."""

    result: bytearray | mmap.mmap
    stdout: str
    exit: int
    reason: str
    peak_mb: float
    cpu_seconds: float = 0.0


def _printed(flight: Flight) -> list[bytes]:
    """What waits in the pipe of standard output."""
    return [data for source, data in flight.events(0.0) if source == "output" and data]


@dataclass
class _Inlet:
    """What one source has sent so far, up to its cap."""

    cap: int
    data: bytearray = field(default_factory=bytearray)
    is_over: bool = False

    def take(self, piece: bytes) -> None:
        self.is_over = self.is_over or len(self.data) + len(piece) > self.cap
        if not self.is_over:
            self.data += piece


@dataclass
class _Spool:
    """The same on disk, for results that must not fill the memory of this process."""

    cap: int
    file: IO[bytes]
    is_over: bool = False

    def take(self, piece: bytes) -> None:
        self.is_over = self.is_over or self.file.tell() + len(piece) > self.cap
        if not self.is_over:
            self.file.write(piece)

    @property
    def data(self) -> bytearray | mmap.mmap:
        self.file.flush()
        return mmap.mmap(self.file.fileno(), 0, access=mmap.ACCESS_READ) if self.file.tell() else bytearray()


class Watch:
    """Follows one run, over as many starts as it takes. A result for the file `keep` is held on the disk beside it."""

    def __init__(self, limits: Limits, on_output: OnOutput | None, keep: Path | None = None) -> None:
        self._limits, self._on_output, self._keep = limits, on_output, keep
        self._told = 0
        self._flight: Flight | None = None
        self.stopped = False

    def stop(self) -> None:
        """Kills the run; it then ends as stopped."""
        self.stopped = True
        if flight := self._flight:
            flight.kill("stopped")

    def follow(self, flight: Flight) -> Ended:
        """Reads until the run has ended. Raises: Gone, when the warm process died under it."""
        self._flight = flight
        if self.stopped:
            flight.kill("stopped")
        try:
            with ExitStack() as stack:
                return self._collect(flight, stack)
        finally:
            self._flight = None
            flight.close()

    def _collect(self, flight: Flight, stack: ExitStack) -> Ended:
        inlets = self._inlets(stack)
        text = _Text(self._limits.stdout_bytes + NOTICE)
        waiting: set[Source] = {"result", "report"}
        latest = time.monotonic() + self._limits.wall_seconds + GRACE_SECONDS
        while waiting:
            if time.monotonic() > latest:
                flight.abandon()
                return Ended(bytearray(), text.whole(), -9, "timeout", 0.0)
            for source, data in flight.events(1.0):
                if not data and source == "result":
                    flight.end()
                self._take(flight, inlets[source], source, data, text)
                waiting -= set() if data else {source}
        # What was printed before the end is in the pipe by now.
        while not inlets["output"].is_over and (pieces := _printed(flight)):
            for data in pieces:
                self._take(flight, inlets["output"], "output", data, text)
        return _ended(bytes(inlets["report"].data), inlets["result"].data, text.whole())

    def _take(self, flight: Flight, inlet: _Inlet | _Spool, source: Source, data: bytes, text: _Text) -> None:
        inlet.take(data)
        if inlet.is_over:
            flight.kill("too_big")
        elif source == "output" and data:
            self._tell(text, text.add(data))

    def _inlets(self, stack: ExitStack) -> dict[Source, _Inlet | _Spool]:
        most = self._limits.output_bytes + wire.HEADER_BYTES + 4
        folder = self._keep.parent if self._keep else None
        spool = folder and stack.enter_context(tempfile.TemporaryFile(dir=folder))  # noqa: SIM115
        return {
            "result": _Spool(most, spool) if spool else _Inlet(most),
            "output": _Inlet(self._limits.stdout_bytes + FLOOD),
            "report": _Inlet(4096),
        }

    def _tell(self, text: _Text, piece: str) -> None:
        """Passes on what no earlier start of the same run has passed on."""
        fresh = piece[max(0, self._told - (text.length - len(piece))) :]
        self._told = max(self._told, text.length)
        if self._on_output is not None and fresh:
            self._on_output(fresh)


class _Text:
    """Bytes as text, up to a cap."""

    def __init__(self, cap: int) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._parts: list[str] = []
        self._left = cap
        self.length = 0

    def add(self, data: bytes) -> str:
        """The characters that the bytes complete."""
        text = self._decoder.decode(data[: self._left])
        self._left -= min(len(data), self._left)
        self._parts.append(text)
        self.length += len(text)
        return text

    def whole(self) -> str:
        return "".join(self._parts)


def _ended(report: bytes, result: bytearray | mmap.mmap, stdout: str) -> Ended:
    if not report:
        raise Gone("the warm process died")
    said: Any = wire.strict_json(report)
    used = said.get("cpu_seconds", 0.0)
    return Ended(result, stdout, said["exit"], said.get("reason", ""), said.get("peak_mb", 0.0), used)
