"""A reply on its way to the person, with the real values in it."""

from __future__ import annotations

from services.assistant.veil import Veil
from services.domain import Exchange
from services.protocols import Progress


class Unveiled:
    """A `Progress` that puts real values in place of tokens, word by word, and notes with what left the machine which
    values did not."""

    def __init__(self, progress: Progress, veil: Veil) -> None:
        self._progress, self._veil, self._begun = progress, veil, ""

    def stage(self, name: str) -> None:
        self._progress.stage(name)

    def text(self, piece: str) -> None:
        """Passes on whole words: a token may come in pieces."""
        self._begun += piece
        end = max(self._begun.rfind(" "), self._begun.rfind("\n")) + 1
        whole, self._begun = self._begun[:end], self._begun[end:]
        if whole:
            self._progress.text(self._veil.restore(whole))

    def flush(self) -> None:
        """Passes on the last word."""
        if self._begun:
            rest, self._begun = self._begun, ""
            self._progress.text(self._veil.restore(rest))

    def share(self, done: float) -> None:
        self._progress.share(done)

    def check(self) -> None:
        self._progress.check()

    def sent(self, exchange: Exchange) -> None:
        self._progress.sent(exchange.model_copy(update={"hidden": self._veil.used_in(exchange.sent)}))
