"""The veil of one question: which values of it, of the conversation and of the table's names must not leave."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final

from services.assistant.veil import Veil
from services.code.personal import PersonalKind, texts
from services.code.personal.columns import is_known_name
from services.code.personal.gazetteer import key
from services.domain import Finding, Kind, Turn
from services.protocols import Brief

LONGEST_PHRASE: Final = 6
"""Words of a phrase that is looked up among the cells."""
MOST_WORDS: Final = 800
AS_NUMBERS: Final = frozenset({PersonalKind.PHONE, PersonalKind.NATIONAL_ID, PersonalKind.CARD})
"""Kinds that a column may hold as bare numbers."""
_DIGITS: Final = re.compile(r"(?<![\w.,-])\d{6,19}(?![\w]|[.,]\d)")
_WORD: Final = re.compile(r"\S+")
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_EDGE: Final = " \t\n.,;:!?()[]{}<>\"“”„‘’'`"


def drawn(brief: Brief) -> Veil:
    """The veil over everything of a brief; the same brief gives the same tokens."""
    names = [column.name for profile in brief.profiles.values() for column in profile.columns]
    if not brief.disclosure.mask:
        return Veil(active=False)
    people = in_names(names)
    known = {key(word) for name, found in people.items() if not found for word in _LETTERS.findall(name)}
    veil = Veil(taken=[*_asked(brief), *names], known=known)
    for value, kind in _cells(brief):
        veil.add(value, kind)
    for text in _asked(brief):
        veil.text(text)
    for found in people.values():
        for value, kind in found:
            veil.add(value, kind)
    return veil


def in_names(names: Sequence[str]) -> dict[str, tuple[tuple[str, PersonalKind], ...]]:
    """What is personal in each name of a column."""
    capitals = sum(name[:1].isupper() for name in names)
    return {name: in_name(name, lonely=capitals <= len(names) / 2) for name in names}


@lru_cache(maxsize=8_192)
def in_name(name: str, *, lonely: bool = False) -> tuple[tuple[str, PersonalKind], ...]:
    """What is personal in the name of a column; `lonely` says that most others have no capitals."""
    spans = ((name[span.start : span.end], span.kind) for span in texts.find(name))
    return tuple(
        (value, kind) for value, kind in spans if kind is not PersonalKind.NAME or _is_person(value, name, lonely)
    )


def _is_person(value: str, name: str, lonely: bool) -> bool:
    """Whether the capitals of a column's name are a person: a known name; or two words that alone have capitals."""
    before, _, after = name.partition(value)
    rest, owns = f"{before} {after}".strip(), after.startswith(("'s", "’s"))
    if " " not in value:
        return (not rest or owns) and is_known_name(value)
    return is_known_name(value) or owns or (rest.islower() if rest else lonely)


def _asked(brief: Brief) -> Iterator[str]:
    """The question and what was said before it."""
    yield brief.question
    for turn in reversed(brief.history):
        yield from _said(turn)


def _said(turn: Turn) -> Iterator[str]:
    yield turn.question
    if turn.plan:
        yield from (turn.plan.reading, turn.plan.message)


def _cells(brief: Brief) -> Iterator[tuple[str, PersonalKind]]:
    """The phrases of the question that are cells of a column in which personal data was found."""
    personal = {finding.column: finding.kind for finding in brief.disclosure.findings if not finding.in_text}
    kinds = {column.name: column.kind for profile in brief.profiles.values() for column in profile.columns}
    if any(kinds.get(name) is Kind.TEXT for name in personal):
        said = dict(_phrases(brief.question))
        for hit in brief.find_values(list(said)):
            if hit.column in personal and (typed := said.get(hit.value.lower())):
                yield typed, personal[hit.column]
    numbers = [kind for name, kind in personal.items() if kinds.get(name) is not Kind.TEXT and kind in AS_NUMBERS]
    for found in _DIGITS.findall(brief.question) if numbers else ():
        yield found, numbers[0]


def _phrases(question: str) -> Iterator[tuple[str, str]]:
    """Up to six words in a row, in small letters and as typed."""
    words = list(_WORD.finditer(question))[:MOST_WORDS]
    for first, word in enumerate(words):
        for last in words[first : first + LONGEST_PHRASE]:
            whole = question[word.start() : last.end()]
            bare = whole.strip(_EDGE).removesuffix("'s").removesuffix("’s")
            for typed in dict.fromkeys((bare, whole)):
                if len(typed) > 1:
                    yield typed.lower(), typed


def personal_columns(findings: Iterable[Finding]) -> frozenset[str]:
    """The columns whose lowest and highest values would be somebody's."""
    return frozenset(finding.column for finding in findings)
