"""Columns that hold counts: tallies that are added up, and the quantity that is sold."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from services.assistant.builtin.intent import Aggregate, Chart, Measure
from services.assistant.builtin.language.question import Draft, Unreadable
from services.domain import ColumnProfile


def tallied(draft: Draft, measures: Sequence[Measure]) -> tuple[Measure, ...]:
    """The measures, where a column of counts is added up in place of counting rows: "how many gold medals"."""
    found = tally_column(draft)
    generic = re.search(r"\b(?:rows?|records?|entries|lines?)\b", draft.question.casefold())
    counts = Measure(aggregate=Aggregate.COUNT)
    if found is None or generic or counts not in measures or draft.having or draft.each:
        return tuple(measures)
    draft.assumed = [*draft.assumed, f"The counts in “{found.name}” are added up."]
    added = Measure(aggregate=Aggregate.SUM, column=found.name)
    return tuple(dict.fromkeys(added if one == counts else one for one in measures))


def tally_column(draft: Draft) -> ColumnProfile | None:
    """The number column called just "count", where each row stands for many things."""
    found = [one for one in draft.columns.measures() if draft.columns.words[one.name] in _TALLIES]
    return found[0] if len(found) == 1 else None


_TALLIES: Final = (("count",), ("frequency",), ("freq",), ("cnt",), ("tally",))


def quantity_sold(draft: Draft) -> ColumnProfile | None:
    """The quantity column when the question speaks of selling or buying, noted as taken for granted."""
    match = re.search(r"\b(?:sold|sells?|selling|sellers?|bought|buys?|purchased|ordered)\b", draft.question.casefold())
    found = draft.columns.speaking_of(("quantity", "qty", "unit"))
    if match and found:
        note = f"“{match[0]}” is read as the total of “{found.name}”."
        draft.assumed = [one for one in draft.assumed if one != note] + [note]
        return found
    return None


GROUPED: Final = re.compile(
    r"\b(?:by|per|each|every|for (?:all|the different)|across|over|trends?|group\w*|which|who|different|various|daily|"
    r"weekly|monthly|quarterly|yearly|annual\w*|vs|versus|against|compare\w*|all)\b"
)
"""What asks for groups."""


def refuse_groups(draft: Draft, name: str) -> None:
    """A column left over where one number about some rows is asked for is no group, but not understood.

    Raises: Unreadable.
    """
    asked = re.search(r"\b(?:how (?:many|much)|(?:what|which) (?:total )?(?:number|amount))\b", draft.question.lower())
    shown = draft.chart not in (None, Chart.NONE) or draft.sort or draft.share or draft.limit is not None
    if (
        asked
        and draft.contrast is None
        and draft.change is None
        and draft.where
        and not shown
        and not draft.each
        and not draft.best
    ):
        raise Unreadable(f"I do not understand what “{name}” has to do with the rest of the question.")
