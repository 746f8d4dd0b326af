"""Good questions about a table, made from its columns, each of which is answered."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import inflection

from services.assistant.builtin.grammar.reader import read
from services.assistant.builtin.language.columns import Columns, is_averaged, is_coded, is_total
from services.assistant.builtin.language.question import Unreadable
from services.domain import ColumnProfile, Profile, Semantic

_NOT_MEASURED = frozenset(
    {
        "latitude",
        "longitude",
        "lat",
        "lng",
        "long",
        "lon",
        "id",
        "code",
        "zip",
        "zipcode",
        "phone",
        "index",
        "iso",
        "num",
        "no",
        "number",
        "rank",
        "postcode",
        "year",
        "month",
        "day",
    }
)
WANTED = 3


def starters(profile: Profile) -> list[str]:
    """Up to three questions, most telling first; three whenever the table has three to ask."""
    found: list[str] = []
    for question in _ideas(profile):
        if question not in found and is_answerable(question, profile):
            found.append(question)
        if len(found) == WANTED:
            break
    return found


def is_answerable(question: str, profile: Profile) -> bool:
    """Whether the built-in analyst can read the question."""
    try:
        read(question, profile, lambda _: ())
    except Unreadable:
        return False
    return True


def spoken(name: str) -> str:
    """A column name as one would say it, or in quotes when it cannot be said."""
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_ ]*", name):
        return '"' + name.replace('"', "”") + '"'
    spaced = re.sub(r"(?<=[a-z])([A-Z])(?=[a-z])", lambda found: f" {found[1].lower()}", name).replace("_", " ")
    return re.sub(r"\s+", " ", spaced).strip()


def _measures(columns: Columns) -> list[ColumnProfile]:
    sensible = [
        one
        for one in columns.measures()
        if not _NOT_MEASURED & set(columns.words[one.name]) and one.distinct > 2 and is_total_or_averaged(columns, one)
    ]
    return sorted(sensible, key=lambda one: one.distinct <= 10)


def _categories(columns: Columns) -> list[ColumnProfile]:
    found = [
        one
        for one in columns.dimensions()
        if 2 <= one.distinct <= 30 and one.distinct <= max(2, columns.profile.rows // 2)
    ]
    return sorted(found, key=lambda one: not 3 <= one.distinct <= 15)


def _ideas(profile: Profile) -> Iterator[str]:
    columns = Columns.of(profile)
    measures, categories, dates = _measures(columns), _categories(columns), columns.dates()
    if measures and categories:
        yield f"Average {spoken(measures[0].name)} by {spoken(categories[0].name)}"
    yield from _over_time(columns, measures, dates)
    yield from _tops(columns, measures)
    if categories:
        yield f"How many rows per {spoken(categories[0].name)}?"
    if len(measures) > 1:
        yield f"Correlation between {spoken(measures[0].name)} and {spoken(measures[1].name)}"
    yield from (f"Distribution of {spoken(one.name)}" for one in measures)
    yield from (f"How many rows per {spoken(one.name)}?" for one in categories[1:])
    yield from (f"Average {spoken(one.name)}" for one in measures)
    yield from (f"How many different {plural_of(one.name)} are there?" for one in profile.columns if not _coded(one))
    yield "How many rows are there?"


def _over_time(columns: Columns, measures: Sequence[ColumnProfile], dates: Sequence[ColumnProfile]) -> Iterator[str]:
    if not dates or dates[0].distinct < 3:
        return
    if not measures:
        yield "How many rows over time?"
        return
    averaged = not is_total(columns.words[measures[0].name]) or dates[0].semantic is Semantic.YEAR
    yield f"{'Average' if averaged else 'Total'} {spoken(measures[0].name)} over time"


def _tops(columns: Columns, measures: Sequence[ColumnProfile]) -> Iterator[str]:
    named = [
        one
        for one in columns.profile.columns
        if one.distinct > 5 and one.semantic.coarse in (Semantic.CATEGORY, Semantic.TEXT) and not one.kind.is_number
    ]
    named = [
        one for one in named if {"name", "title", "product", "customer", "country"} & set(columns.words[one.name])
    ] or [one for one in named if one.semantic.coarse is Semantic.CATEGORY]
    if named and measures:
        yield f"Top 5 {plural_of(named[0].name)} by {spoken(measures[-1].name)}"


def plural_of(name: str) -> str:
    """The plural of a column name that is plain words, else the name as it is."""
    said = spoken(name)
    return str(inflection.pluralize(said)) if re.fullmatch(r"[A-Za-z][A-Za-z ]*[a-z]", said) else said


def is_total_or_averaged(columns: Columns, one: ColumnProfile) -> bool:
    """Whether the numbers are worth measuring: amounts or levels, not positions or categories."""
    words = columns.words[one.name]
    return is_averaged(words) or is_total(words)


def _coded(one: ColumnProfile) -> bool:
    return is_coded(one.name) or one.kind.is_number
