"""Moves in the history by words: undo, redo."""

# ruff: noqa: E501 — a pattern is easier to read on one line
from __future__ import annotations

import re
from typing import Final

from services.assistant.builtin.requests.clauses import plainly
from services.assistant.builtin.requests.request import Leap
from services.assistant.builtin.requests.rules import count_of
from services.domain import Move

_WHAT: Final = r"(?: (?:that|this|it|them|(?:the |my |your |our )?(?:last|previous|latest|most recent)?(?: (?P<count>\d+|two|three|four|five|couple(?: of)?))?(?: (?:change|step|transformation|edit|action|operation|thing|move)s?)?))?(?: (?P<times>once|twice|\d+ times|two times|three times))?(?: again)?"
_UNDO: Final = re.compile(
    rf"(?:undo|revert|roll ?back|take(?: that| it)? back|go back|step back|reverse){_WHAT}(?: (?:a|one|1) step)?",
    re.IGNORECASE,
)
_REDO: Final = re.compile(
    rf"(?:redo|do(?: that| it)? again|go forward|step forward|re-?apply|repeat the undone){_WHAT}(?: (?:a|one|1) step)?",
    re.IGNORECASE,
)
_START: Final = re.compile(
    r"(?:(?:undo|revert|reset|discard|take back|roll ?back)(?: everything| all(?: (?:of )?(?:the |my )?(?:changes|steps|edits))?| the table| the data)|start (?:over|again)(?: from scratch)?|(?:go )?back to (?:the )?(?:start|beginning|original(?: (?:table|data|version))?))",
    re.IGNORECASE,
)
_MOST: Final = 50


def leap(sentence: str) -> Leap | None:
    """The move a sentence asks for; None when it asks for something else."""
    text = plainly(sentence)
    if _START.fullmatch(text):
        return Leap(Move.START)
    for pattern, way in ((_UNDO, Move.UNDO), (_REDO, Move.REDO)):
        if match := pattern.fullmatch(text):
            said = (match["times"] or "").casefold().replace(" times", "")
            times = 2 if said == "twice" else count_of(said if said != "once" else "one", 1)
            return Leap(way, min(max(times, count_of(match["count"] or "", 1)), _MOST))
    return None
