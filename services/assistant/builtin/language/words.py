"""Words of a question and of a column name, brought to one form."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import inflection

_PIECE: Final = re.compile(
    r"\"(?P<double>[^\"]{1,200})\"|“(?P<curly>[^”]{1,200})”|(?<!\w)'(?P<single>[^']{1,200})'(?!\w)"
    r"|(?P<date>\d{4}-\d\d?-\d\d?)"
    r"|(?P<number>(?:[$€£]\s?)?(?<![\w.])-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:\s?%|(?:k|m|bn)\b|\s(?:million|billion|thousand)\b)?)(?![\w])"
    r"|(?P<word>[^\W_]+(?:['’][^\W_]+)?)"
    r"|(?P<compare>>=|<=|!=|<>|==|=|>|<)"
    r"|(?P<stop>[.?!;:,()])",
    re.UNICODE,
)
_CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])")
_SCALE: Final = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6, "bn": 1e9, "billion": 1e9}
_NUMBER_WORDS: Final = {
    word: number
    for number, word in enumerate(
        ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"],
        start=2,
    )
} | {"fifteen": 15, "twenty": 20, "thirty": 30, "fifty": 50, "hundred": 100}


@dataclass(frozen=True)
class Token:
    """A piece of the question. `kind` is word, number, quoted, date, compare or stop."""

    text: str
    kind: str
    lemma: str
    start: int
    end: int
    number: float | None = None
    percent: bool = False


@lru_cache(maxsize=20_000)
def lemma(word: str) -> str:
    """The word in lower case, singular and without accents."""
    plain = unicodedata.normalize("NFKD", word.casefold())
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    plain = re.sub(r"['’]s$", "", plain)
    if plain == "ids":
        return "id"
    if len(plain) <= 3 or plain.endswith("ss") or plain in _UNCHANGED:
        return plain
    return str(inflection.singularize(plain))


_UNCHANGED: Final = frozenset(
    {"sales", "series", "status", "species", "gas", "was", "has", "does", "less", "lens", "bonus", "data"}
)


def split_name(name: str) -> tuple[str, ...]:
    """The lemmas of a column name in any style: snake_case, camelCase, with spaces or digits."""
    spaced = _CAMEL.sub(" ", name)
    return tuple(lemma(word) for word in re.findall(r"[^\W_]+", spaced))


def number_of(text: str) -> tuple[float, bool]:
    """The number a piece of text stands for, and whether it is a percentage."""
    clean = re.sub(r"[$€£,\s]", "", text.casefold())
    percent = clean.endswith("%")
    match = re.match(r"(-?\d+(?:\.\d+)?)([a-z]*)", clean.rstrip("%"))
    if match is None:
        return 0.0, percent
    return float(match[1]) * _SCALE.get(match[2], 1.0), percent


def tokens(question: str) -> tuple[Token, ...]:
    """The pieces of the question in order."""
    return tuple(_token(match) for match in _PIECE.finditer(question))


def _token(match: re.Match[str]) -> Token:
    kind = match.lastgroup or "word"
    text = match[kind]
    start, end = match.span()
    if kind in ("double", "curly", "single"):
        return Token(text, "quoted", lemma(text), start, end)
    if kind == "number":
        number, percent = number_of(text)
        return Token(text.strip(), "number", text.strip().casefold(), start, end, number, percent)
    number_word = _NUMBER_WORDS.get(text.casefold())
    return Token(text, kind, lemma(text) if kind == "word" else text, start, end, number_word)


def is_number_word(word: str) -> bool:
    return word.casefold() in _NUMBER_WORDS


def plural(noun: str) -> str:
    """The plural of a lower-case noun; text that is no plain word is left alone."""
    return str(inflection.pluralize(noun)) if re.fullmatch(r"[a-z]+", noun) else noun


def literally(text: str) -> Callable[[re.Match[str]], str]:
    """A replacement for `re.sub` that takes the text as it is."""
    return lambda _: text
