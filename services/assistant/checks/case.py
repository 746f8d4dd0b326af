"""What a check is given: an answer that ran, and the means to run more code on the same table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sandbox.messages import Output, RunResult
from services.domain import Plan, Profile
from services.protocols import Brief

Rerun = Callable[[str, bool], RunResult]
"""Runs code on the table of the question, with `sql` where the second argument says so."""


@dataclass(frozen=True)
class Case:
    """One attempt that gave a result."""

    question: str
    plan: Plan
    code: str
    result: RunResult
    text: str
    """The sentences that are to be shown."""
    profiles: Mapping[str, Profile]
    """By the variable that holds the table."""
    rerun: Rerun | None = None
    brief: Brief | None = None
    """What the analyst was given, where a second reading is wanted."""
    memo: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """What one check found out and another needs, too."""

    @cached_property
    def outputs(self) -> tuple[Output, ...]:
        """What is shown of the result."""
        return tuple(output for output in self.result.outputs if not output.name.startswith("_"))
