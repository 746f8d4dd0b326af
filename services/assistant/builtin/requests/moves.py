"""Moves in the history by words: undo, redo."""

# ruff: noqa: E501 — a pattern is easier to read on one line
from __future__ import annotations

import re
from typing import Final

from services.assistant.builtin.requests.clauses import plainly
from services.assistant.builtin.requests.request import Move
from services.assistant.builtin.requests.rules import count_of

_WHAT: Final = r"(?: (?:that|this|it|them|(?:the |my |your |our )?(?:last|previous|latest|most recent)?(?: (?P<count>\d+|two|three|four|five|couple(?: of)?))?(?: (?:change|step|transformation|edit|action|operation|thing|move)s?)?))?(?: (?P<times>once|twice|\d+ times|two times|three times))?(?: again)?"
_UNDO: Final = re.compile(
    rf"(?:undo|revert|roll ?back|take(?: that| it)? back|go back|step back|reverse){_WHAT}(?: (?:a|one|1) step)?",
    re.IGNORECASE,
)
_REDO: Final = re.compile(
    rf"(?:redo|do(?: that| it)? again|go forward|step forward|re-?apply|repeat the undone){_WHAT}(?: (?:a|one|1) step)?",
    re.IGNORECASE,
)
_MOST: Final = 50


def move(sentence: str) -> Move | None:
    """The move a sentence asks for; None when it asks for something else."""
    text = plainly(sentence)
    for pattern, way in ((_UNDO, "undo"), (_REDO, "redo")):
        if match := pattern.fullmatch(text):
            said = (match["times"] or "").casefold().replace(" times", "")
            times = 2 if said == "twice" else count_of(said if said != "once" else "one", 1)
            return Move("undo" if way == "undo" else "redo", min(max(times, count_of(match["count"] or "", 1)), _MOST))
    return None
