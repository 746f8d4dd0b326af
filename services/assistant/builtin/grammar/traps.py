"""Wordings that read smoothly and mean something else than their words one by one: said to be beyond, never guessed."""

# ruff: noqa: E501 — a pattern is easier to read on one line
from __future__ import annotations

import re
from typing import Final

from services.assistant.builtin.intent import Condition, Intent, Op
from services.assistant.builtin.language.question import Draft, Unreadable

_SUPERLATIVE: Final = r"(?:highest|lowest|most|fewest|least|largest|smallest|biggest|best|worst|cheapest|longest|shortest|oldest|youngest)"
_WITHIN: Final = re.compile(
    rf"\b(?:top|bottom|first|last) N\d+ [CE]\d+\b[^?.]*?\b(?:in|within|of|for|per|from) (?:each|every) C\d+"
    rf"|\b(?:top|bottom) N\d+ [CE]\d+ per C\d+"
    rf"|\b(?:[CE]\d+|[a-z]+) with the {_SUPERLATIVE} C\d+ (?:per|in each|of each|for each|in every) (?:C\d+|year|month|week|day|quarter)\b"
)
_BOTH: Final = re.compile(r"\bboth (?:the )?V(\d+) and (?:in |from |the )*V(\d+)\b")
_EVERY: Final = re.compile(
    r"\b(?:sold|present|found|active|seen|listed|available|bought|ordered|that (?:are|were|occur|appear)) (?:in|at|by|from) (?:every|each|all)(?: the)? C\d+"
)
_MEASURED: Final = re.compile(r"\b(?:average|mean|total|sum|number|count|many|median|share|percentage|compare)\b")


class Trapped(Unreadable):
    """The wording is understood to be beyond what can be worked out: no other reading may take it up."""


def check_wording(draft: Draft) -> None:
    """Nothing, when the sketch holds none of these wordings. Raises: Trapped."""
    text = draft.text
    if _WITHIN.search(text):
        raise Trapped("I can rank all groups together, not within each of another column.")
    if (both := _BOTH.search(text)) and not _MEASURED.search(text) and _of_one(draft, int(both[1]), int(both[2])):
        raise Trapped("I cannot find what occurs with both values: ask for each of the two.")
    if _EVERY.search(text) and not _MEASURED.search(text):
        raise Trapped("I cannot find what occurs with every value of a column.")
    if re.search(r"\baverage of (?:the )?(?:average|mean|total|sum)s?\b|\baverage (?:total|sum|count)\b", text):
        raise Trapped("I cannot average what was averaged or added up before.")


def check_intent(intent: Intent) -> None:
    """Nothing, when the conditions make sense together. Raises: Trapped."""
    single = [any_of[0] for any_of in intent.where if len(any_of) == 1]
    for one in single:
        if one.op is Op.NE and any(_is_value_of(other, one) for other in single):
            raise Trapped(
                f"I cannot find what occurs with one value of “{one.column}” and not with another: ask for each of the two."
            )


def _is_value_of(other: Condition, one: Condition) -> bool:
    return other.column == one.column and other.op in (Op.EQ, Op.IN) and other.part == one.part


def _of_one(draft: Draft, first: int, second: int) -> bool:
    columns = [{hit.column for hit in draft.values[at].hits} for at in (first, second)]
    return bool(columns[0] & columns[1])
