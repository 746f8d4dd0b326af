"""The nearest questions that can be answered, for one that cannot."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from services.assistant.builtin.grammar.reader import read
from services.assistant.builtin.language.columns import Columns
from services.assistant.builtin.language.question import Unreadable
from services.assistant.builtin.language.sketch import sketch
from services.assistant.builtin.language.words import literally
from services.assistant.builtin.requests.reader import requested
from services.assistant.builtin.starters import spoken, starters
from services.domain import TABLE_NAME, Profile
from services.protocols import Brief, ValueFinder

WANTED = 3


def nearest(
    question: str, problem: Unreadable, profile: Profile, find_values: ValueFinder, title: str = ""
) -> tuple[str, ...]:
    """Up to three questions, each of which is answered: the readings asked about, repairs, then starters."""
    ideas = [
        *problem.readings,
        *_repairs(question, problem.missing, profile),
        *_without(question, problem.missing),
        *_simpler(question),
        *_with_columns(question, profile, find_values),
    ]
    found: list[str] = []
    for idea in ideas:
        if idea not in found and idea.casefold() != question.casefold() and _is_read(idea, profile, find_values, title):
            found.append(idea)
        if len(found) == (len(problem.readings) if len(problem.readings) > 1 else WANTED):
            return tuple(found)
    return tuple(dict.fromkeys([*found, *starters(profile)]))[:WANTED]


def _is_read(question: str, profile: Profile, find_values: ValueFinder, title: str) -> bool:
    try:
        if requested(Brief(question, {TABLE_NAME: profile}, (), find_values), find_values) is None:
            read(question, profile, find_values, title)
    except Unreadable:
        return False
    return True


def _repairs(question: str, missing: str, profile: Profile) -> list[str]:
    """The question with the word nobody knows replaced by the columns it is most like."""
    if not missing:
        return []
    columns = Columns.of(profile)
    product = _product(question, missing, columns)
    if not _measured_word(question, missing):
        return product
    names = [
        one for one in columns.nearest(missing) if one in [each.name for each in columns.measures()] and one != missing
    ]
    if re.search(
        rf"(?i)\b(?:average|mean|total|sum|median|highest|lowest|max\w*|min\w*) (?:\w+ )?{re.escape(missing)}", question
    ):
        names += [one.name for one in columns.measures() if one.name not in names][:2]
    pattern = re.compile(rf"\b{re.escape(missing)}\b", re.IGNORECASE)
    return product + [pattern.sub(literally(spoken(name)), question, count=1) for name in names]


_EARNED: Final = frozenset(
    {"revenue", "sales", "turnover", "income", "amount", "spend", "spending", "earnings", "value", "takings"}
)


def _product(question: str, missing: str, columns: Columns) -> list[str]:
    """ "revenue" as units times price, where the table has both."""
    units = columns.speaking_of(("quantity", "qty", "unit", "count"))
    prices = [
        one for one in columns.measures() if "price" in columns.words[one.name] or "cost" in columns.words[one.name]
    ]
    prices = [one for one in prices if one is not units]
    if missing.casefold() not in _EARNED or units is None or not prices:
        return []
    said = literally(f"total {spoken(units.name)} x {spoken(prices[0].name)}")
    return [re.sub(rf"(?i)(?:\b(?:total|sum of|overall)\s+)?\b{re.escape(missing)}\b", said, question, count=1)]


def _measured_word(question: str, missing: str) -> bool:
    """Whether the word stands where only a number column can: after "average", "total" or the like."""
    pattern = rf"(?i)\b(?:average|mean|total|sum|median) (?:of )?(?:the )?{re.escape(missing)}\b"
    return bool(re.search(pattern, question))


_SIMPLER: Final = (
    (r"\b(?:forecast|predict|project|extrapolate)\w*\b(.*?)(?: (?:for|over|in) (?:the )?next\b.*)?$", r"\1 over time"),
    (r"\b(?:running|cumulative) (?:total|sum|count)(?: of)?\b", "total"),
    (r"\bcumulative\b", "total"),
    (r"\b(?:growth(?: rate)?|percent(?:age)? change|change|moving average|rolling average)(?: of| in)?\b", "total"),
    (r"\b(?:outliers?|anomal\w+)(?: in| of| for)?\b", "distribution of"),
    (r"\b(?:what|why|how come)\b.*?\b(?:why|because|reasons? for)\b", "average"),
)
"""What cannot be done → the nearest thing that can."""


def _simpler(question: str) -> list[str]:
    """The question with what cannot be done replaced by the nearest that can."""
    found = [re.sub(pattern, said, question.strip(" ?"), flags=re.IGNORECASE).strip() for pattern, said in _SIMPLER]
    return [one[:1].upper() + one[1:] for one in found if one != question.strip(" ?")]


def _without(question: str, missing: str) -> list[str]:
    """The question without the word nobody knows, where that leaves a whole question."""
    if not missing or len(question.split()) < 4:
        return []
    left = re.sub(rf"(?i)(?:\b(?:with|in|by|of|for|from) )?\b{re.escape(missing)}\b[ ,]*", "", question)
    return [re.sub(r"\s+", " ", left).strip()] if left.strip(" ?") else []


def _with_columns(question: str, profile: Profile, find_values: ValueFinder) -> Sequence[str]:
    """Simple questions about the columns and values the question holds."""
    columns = Columns.of(profile)
    draft = sketch(question, columns, find_values)
    named = [mention.candidates[0].column for mention in draft.mentions]
    said = set(re.findall(r"[a-z]+", question.casefold()))
    named += [one for one in profile.columns if said & {word for word in columns.words[one.name] if len(word) > 2}]
    measures = [one for one in dict.fromkeys(named) if one in columns.measures()]
    groups = [one for one in dict.fromkeys(named) if one in columns.dimensions()]
    hits = [mention.hits[0] for mention in draft.values]
    where = [f' where {spoken(hit.column)} is "{hit.value}"' for hit in hits if '"' not in hit.value]
    ideas = [f"Average {spoken(m.name)} by {spoken(g.name)}{w}" for m in measures for g in groups for w in [*where, ""]]
    ideas += [f"Average {spoken(m.name)}{w}" for m in measures for w in where]
    ideas += [f"How many rows{w}?" for w in where]
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
