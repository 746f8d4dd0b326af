"""The team's words that a question uses: spelled out for the built-in analyst, told to a model, named in the answer."""

from __future__ import annotations

from dataclasses import replace

from services import definitions
from services.protocols import Brief


def sentences(brief: Brief) -> tuple[str, ...]:
    """ "revenue = price * units", for each that the question uses."""
    return tuple(each.sentence for each in definitions.used(brief.question, brief.definitions))


def caveats(brief: Brief) -> list[str]:
    """What the answer says of them."""
    return [f"By your team's definition: {each}." for each in sentences(brief)]


def spelled(brief: Brief) -> Brief:
    """The same with the question as the built-in analyst reads it."""
    return replace(brief, question=definitions.spelled_out(brief.question, brief.definitions))
