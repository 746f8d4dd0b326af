"""Progress of work that nobody follows, and how work that blocks its thread is stopped all the same."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from services.errors import Stopped

if TYPE_CHECKING:  # the readers of files import this in each of their short lives
    from sandbox.messages import OnOutput, RunRequest, RunResult
    from services.domain import Exchange
    from services.protocols import Executor, Progress

POLL_SECONDS: Final = 0.2
"""Longest time until a stop is heard."""
STAGE_CHARS: Final = 160
PART: Final = re.compile(r"(\d{1,9}) of (\d{1,9})\b")


class Quiet:
    """Tells nobody, and is never asked to stop."""

    def stage(self, name: str) -> None: ...

    def text(self, piece: str) -> None: ...

    def share(self, done: float) -> None: ...

    def check(self) -> None: ...

    def sent(self, exchange: Exchange) -> None: ...


QUIET: Final = Quiet()


class Stages:
    """Tells as the stage what a run prints: the last whole line, and the share where that has "3 of 40"."""

    def __init__(self, progress: Progress) -> None:
        self._progress, self._begun = progress, ""

    def __call__(self, text: str, /) -> None:
        *lines, self._begun = (self._begun + text)[-STAGE_CHARS:].split("\n")
        said = next((line.strip() for line in reversed(lines) if line.strip()), "")
        if not said:
            return
        with suppress(Stopped):  # whoever watches over the run stops it
            self._progress.stage(said)
            if found := PART.search(said):
                self._progress.share(min(1.0, int(found[1]) / max(1, int(found[2]))))


def stoppable(
    executor: Executor, request: RunRequest, progress: Progress, on_output: OnOutput | None = None
) -> RunResult:
    """What the run gave; it is killed as soon as a person asks to stop. Raises: Stopped."""
    with listening(progress, lambda: executor.stop(request.id)):
        return executor.run(request, on_output)


@contextmanager
def listening(progress: Progress, interrupt: Callable[[], object]) -> Iterator[None]:
    """Calls `interrupt` again and again once a person asked to stop, until the block ends; that then raises `Stopped`,
    whatever the interrupted work raised."""
    if isinstance(progress, Quiet):
        yield
        return
    done, heard = threading.Event(), list[Stopped]()
    listener = threading.Thread(target=_listen, args=(progress, interrupt, done, heard), name="stop", daemon=True)
    listener.start()
    try:
        yield
    finally:
        done.set()
        listener.join()
        if heard:
            raise heard[0]
    progress.check()


def _listen(progress: Progress, interrupt: Callable[[], object], done: threading.Event, heard: list[Stopped]) -> None:
    while not done.wait(POLL_SECONDS):
        try:
            progress.check()
        except Stopped as stopped:
            heard[:] = [stopped]
            interrupt()
