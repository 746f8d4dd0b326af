"""Personal data in a column: from its name and a sample of its values."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from services.code.personal import addresses, headers, national_ids, patterns, phones, texts
from services.code.personal.gazetteer import common_words, family_names, given_names, key, listed, places
from services.code.personal.kinds import PersonalKind

SURE, LIKELY, HINTED = 0.6, 0.3, 0.15
"""Shares of values that must look like the kind when the name of the column is silent, half sure, or sure."""
FEWEST: Final = 3
"""Distinct values below which a column whose name says nothing says nothing."""
LONG_WORDS: Final = 5
"""Words above which a value is a text, in which something may be mentioned."""
MENTIONS: Final = 2
NAME_SHARE: Final = 0.33
"""Share of values made of known names alone; lists of places reach 0.1, of nationalities and brands about 0.25."""
NAMES_WITH_HINT: Final = 0.1
VALIDATED: Final = 0.9
CHECKED: Final = 60
"""Values whose check digits are computed, by the rules of forty countries: 0.25 ms each."""
CERTAIN: Final = 0.7
"""Confidence from which a mention in a text counts."""
BY_FORM: Final = frozenset(
    {
        PersonalKind.EMAIL,
        PersonalKind.IBAN,
        PersonalKind.CARD,
        PersonalKind.NATIONAL_ID,
        PersonalKind.IP,
        PersonalKind.PHONE,
    }
)
"""Kinds that one value is enough to be sure of."""

_LETTERS: Final = re.compile(r"[^\W\d_]+(?:[\s.,'’-]+[^\W\d_]+\.?){0,6}\.?")
_DATE: Final = re.compile(
    r"\d{1,4}[-/. ]\d{1,2}[-/. ]\d{1,4}(?:[T ].{0,20})?|(?:19|20)\d{6}|\d{1,2}[ -.][^\W\d_]{3,9}[ -.]\d{2,4}"
)
_PART: Final = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Sample:
    """A column's name, whether its cells are dates or numbers, and distinct values as text, none empty."""

    name: str
    values: Sequence[str]
    is_date: bool = False
    is_number: bool = False


@dataclass(frozen=True)
class Judgement:
    """What a column holds. `share` of its values do, between 0 and 1; `in_text`: somewhere within longer texts."""

    kind: PersonalKind
    confidence: float
    share: float
    in_text: bool = False


def judge(sample: Sample) -> list[Judgement]:
    """What is personal in a column, surest first: one kind for a whole column, or those that its texts mention."""
    if not sample.values:
        return []
    if sample.is_date:
        return _as_birth(sample)
    whole = [found for kind, look in _LOOKS.items() if (found := look(sample, kind))]
    if whole:
        return [max(whole, key=lambda found: found.confidence)]
    return [] if sample.is_number else _mentions(sample)


def _share(values: Sequence[str], test: Callable[[str], object]) -> float:
    return sum(bool(test(value)) for value in values) / len(values)


def _by_form(test: Callable[[str], object]) -> Callable[[Sample, PersonalKind], Judgement | None]:
    """A look at kinds whose form says it all: the name only lowers the share that is needed."""

    def look(sample: Sample, kind: PersonalKind) -> Judgement | None:
        share = _share(sample.values, test)
        hint = headers.hint(sample.name, kind)
        if not share or share < _needed(hint) or (hint <= 0 and len(sample.values) < FEWEST and share < 1):
            return None
        return Judgement(kind, _confidence(share, hint), share)

    return look


def _needed(hint: float) -> float:
    return {1.0: HINTED, 0.5: LIKELY}.get(hint, SURE)


def _confidence(share: float, hint: float) -> float:
    return round(min(0.99, 0.35 + 0.5 * share + 0.25 * max(0.0, hint)), 2)


