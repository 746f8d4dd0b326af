"""A change in words, for pages that take nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from services.assistant.builtin.language.question import Unreadable
from services.assistant.builtin.nearest import about
from services.assistant.builtin.requests.reader import change
from services.code.steps import Single
from services.domain import Profile
from services.errors import BadInput
from services.protocols import OtherTable, ValueFinder

LONGEST: Final = 600
EXAMPLES: Final = "Say it like “fill missing prices with the median”, “drop duplicates” or “rename x to y”."


def steps(
    sentence: str, profile: Profile, find_values: ValueFinder, others: Callable[[], Sequence[OtherTable]]
) -> tuple[Single, ...]:
    """The steps that a sentence asks for. Raises: BadInput, when it asks for none that this table can have."""
    if len(sentence) > LONGEST:
        raise BadInput("This is too long for one change.", "Describe one change at a time.")
    try:
        found = change(sentence, profile, find_values, others)
    except Unreadable as problem:
        raise BadInput(about(problem, profile), _hint(problem)) from problem
    if found is None:
        raise BadInput("I do not understand which change is meant.", EXAMPLES)
    return found.steps


def _hint(problem: Unreadable) -> str:
    """How it could be said instead."""
    said = " or ".join(f"“{each}”" for each in problem.readings[:3])
    return f"Say {said}." if said else EXAMPLES
