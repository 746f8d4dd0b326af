"""Names of people, places and common words of many languages. Words are compared by `key`: without case and accents."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Final

from services.code.personal import lists
from services.code.personal.lists import key

__all__ = ["common_words", "family_names", "given_names", "is_name", "key", "listed", "place_words", "places"]

SECONDS: Final = 60
"""Longest wait for the process that reads the lists; afterwards they are read here."""
SHORTEST_PART: Final = 3
"""Letters of a word of a place's name that counts."""
_WORDS: Final = Path(__file__).parent / "words"


@cache
def listed(name: str) -> frozenset[str]:
    """A word list of ours: "common" are words of questions about tables, and names that stand for a method or a unit
    ("Pearson", "Celsius")."""
    return frozenset((_WORDS / f"{name}.txt").read_text(encoding="utf-8").split())


@cache
def given_names() -> frozenset[str]:
    """First names, as keys."""
    return frozenset(_lists()["given"])


@cache
def family_names() -> frozenset[str]:
    """Last names, as keys."""
    return frozenset(_lists()["family"])


@cache
def common_words() -> frozenset[str]:
    """Words that are likelier to be meant as words than as names, as keys. A first name that is a word in another
    language than English ("Nora", a burrow) is none."""
    return listed("common") | frozenset(_lists()["english"]) | (frozenset(_lists()["words"]) - given_names())


@cache
def places() -> frozenset[str]:
    """Countries, states and cities as keys, whole."""
    return frozenset(_lists()["places"])


@cache
def place_words() -> frozenset[str]:
    """The words that names of places are made of, as keys."""
    words = (word for place in places() for word in place.replace("-", " ").split())
    return frozenset(word for word in words if len(word) >= SHORTEST_PART)


def is_name(word: str) -> bool:
    """Whether people are called so."""
    return key(word) in given_names() or key(word) in family_names()


@cache
def _lists() -> dict[str, list[str]]:
    """Read by a process of its own (see `lists`), or here where none can be started."""
    script = [sys.executable, "-I", str(Path(lists.__file__))]
    try:
        done = subprocess.run(script, capture_output=True, timeout=SECONDS, check=True)
        return dict(json.loads(done.stdout))
    except (OSError, subprocess.SubprocessError, ValueError):
        return lists.collect()
