"""What a sentence asks for when it is no question."""

from __future__ import annotations

from dataclasses import dataclass

from services.code.analyses import AnalysisBase
from services.code.steps import Single
from services.domain import Move


@dataclass(frozen=True)
class Change:
    """Steps, in order, each to be tried before it is applied."""

    steps: tuple[Single, ...]
    assumed: tuple[str, ...] = ()
    """What was taken for granted, as sentences."""


@dataclass(frozen=True)
class Study:
    """A method of the registry."""

    analysis: AnalysisBase
    assumed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Leap:
    """Some steps back or forth in the history of the table."""

    move: Move
    times: int = 1