def _id(sample: Sample, kind: PersonalKind) -> Judgement | None:
    hint = headers.hint(sample.name, kind)
    values = sample.values
    if hint > 0:
        share = _share(values, lambda value: national_ids.is_shaped(value) or _is_mangled(value))
        if share >= (0.5 if hint == 1 else SURE):
            return Judgement(kind, _confidence(max(share, 0.6), hint), share)
    share = _share(values, national_ids.SSN.fullmatch)
    if share < SURE and len(values) >= FEWEST:
        share = _validated(values, len(values) >= 20)
    return Judgement(kind, _confidence(share, hint), share) if share >= SURE else None


def _is_mangled(value: str) -> bool:
    """Whether a spreadsheet has made a long number a decimal one: 5.70611E+12."""
    return re.fullmatch(r"\d(?:\.\d+)?[eE]\+?1\d", value.strip()) is not None


def _validated(values: Sequence[str], enough: bool) -> float:
    """The largest share of values that keep one country's rule; 0 unless nearly all do, or several strong rules."""
    values = values[:CHECKED]
    if _share(values, national_ids.is_shaped) < SURE:
        return 0.0
    found = Counter(name for value in values for name in national_ids.names(value) if name != "us.ssn")
    if not found:
        return 0.0
    rule, most = found.most_common(1)[0]
    share = most / len(values)
    if share >= VALIDATED and (enough or (rule in national_ids.STRONG and rule not in national_ids.LOOSE)):
        return share
    strong = _share(values, lambda value: national_ids.names(value, national_ids.STRONG))
    return strong if strong >= 0.8 and not all(value.isdigit() for value in values) else 0.0


def _phone(sample: Sample, kind: PersonalKind) -> Judgement | None:
    hint, values = headers.hint(sample.name, kind), sample.values
    if hint > 0:
        share = _share(values, _may_be_phone)
        return Judgement(kind, _confidence(share, hint), share) if share >= 0.5 else None
    if hint < 0 or sample.is_number or len(values) < FEWEST:
        return None
    international = _share(values, lambda value: phones.PLUS.fullmatch(value.strip()) and phones.is_possible(value))
    grouped = _share(values, _is_grouped)
    if international >= 0.5 or (grouped >= 0.9 and _share(values, _is_like_abroad) >= 0.3):
        return Judgement(kind, _confidence(max(international, grouped), 0), max(international, grouped))
    return None


def _may_be_phone(value: str) -> bool:
    text = value.strip().removesuffix(".0")
    return phones.looks_local(text) or (text.isdigit() and phones.FEWEST <= len(text) <= phones.MOST)


def _is_grouped(value: str) -> bool:
    """Written in groups, as phone numbers are, with seven digits or more."""
    text = value.strip()
    return phones.looks_local(text) and phones.digits(text) >= 7 and re.search(r"\d[ ().\-/]+\d", text) is not None


def _is_like_abroad(value: str) -> bool:
    text = value.strip()
    return text.startswith(("+", "(", "0")) or phones.is_valid(text)


def _birth(sample: Sample, kind: PersonalKind) -> Judgement | None:
    hint = headers.hint(sample.name, kind)
    share = _share(sample.values, lambda value: _DATE.fullmatch(value.strip())) if hint > 0 else 0.0
    return Judgement(kind, _confidence(share, hint), share) if share >= 0.5 else None


def _as_birth(sample: Sample) -> list[Judgement]:
    hint = headers.hint(sample.name, PersonalKind.BIRTH_DATE)
    return [Judgement(PersonalKind.BIRTH_DATE, _confidence(1, hint), 1.0)] if hint > 0 else []


def _address(sample: Sample, kind: PersonalKind) -> Judgement | None:
    hint, values = headers.hint(sample.name, kind), sample.values
    if hint < 0 or sample.is_number:
        return None
    streets = _share(values, addresses.has_street)
    houses = _share(values, lambda value: addresses.is_house(value) or addresses.has_street(value))
    if hint > 0:
        found = max(houses, streets)
        return Judgement(kind, _confidence(found, hint), found) if found >= (0.25 if hint == 1 else SURE) else None
    short = _share(values, lambda value: len(value.split()) <= 14)
    if streets >= 0.3 and houses >= 0.5 and short >= 0.8 and len(values) >= FEWEST:
        return Judgement(kind, _confidence(houses, 0), houses)
    return None


