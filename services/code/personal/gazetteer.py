"""Names of people, places and common words of many languages, from the lists that the Faker library carries.

Words are compared by `key`: without case and accents.
"""

from __future__ import annotations

import importlib
import pkgutil
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

SHORTEST: Final = 2
"""Letters of a name; single letters say nothing."""
NOT_LANGUAGES: Final = frozenset({"la", "en_PH"})
"""Locales whose word lists are filler Latin."""

_WORDS: Final = Path(__file__).parent / "words"


def key(word: str) -> str:
    """The word without case and accents."""
    folded = unicodedata.normalize("NFKD", word.casefold())
    return "".join(c for c in folded if not unicodedata.combining(c))


@cache
def listed(name: str) -> frozenset[str]:
    """A word list of ours: "common" are words of questions about tables, and names that stand for a method or a unit
    ("Pearson", "Celsius")."""
    return frozenset((_WORDS / f"{name}.txt").read_text(encoding="utf-8").split())


@cache
def given_names() -> frozenset[str]:
    """First names of some 80 languages and countries, as keys."""
    return frozenset(_keys(_lists("person", ("first_name",))))


@cache
def family_names() -> frozenset[str]:
    """Last names of some 80 languages and countries, as keys."""
    return frozenset(_keys(_lists("person", ("last_name",))))


@cache
def common_words() -> frozenset[str]:
    """Words that are likelier to be meant as words than as names, as keys. A first name that is a word in another
    language than English ("Nora", a burrow) is none."""
    english = frozenset(_keys(_lists("lorem", ("word_list",), "en_US"), split=False))
    others = frozenset(_keys(_lists("lorem", ("word_list",)), split=False))
    return listed("common") | english | (others - given_names())


@cache
def places() -> frozenset[str]:
    """Countries, states and cities as keys, whole."""
    return frozenset(_keys(_lists("address", ("countr", "state", "cit", "region", "province")), split=False))


@cache
def place_words() -> frozenset[str]:
    """The words that names of places are made of, as keys."""
    return frozenset(word for place in places() for word in place.replace("-", " ").split() if len(word) > SHORTEST)


def is_name(word: str) -> bool:
    """Whether people are called so."""
    return key(word) in given_names() or key(word) in family_names()


def _keys(values: Iterable[str], *, split: bool = True) -> Iterator[str]:
    for value in values:
        for word in value.split() if split else (value,):
            if len(word) >= SHORTEST and not any(c.isdigit() or c in "{#%@" for c in word):
                yield key(word)


def _lists(provider: str, wanted: tuple[str, ...], locale: str = "") -> Iterator[str]:
    """The texts of all lists of a provider's locales, or of one, whose attribute's name holds one of the words."""
    package = importlib.import_module(f"faker.providers.{provider}")
    for module in pkgutil.iter_modules(package.__path__):
        if not module.ispkg or module.name in NOT_LANGUAGES or locale not in ("", module.name):
            continue
        found: Any = importlib.import_module(f"{package.__name__}.{module.name}").Provider
        for name in dir(found):
            if any(part in name for part in wanted) and not name.startswith("_") and "format" not in name:
                yield from _texts(getattr(found, name))


def _texts(value: object) -> Iterator[str]:
    """The texts in a list, or the keys of a weighted one."""
    if isinstance(value, dict | list | tuple | set | frozenset):
        yield from (each for each in value if isinstance(each, str))
