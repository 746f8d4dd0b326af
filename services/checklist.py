"""The nouns of the checks on an answer. `services.domain` passes them on."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import model_validator

from services.facts import Fact


class Outcome(StrEnum):
    """How a check ended."""

    PASSED = "passed"
    WARNED = "warned"
    """The reader should know; the answer stands."""
    FAILED = "failed"
    """The answer is doubtful: the engineer tries again, and what stays is a caveat."""
    SKIPPED = "skipped"
    """Could not be made here; the sentence says why."""


class Check(Fact):
    """One check that was made on an answer, without a language model."""

    name: str
    """ "receipts", "data", "order", "joins", "result", "reading" or "two ways"."""
    outcome: Outcome
    sentence: str
    """What was found, for a person. Holds no value of a cell."""
    evidence: tuple[str, ...] = ()
    """What shows it, line by line; may hold values."""

    @model_validator(mode="before")
    @classmethod
    def _of_old(cls, value: Any) -> Any:
        """Turns of earlier versions kept sentences of checks that had passed."""
        known = {"name": "two ways", "outcome": Outcome.PASSED, "sentence": value}
        return known if isinstance(value, str) else value
