"""Detectors: what may be wrong in a table, and the step that would mend it. General rules, no labels, no model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from services.code.detectors import (
    amounts,
    combinations,
    damage,
    dependencies,
    gaps,
    moments,
    patterns,
    sounds,
    spelling,
    structure,
    tidiness,
)
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
TO_DECIDE: Final[tuple[Detector, ...]] = (gaps.find, sounds.find, structure.find, combinations.find)
"""What a person must decide about, found in the table as the others leave it; what they find stands last."""


def find(table: Table) -> Sequence[Idea]:
    """What the detectors propose, in the order in which the steps can be applied."""
    ideas, whole = list[Idea](), table
    for detector in ORDER:
        found, table = detector(table)
        ideas += found
    ideas.sort(key=lambda idea: idea.effect == "form")
    return [
        *ideas,
        *(idea for detector in TO_DECIDE for idea in detector(whole if detector is gaps.find else table)[0]),
    ]
