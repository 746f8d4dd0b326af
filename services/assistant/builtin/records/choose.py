"""The one reading of a question about single rows, or none where readings differ in their result."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from services.assistant.builtin.language.columns import Columns
from services.assistant.builtin.records import contrasts, counting, lookups, places, ranking, runs
from services.assistant.builtin.records.candidates import Candidate
from services.assistant.builtin.records.evaluate import Found, evaluate
from services.assistant.builtin.records.form import Outcome
from services.assistant.builtin.records.sheet import Sheet
from services.assistant.builtin.records.sketch import Said, sketches

SHAPES: Final[tuple[Callable[[Said], Iterator[Candidate]], ...]] = (
    contrasts.compared, contrasts.subtracted, contrasts.answered_yes, counting.counted, counting.averaged,
    runs.streaks, runs.beyond, ranking.ranked, places.neighbours, places.ends, lookups.looked_up, lookups.matched,
)  # fmt: skip
NOTHING: Final = 0.25
"""What it costs that no row is counted: more often the words were tied to the wrong cells."""
CERTAIN: Final = 0.3
"""The most a reading may cost to be answered."""
CLEAR: Final = 0.42
"""The same for cells, with at most a word of the question left (none of a ranking) and no other reading near."""
APART: Final = 0.1
"""How much dearer the next reading with another result must be."""


_FEW: Final = 3


def readings(question: str, sheet: Sheet, columns: Columns) -> list[tuple[Candidate, Found]]:
    """Every reading that gives something on these rows, the cheapest first."""
    found: list[tuple[Candidate, Found]] = []
    for said in sketches(question, sheet, columns):
        for shape in SHAPES:
            found.extend((one, evaluate(one.pick, sheet)) for one in shape(said))
    priced = [
        (replace(one, cost=one.cost + NOTHING) if result == (0.0,) else one, result) for one, result in found if result
    ]
    return sorted(priced, key=lambda one: one[0].cost)


def choose(found: list[tuple[Candidate, Found]], certain: float = CERTAIN) -> tuple[Candidate | None, list[Candidate]]:
    """The reading that stands, and the ones it cannot be told from."""
    if not found:
        return None, []
    best, result = found[0]
    cells = (
        best.pick.outcome is Outcome.CELLS
        and len(best.unknown) < (1 if best.why == "best" else 2)
        and len(result) <= _FEW
    )
    if best.cost > (CLEAR if cells and certain == CERTAIN else certain):
        return None, []
    rivals = [one for one, other in found[1:] if set(other) != set(result) and one.cost <= best.cost + APART]
    if rivals:
        return None, [best, *rivals]
    if len(result) > _FEW and best.pick.outcome is Outcome.CELLS and best.why != "cells":
        return None, []
    return best, []
