"""Which nouns of a question may stand for the rows of the table: never one that would narrow them."""

from __future__ import annotations

from typing import Final

from services.assistant.builtin.language.columns import likeness
from services.assistant.builtin.language.question import Draft, Unreadable
from services.assistant.builtin.language.resolve import is_unique
from services.assistant.builtin.language.words import lemma
from services.domain import Kind, Semantic

GENERIC: Final = frozenset(
    {"row", "record", "entry", "line", "item", "case", "observation", "entity", "instance", "time", "data", "count"}
    | {
        "datum",
        "number",
        "total",
        "value",
        "result",
        "row count",
        "occurrence",
        "sample",
        "listing",
        "measurement",
        "reading",
    }
)
"""Nouns that mean a row of any table."""
PEOPLE: Final = frozenset({"person", "people", "individual"})
_OF_PEOPLE: Final = frozenset({"age", "sex", "gender", "salary", "birthday", "surname", "person", "people"})
_NAMING: Final = frozenset({"id", "name", "title", "code", "number", "no", "key"})


_THINGS: Final = tuple(
    frozenset(group.split())
    for group in (
        "aircraft airplane aeroplane plane", "company firm business", "movie film", "car automobile vehicle",
        "employee staff worker", "customer client buyer", "student pupil schooler", "book publication",
        "player athlete", "shop store", "trip ride journey", "hotel accommodation", "vendor supplier",
    )
)  # fmt: skip
"""Nouns for things that may stand for each other where the table is called after one of them."""


def in_title(draft: Draft, noun: str) -> bool:
    """Whether the table is called so, or by another word for the same thing."""
    return noun in draft.title or any(noun in group and not draft.title.isdisjoint(group) for group in _THINGS)


def check_nouns(draft: Draft, nouns: frozenset[str]) -> None:
    """Nothing, when every one of the lemmas may stand for a row.

    Raises: Unreadable, naming the first that may not.
    """
    for noun in sorted(nouns):
        if not stands_for_rows(draft, noun):
            said = _as_said(draft, noun)
            raise Unreadable(f"I cannot tie “{said}” to anything in this table.", missing=said)


def stands_for_rows(draft: Draft, noun: str) -> bool:
    """Whether the noun is generic, what the table is called, or the thing its identifier or label speaks of."""
    if noun in GENERIC or in_title(draft, noun):
        return True
    if noun in PEOPLE:
        return any(_OF_PEOPLE & set(words) for words in draft.columns.words.values())
    return any(likeness(noun, word) > 0 for one in _naming_columns(draft) for word in draft.columns.words[one])


def _naming_columns(draft: Draft) -> list[str]:
    """The columns with a value of their own in every row whose name says that they name it."""
    found = []
    for one in draft.columns.profile.columns:
        named = one.semantic is Semantic.ID or bool(_NAMING & set(draft.columns.words[one.name]))
        if is_unique(draft, one) and (named or one.kind is Kind.TEXT):
            found.append(one.name)
    return found


def _as_said(draft: Draft, noun: str) -> str:
    words = draft.question.replace("?", " ").replace(",", " ").replace(".", " ").split()
    return next((word for word in words if lemma(word) == noun), noun)
