"""Names, places and common words from the lists that the Faker library carries, as keys.

Run as a script it prints them as JSON. That is how they are read: hundreds of small modules are imported for them, and
in a server whose other threads are busy each of the thousands of file accesses waits its turn: 24 seconds instead of 2.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any, Final

SHORTEST: Final = 2
"""Letters of a name; single letters say nothing."""
NOT_LANGUAGES: Final = frozenset({"la", "en_PH"})
"""Locales whose word lists are filler Latin."""
PLACES: Final = ("countr", "state", "cit", "region", "province")


def key(word: str) -> str:
    """The word without case and accents."""
    folded = unicodedata.normalize("NFKD", word.casefold())
    return "".join(c for c in folded if not unicodedata.combining(c))


def collect() -> dict[str, list[str]]:
    """First and last names of some 80 languages and countries, common words of 30 and of English, places whole."""
    return {
        "given": sorted(set(_keys(_texts("person", ("first_name",))))),
        "family": sorted(set(_keys(_texts("person", ("last_name",))))),
        "english": sorted(set(_keys(_texts("lorem", ("word_list",), "en_US"), split=False))),
        "words": sorted(set(_keys(_texts("lorem", ("word_list",)), split=False))),
        "places": sorted(set(_keys(_texts("address", PLACES), split=False))),
    }


def _keys(values: Iterable[str], *, split: bool = True) -> Iterator[str]:
    for value in values:
        for word in value.split() if split else (value,):
            if len(word) >= SHORTEST and not any(c.isdigit() or c in "{#%@" for c in word):
                yield key(word)


def _texts(provider: str, wanted: tuple[str, ...], locale: str = "") -> Iterator[str]:
    """The texts of all lists of a provider's locales, or of one, whose attribute's name holds one of the words."""
    package = importlib.import_module(f"faker.providers.{provider}")
    for module in pkgutil.iter_modules(package.__path__):
        if not module.ispkg or module.name in NOT_LANGUAGES or locale not in ("", module.name):
            continue
        found: Any = importlib.import_module(f"{package.__name__}.{module.name}").Provider
        for name in dir(found):
            if any(part in name for part in wanted) and not name.startswith("_") and "format" not in name:
                yield from _listed(getattr(found, name))


def _listed(value: object) -> Iterator[str]:
    """The texts in a list, or the keys of a weighted one."""
    if isinstance(value, dict | list | tuple | set | frozenset):
        yield from (each for each in value if isinstance(each, str))


if __name__ == "__main__":
    sys.stdout.write(json.dumps(collect()))
