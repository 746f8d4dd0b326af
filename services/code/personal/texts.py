"""Personal data in a text."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from services.code.personal import patterns, people
from services.code.personal.kinds import Span

LONGEST: Final = 20_000
"""Characters of one text that are read."""


def find(text: str, known: Collection[str] = ()) -> list[Span]:
    """What is personal in a text, in its order; no two overlap. `known` are words, as keys, that name no person."""
    read = text[:LONGEST]
    taken = patterns.find(read)
    names = [span for span in people.find(read, known) if not any(_overlap(span, other) for other in taken)]
    return sorted([*taken, *names], key=lambda span: span.start)


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end
