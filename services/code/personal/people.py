"""Names of people in a text: by lists of names, by capitals, and by the words around them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from services.code.personal.gazetteer import common_words, family_names, given_names, key, listed, place_words, places
from services.code.personal.kinds import PersonalKind, Span

WORD: Final = re.compile(r"[^\W\d_](?:[\w'’]|-(?=[^\W\d_]))*")
TITLES: Final = listed("titles")
PARTICLES: Final = listed("particles")
CUES: Final = re.compile(
    r"(?:\b(?:my|his|her|their|the|whose|maiden|first|last|full|family|sur|given)\s*name(?:'s| is|:)"
    r"|\bnamed|\bcalled(?! (?:the|a)\b)"
    r"|\bi am|\bi'm|\bthis is|\bname:|\bdear|\bhi|\bhello|\bsigned by|\bregards,|\bsincerely,|\bmeet"
    r"|\bmet with|\bspoke to|\btalked to"
    r"|\bcustomer|\bclient|\bemployee|\bpatient|\bstudent|\bpassenger|\bguest|\bcolleague|\bpartner's name"
    r"|\bname on the account\?(?: user:)?|\bunder|\bcontact(?: person)?|\bby|\bwith|\bfor|\bfrom|\bdid"
    r"|\bdoes|\bhas)\s*$",
    re.IGNORECASE,
)
STRONG_CUES: Final = re.compile(
    r"(?:\bname(?:'s| is|:)|\bnamed(?: \w+)?|\bi am|\bi'm|\bdear|\bhi|\bhello|\bregards,|\bsincerely,"
    r"|\bcustomer|\bclient|\bemployee|\bpatient"
    r"|\bstudent|\bpassenger|\bguest|\bcolleague|\buser|\bcall(?:s|ed)? (?:me|him|her|them)"
    r"|\b(?:my|his|her|our|their) (?:kid|son|daughter|child|wife|husband|brother|sister|mother|father"
    r"|friend|boss|uncle|aunt|cousin)"
    r"|\bmember|\bowner|\bmanager|\bauthor|\bcontact)\s*$",
    re.IGNORECASE,
)
NO_PEOPLE: Final = listed("not_people")
"""Words that say of a run of capitals which they end that it is no person."""


@dataclass(frozen=True)
class _Word:
    start: int
    end: int
    text: str
    key: str
    begins: bool
    """Whether it begins a sentence: its capital says nothing."""

    @property
    def is_capital(self) -> bool:
        return self.text[0].isupper()

    @property
    def is_given(self) -> bool:
        return self.key in given_names()

    @property
    def is_family(self) -> bool:
        return self.key in family_names()

    @property
    def is_common(self) -> bool:
        return self.key in common_words()


def find(text: str, known: Collection[str] = ()) -> Iterator[Span]:
    """Names of people, longest first by place. `known` are words, as keys, that are none: the words of column names."""
    words = list(_words(text))
    titled = _is_titled(words)
    place = 0
    while place < len(words):
        length, confidence = _name_at(text, words, place, known, titled)
        if length:
            yield Span(words[place].start, words[place + length - 1].end, PersonalKind.NAME, confidence)
        place += max(1, length)


def _words(text: str) -> Iterator[_Word]:
    end = 0
    for found in WORD.finditer(text):
        raw = re.sub(r"['’]s$", "", found[0])
        begins = not text[: found.start()].strip() or bool(re.search(r"[.!?:\n\"“]\s*$", text[end : found.start()]))
        end = found.end()
        yield _Word(found.start(), found.start() + len(raw), raw, key(raw), begins)


def _is_titled(words: Sequence[_Word]) -> bool:
    """Whether so many words that are no names have capitals that a capital says nothing."""
    plain = [word for word in words if len(word.text) > 3 and not word.begins and word.is_common]
    return len(plain) >= 2 and sum(word.is_capital for word in plain) > 0.6 * len(plain)


def _name_at(text: str, words: Sequence[_Word], place: int, known: Collection[str], titled: bool) -> tuple[int, float]:
    """The number of words of the name that starts here, and how sure it is."""
    first = words[place]
    if first.key in TITLES and (length := _run(text, words, place + 1)):
        return length + 1, 0.9
    if first.is_common and (first.begins or not first.is_given):
        return 0, 0.0
    length = _run(text, words, place)
    if length >= 2 and _is_full_name(words[place : place + length], known, titled):
        return length, 0.85
    if first.is_capital and not titled and _is_single(text, first, known):
        return 1, 0.6
    pair = words[place : place + 2]
    if len(pair) == 2 and _is_lower_pair(text, pair, known):
        return 2, 0.6
    if _after(STRONG_CUES, text, first) and (first.is_given or first.is_family) and _may_be(first, known):
        return 1, 0.7
    return 0, 0.0


def _run(text: str, words: Sequence[_Word], place: int) -> int:
    """The number of capitalised words, initials and particles from here that stand side by side."""
    length = 0
    for index in range(place, min(place + 5, len(words))):
        word = words[index]
        gap = text[words[index - 1].end : word.start] if index > place else ""
        if index > place and not re.fullmatch(r"[ \u00a0]{1,2}|\. ?|-", gap):
            break
        if not (word.is_capital or (length and word.key in PARTICLES)):
            break
        if gap.startswith(".") and len(words[index - 1].text) > 2 and words[index - 1].key not in TITLES:
            break
        length = index - place + 1
    while length and (words[place + length - 1].key in PARTICLES and not words[place + length - 1].is_capital):
        length -= 1
    return length


def _is_full_name(run: Sequence[_Word], known: Collection[str], titled: bool) -> bool:
    """Whether a run of capitalised words is a person: known names, or nothing that speaks against it."""
    parts = [word for word in run if len(word.text) > 1 and word.key not in PARTICLES]
    if len(parts) < 2 or any(word.key in known for word in parts):
        return False
    if parts[-1].key in NO_PEOPLE or (len(parts) > 1 and all(word.text.isupper() for word in parts)):
        return False
    named = sum(word.is_given or word.is_family for word in parts)
    common = sum(word.is_common for word in parts)
    placed = any(word.key in place_words() and not word.is_given for word in parts)
    if named == len(parts):
        return common < len(parts)
    return not common and not placed and not titled


def _is_single(text: str, word: _Word, known: Collection[str]) -> bool:
    if not _may_be(word, known) or len(word.text) < 3 or word.text.isupper():
        return False
    cued, placed = _after(CUES, text, word), word.key in places()
    owns = text[word.end : word.end + 2] in ("'s", "’s")
    if word.begins:
        return word.is_given and (owns or not placed)
    if word.is_given or word.is_family:
        return not placed or cued or owns
    return _after(STRONG_CUES, text, word) and not placed


def _may_be(word: _Word, known: Collection[str]) -> bool:
    return word.key not in known and not word.is_common


def _is_lower_pair(text: str, pair: Sequence[_Word], known: Collection[str]) -> bool:
    """Whether two words in small letters are a first and a last name."""
    first, last = pair
    beside = re.fullmatch(r" {1,2}", text[first.end : last.start]) is not None
    free = all(_may_be(word, known) and len(word.text) > 2 for word in pair)
    return (
        beside
        and free
        and first.is_given
        and last.is_family
        and not (first.key in place_words() and last.key in place_words())
    )


def _after(pattern: re.Pattern[str], text: str, word: _Word) -> bool:
    return pattern.search(text[max(0, word.start - 40) : word.start]) is not None
