"""The nearest questions that can be answered, for one that cannot."""

from __future__ import annotations

import re
from collections.abc import Sequence

from services.assistant.builtin.grammar.reader import read
from services.assistant.builtin.language.columns import Columns
from services.assistant.builtin.language.question import Unreadable
from services.assistant.builtin.language.words import literally
from services.assistant.builtin.starters import spoken, starters
from services.domain import Profile
from services.protocols import ValueFinder

WANTED = 3


def nearest(
    question: str, problem: Unreadable, profile: Profile, find_values: ValueFinder, title: str = ""
) -> tuple[str, ...]:
    """Up to three questions, each of which is answered: the readings asked about, repairs, then starters."""
    ideas = [*problem.readings, *_repairs(question, problem.missing, profile), *_with_columns(question, profile)]
    found: list[str] = []
    for idea in ideas:
        if idea not in found and idea.casefold() != question.casefold() and _is_read(idea, profile, find_values, title):
            found.append(idea)
        if len(found) == max(WANTED, len(problem.readings)):
            return tuple(found)
    if problem.readings and len(found) == len(problem.readings):
        return tuple(found)
    return tuple(dict.fromkeys([*found, *starters(profile)]))[:WANTED]


def _is_read(question: str, profile: Profile, find_values: ValueFinder, title: str) -> bool:
    try:
        read(question, profile, find_values, title)
    except Unreadable:
        return False
    return True


def _repairs(question: str, missing: str, profile: Profile) -> list[str]:
    """The question with the word nobody knows replaced by the columns it is most like."""
    if not missing:
        return []
    columns = Columns.of(profile)
    if not _measured_word(question, missing):
        return []
    names = [
        one for one in columns.nearest(missing) if one in [each.name for each in columns.measures()] and one != missing
    ]
    if re.search(
        rf"(?i)\b(?:average|mean|total|sum|median|highest|lowest|max\w*|min\w*) (?:\w+ )?{re.escape(missing)}", question
    ):
        names += [one.name for one in columns.measures() if one.name not in names][:2]
    pattern = re.compile(rf"\b{re.escape(missing)}\b", re.IGNORECASE)
    return [pattern.sub(literally(spoken(name)), question, count=1) for name in names]


def _measured_word(question: str, missing: str) -> bool:
    """Whether the word stands where only a number column can: after "average", "total" or the like."""
    pattern = rf"(?i)\b(?:average|mean|total|sum|median) (?:of )?(?:the )?{re.escape(missing)}\b"
    return bool(re.search(pattern, question))


def _with_columns(question: str, profile: Profile) -> Sequence[str]:
    """Simple questions about the columns whose words the question holds."""
    columns = Columns.of(profile)
    said = set(re.findall(r"[a-z]+", question.casefold()))
    named = [one for one in profile.columns if said & {word for word in columns.words[one.name] if len(word) > 2}]
    measures = [one for one in named if one in columns.measures()]
    groups = [one for one in named if one in columns.dimensions()]
    ideas = [f"Average {spoken(m.name)} by {spoken(g.name)}" for m in measures for g in groups]
    ideas += [f"How many rows per {spoken(g.name)}?" for g in groups] + [f"Average {spoken(m.name)}" for m in measures]
    return ideas


def about(problem: Unreadable, profile: Profile) -> str:
    """What to say: what is wrong, and the nearest columns when one is missing."""
    if not problem.missing or f"“{problem.missing}”" not in problem.message or profile.column(problem.missing):
        return problem.message
    near = Columns.of(profile).nearest(problem.missing)
    if near:
        return f"{problem.message} The nearest columns are {_quoted(near)}."
    shown = [one.name for one in profile.columns[:8]]
    return f"{problem.message} It has {_quoted(shown)}{' and more' if len(profile.columns) > 8 else ''}."


def _quoted(names: Sequence[str]) -> str:
    quoted = [f"“{name}”" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"
