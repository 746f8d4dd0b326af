"""Detectors: what may be wrong in a table, and the step that would mend it. General rules, no labels, no model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from services.code.detectors import amounts, damage, dependencies, gaps, moments, patterns, spelling, tidiness
from services.code.detectors.idea import Detector, Idea, Table

__all__ = ["Idea", "Table", "find"]

ORDER: Final[tuple[Detector, ...]] = (
    tidiness.find,
    damage.find,
    moments.find,
    dependencies.find,
    spelling.find,
    patterns.find,
    amounts.find,
)
"""Each looks at the table as the ones before would leave it."""


def find(table: Table) -> Sequence[Idea]:
    """What the detectors propose, in the order in which the steps can be applied."""
    ideas, whole = list[Idea](), table
    for detector in ORDER:
        found, table = detector(table)
        ideas += found
    ideas.sort(key=lambda idea: idea.effect == "form")
    return [*ideas, *gaps.find(whole)[0]]
