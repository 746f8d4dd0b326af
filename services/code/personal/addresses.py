"""Postal addresses: a street's word and a number, in many languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from services.code.personal.gazetteer import common_words, key

AFTER: Final = (
    "street|st|avenue|ave|av|road|rd|boulevard|blvd|lane|ln|drive|dr|way|court|ct|square|sq|place|pl|terrace|ter|crescent"
    "|cres|parkway|pkwy|highway|hwy|circle|cir|trail|trl|alley|close|gardens|grove|mews|row|walk|hill|mount|quay|plaza"
    "|straße|strasse|str|weg|platz|allee|gasse|ring|damm|ufer|laan|straat|plein|gracht|dreef|kade|singel|gate|gata|gatan"
    "|gade|vej|veien|vei|väg|vägen|gränd|katu|tie|kuja|polku|utca|u|útja|út|tér|körút|ulica|ulice|náměstí|třída|cesta|trg"
    "|sokak|caddesi|cad|marg|nagar"
)
"""Words that follow the name of a street."""
JOINED: Final = (
    "straße|strasse|str|weg|platz|allee|gasse|ring|damm|ufer|laan|straat|plein|gracht|dreef|kade|singel|gate|gata|gatan"
    "|gade|vej|veien|vegen|vei|väg|vägen|gränd|stigen|katu|tie|kuja|polku|vænge|stræde|stien"
)
"""The same, written in one word with the name."""
BEFORE: Final = (
    "rue|avenue|boulevard|allée|allee|place|chemin|impasse|quai|cours|route|square|via|viale|piazza|corso|strada|vicolo"
    "|largo|calle|avenida|avda|av|plaza|paseo|camino|carretera|ronda|rua|travessa|praça|estrada|alameda|ul|ulica|al"
    "|aleja|os|osiedle|pl|plac|str|strada|bulevardul|bd|ulitsa|prospekt|jalan|jl|carrer|rúa"
)
"""Words that stand before the name of a street."""

_NUMBER: Final = r"\d{1,5}(?:[a-zA-Z]|[-/]\d{1,4}[a-zA-Z]?)?"
_WORD: Final = r"[^\W\d_][\w'’.-]{0,30}"
_PLACE: Final = (
    r"(?:,?\s{1,4}(?:apt|apartment|suite|ste|unit|floor|flat|room|#)\.?\s?#?\w{1,6})?"
    r"(?:,\s{0,4}[^\W\d_][\w'’ .-]{1,40}?)?(?:,?\s{1,4}[A-Z]{2})?(?:,?\s{1,4}\d{5}(?:-\d{4})?)?"
)

ENGLISH: Final = re.compile(
    rf"(?<!\w){_NUMBER},?\s{{1,3}}(?:{_WORD}\s{{1,3}}){{1,4}}?(?:{AFTER})\b\.?(?:\s{_NUMBER})?{_PLACE}", re.IGNORECASE
)
JOINED_STREET: Final = re.compile(
    rf"(?<!\w)(?:\d{{1,5}} )?(?:{_WORD}\s){{0,2}}[^\W\d_][\w'’.-]{{1,30}}(?:{JOINED})\.?\s{{1,3}}{_NUMBER}{_PLACE}",
    re.IGNORECASE,
)
SPACED_STREET: Final = re.compile(
    rf"(?<!\w)(?:\d{{1,5}} )?(?:{_WORD}\s){{1,3}}(?:{AFTER})\.?\s{{1,3}}{_NUMBER}(?!\w){_PLACE}", re.IGNORECASE
)
ROMANCE: Final = re.compile(
    rf"(?<!\w)(?:{_NUMBER},?\s{{1,3}})?(?:{BEFORE})\.?\s{{1,2}}(?:(?:de|la|le|les|du|des|del|della"
    rf"|d[aeio]s?)\s){{0,2}}"
    rf"(?:{_WORD},?\s{{0,2}}){{1,4}}?(?:n[º°o.]?\s?)?(?<![\w]){_NUMBER}(?!\w){_PLACE}",
    re.IGNORECASE,
)
LED: Final = re.compile(rf"(?<!\w){_NUMBER},?\s{{1,3}}(?:{BEFORE})\.?\s{{1,2}}(?:{_WORD}\s?){{1,4}}", re.IGNORECASE)
BOX: Final = re.compile(
    r"\b(?:(?:psc|unit|cmr|usns|usnv)\.? \d{1,5},? box \d{1,5}(?:\s{1,3}[ADF]PO [A-Z]{2} \d{5})?"
    r"|(?:p\.?\s?o\.?\s?box|postfach|postboks|postbox|bo[iî]te postale|apartado|casella postale)\s*\d+)",
    re.IGNORECASE,
)
HOUSE_LINE: Final = re.compile(
    rf"(?<![\w.,])\d{{1,6}},?\s((?:{_WORD}\s){{1,4}})\d{{1,5}}[a-zA-Z]?(?![\w%.,]\w)\.?{_PLACE}(?:\s{{0,2}}\n[^\n.!?]{{1,40}}){{0,4}}"
)
UNIT: Final = re.compile(r"\b(?:apt|apartment|suite|ste|flat)\.?\s?#?\d{1,5}\b", re.IGNORECASE)
LIVES: Final = re.compile(
    r"\b(?:lives? (?:at|in)|address(?: is|:)?|taxi to|arrived at|located at|reside[sd]? at|moved to"
    r"|office at|deliver(?:ed)? to"
    r"|ship(?:ped)? to|mail(?:ed)? to|sent to|zip ?code(?: is|:)?|post ?code(?: is|:)?)\s+"
    rf"((?:[\w'’./-]+[ ,]{{1,3}}){{0,5}}?{_NUMBER}(?:\s[A-Z]{{2}}\b)?)",
    re.IGNORECASE,
)
HOUSE: Final = re.compile(
    rf"(?:{_NUMBER},?\s(?:{_WORD}\s?){{1,5}}"
    rf"|(?:{_WORD}\s){{1,5}}{_NUMBER}\.?)",
    re.IGNORECASE,
)
_LEADING: Final = re.compile(r"([a-zà-ÿ]+)\s+")
_SURE: Final = (BOX, ROMANCE, ENGLISH, JOINED_STREET, SPACED_STREET)


def addresses(text: str) -> Iterator[tuple[int, int, float]]:
    """Start, end and confidence of the addresses in a text. They may overlap."""
    if not any(c.isdigit() for c in text):
        return
    for pattern in _SURE:
        for found in pattern.finditer(text):
            yield _begun(text, found.start(), found.end()), found.end(), 0.8
    for found in LIVES.finditer(text):
        yield found.start(1), found.end(1), 0.6
    for found in HOUSE_LINE.finditer(text):
        if not any(key(word) in common_words() for word in found[1].split()) and any(c.isupper() for c in found[1]):
            yield found.start(), found.end(), 0.6
    for found in UNIT.finditer(text):
        yield found.start(), found.end(), 0.6


def _begun(text: str, start: int, end: int) -> int:
    """Where the address begins: after the words of the sentence that stand before it ("sent to")."""
    streets = frozenset(BEFORE.split("|"))
    named = any(c.isupper() for c in text[start:end])
    while (word := _LEADING.match(text, start, end)) and word[1] not in streets:
        if not named and key(word[1]) not in common_words():
            break
        start = word.end()
    return start


def has_street(value: str) -> bool:
    """Whether a cell holds a street's word and a number, or a post box."""
    return any(pattern.search(value) for pattern in (*_SURE, LED))


def is_house(value: str) -> bool:
    """Whether a cell is some words and a house number, before or after them."""
    return HOUSE.fullmatch(value.strip()) is not None