def _name(sample: Sample, kind: PersonalKind) -> Judgement | None:
    hint, values = headers.hint(sample.name, kind), sample.values
    if hint < 0 or sample.is_number:
        return None
    worded = _share(values, lambda value: _LETTERS.fullmatch(value.strip()) and len(value) <= 80)
    known = _share(values, is_known_name)
    if hint == 1 and worded >= 0.7 and (known >= NAMES_WITH_HINT or _is_unlatin(values)):
        return Judgement(kind, _confidence(max(known, worded * 0.8), hint), worded)
    if hint == 0.5 and worded >= 0.7 and known >= LIKELY:
        return Judgement(kind, _confidence(max(known, 0.6), hint), worded)
    placed = _share(values, lambda value: key(value.strip()) in places())
    if known >= NAME_SHARE and placed < known / 2 and worded >= SURE and len(values) >= 2 * FEWEST:
        return Judgement(kind, _confidence(known, 0), worded)
    return None


def is_known_name(value: str) -> bool:
    """Whether a value is made of names of people alone, initials and titles aside, and is no common word."""
    parts = [key(part) for part in _PART.findall(value) if len(part) > 1]
    parts = [part for part in parts if part not in listed("titles") | listed("particles")]
    if not parts or len(parts) > 5:
        return False
    named = [part for part in parts if part in given_names() or part in family_names()]
    if len(parts) == 1:
        return bool(named) and parts[0] not in common_words()
    return len(named) >= len(parts) - (len(parts) > 2) and any(part not in common_words() for part in parts)


def _is_unlatin(values: Sequence[str]) -> bool:
    """Whether the names are written in letters for which the lists may hold too little."""
    return _share(values, lambda value: any(ord(c) > 0x2FF for c in value)) > 0.5


def _mentions(sample: Sample) -> list[Judgement]:
    """What longer texts mention. One mention of a number says enough; names are mistaken more easily."""
    long = [value for value in sample.values if len(value.split()) >= LONG_WORDS or "\n" in value or len(value) > 60]
    looked = long if len(long) >= 0.2 * len(sample.values) else []
    counts: Counter[PersonalKind] = Counter()
    for value in looked:
        counts.update({span.kind for span in texts.find(value) if span.confidence >= CERTAIN})
    for value in sample.values if not looked else ():
        counts.update({span.kind for span in patterns.emails(value)})
    total = len(sample.values)
    found = [
        Judgement(kind, round(min(0.95, 0.6 + count / total), 2), count / total, in_text=True)
        for kind, count in counts.items()
        if count >= (max(MENTIONS, 0.02 * total) if kind in _EASILY_MISTAKEN else 1)
    ]
    return sorted(found, key=lambda each: -each.confidence)


_EASILY_MISTAKEN: Final = frozenset({PersonalKind.NAME, PersonalKind.ADDRESS, PersonalKind.PHONE})


def _is_iban(value: str) -> bool:
    from stdnum import iban

    return bool(iban.is_valid(value, check_country=False))


def _is_ip(value: str) -> bool:
    text = value.strip()
    return patterns.IPV4.fullmatch(text) is not None or patterns.is_ipv6(text)


def _is_email(value: str) -> bool:
    return patterns.EMAIL.fullmatch(value.strip().strip("<>")) is not None


def _is_card(value: str) -> bool:
    text = value.strip().removesuffix(".0")
    return patterns.CARD.fullmatch(text) is not None and patterns.is_card(text)


_LOOKS: Final[dict[PersonalKind, Callable[[Sample, PersonalKind], Judgement | None]]] = {
    PersonalKind.EMAIL: _by_form(_is_email),
    PersonalKind.IBAN: _by_form(_is_iban),
    PersonalKind.CARD: _by_form(_is_card),
    PersonalKind.IP: _by_form(_is_ip),
    PersonalKind.NATIONAL_ID: _id,
    PersonalKind.PHONE: _phone,
    PersonalKind.BIRTH_DATE: _birth,
    PersonalKind.ADDRESS: _address,
    PersonalKind.NAME: _name,
}
