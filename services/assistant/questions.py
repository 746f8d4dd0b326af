"""Questions that the built-in analyst can answer, made from what a profile tells and what a person is after."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from services.assistant.builtin.starters import is_answerable, spoken, starters
from services.domain import ColumnProfile, Profile

MOST_GROUPS: Final = 4
_WORD: Final = re.compile(r"[^\W\d_]{3,}")


def of_relations(profile: Profile) -> Iterator[str]:
    """About the pairs of columns that go together most."""
    for found in profile.correlations[:3]:
        asked = f"Correlation between {spoken(found.left)} and {spoken(found.right)}"
        left, right = profile.column(found.left), profile.column(found.right)
        if left and right and left.semantic.is_group != right.semantic.is_group:
            number, group = (right, left) if left.semantic.is_group else (left, right)
            asked = f"Average {spoken(number.name)} by {spoken(group.name)}"
        if is_answerable(asked, profile):
            yield asked


def of_goal(goal: str, profile: Profile) -> list[str]:
    """From the whole to its parts: over time, by group, by two groups, what goes along with it."""
    every = [*_about(goal, profile), *starters(profile)]
    return [each for each in dict.fromkeys(every) if is_answerable(each, profile)]


def _about(goal: str, profile: Profile) -> Iterator[str]:
    measures = _named_first(goal, [one for one in profile.columns if one.semantic.is_amount])
    groups = [one for one in profile.columns if one.semantic.is_group and 2 <= one.distinct <= 30]
    groups = _named_first(goal, groups)[:MOST_GROUPS]
    has_time = any(one.kind.is_date for one in profile.columns)
    if not measures:
        yield "Number of rows over time" if has_time else "How many rows are there?"
        yield from (f"How many rows per {spoken(one.name)}?" for one in groups)
        return
    about = spoken(measures[0].name)
    if has_time:
        yield f"Total {about} over time"
        yield f"Average {about} over time"
        yield "How many rows over time?"
    yield from (f"Total {about} by {spoken(one.name)}" for one in groups)
    yield from (f"Average {about} by {spoken(one.name)}" for one in groups[:2])
    if len(groups) > 1:
        yield f"Total {about} by {spoken(groups[0].name)} and {spoken(groups[1].name)}"
    yield from (f"Correlation between {about} and {spoken(one.name)}" for one in measures[1:3])
    yield f"Distribution of {about}"


def _named_first(goal: str, columns: Sequence[ColumnProfile]) -> list[ColumnProfile]:
    """Those whose names the goal says, first."""
    said = {word[:5].casefold() for word in _WORD.findall(goal)}
    return sorted(columns, key=lambda one: -len(said & {word[:5].casefold() for word in _WORD.findall(one.name)}))
