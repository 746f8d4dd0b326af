"""Phone numbers: by the rules of the phonenumbers library, and by the look of local ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

REGIONS: Final = ("US", "GB", "DE", "FR")
"""Countries whose way of writing local numbers is tried in a text."""
LOCAL: Final = re.compile(
    r"(?<![\w.,/+-])(?:\(0?\d{1,4}\)[ .-]?|0\d{1,4}[ ./-]|\d{2,4}[ .-])\d{2,4}(?:[ .-]\d{2,4}){0,4}(?![\w%/]|[.,-]\d)"
)
PLUS: Final = re.compile(r"(?<![\w+])(?:\+|00)[1-9][\d ().-]{6,20}\d(?!\w)")
BARE: Final = re.compile(r"(?<![\w.,+(-])\+?\(?\d[\d ().-]{4,18}\d(?![\w%]|[.,]\d)")
CALLED: Final = re.compile(
    r"\b(phones?|tel|telephone|mobile|cell|fax|call(?:ed|ing)?|ring|dial|text me|sms|whats ?app|handy"
    r"|telefon\w*|rufnummer"
    r"|t[ée]l[ée]phone|tel[ée]fono|m[oó]vil|contact (?:no|number))\b",
    re.IGNORECASE,
)
NEAR: Final = 40
SHAPE: Final = re.compile(r"\+?[(\d][\d\s().\-/]{4,24}\d(?:\s?(?:x|ext\.?)\s?\d{1,6})?", re.IGNORECASE)
GROUPED: Final = re.compile(r"\d{1,3}(?:[ .]\d{3})+")
DATED: Final = re.compile(
    r"(?:\d{4}|\d{1,2})([-/. ])\d{1,2}\1(?:\d{4}|\d{2})(?:[ T]\d\d)?"
    r"|\d{4}[ -–]{1,3}\d{4}"
)
DECIMAL: Final = re.compile(r"\d+[.,]\d{1,6}")
FEWEST, MOST = 6, 15
"""Digits of a phone number."""


def find(text: str) -> Iterator[tuple[int, int, float]]:
    """Start, end and confidence of the phone numbers in a text. They may overlap."""
    for found in PLUS.finditer(text):
        if is_possible(found[0]):
            yield found.start(), found.end(), 0.95
    is_called = CALLED.search(text) is not None
    for found in BARE.finditer(text) if is_called else ():
        if looks_local(found[0]) and CALLED.search(text, max(0, found.start() - NEAR), found.start()):
            yield found.start(), found.end(), 0.85
    for found in LOCAL.finditer(text):
        if looks_local(found[0]) and digits(found[0]) >= 9:
            yield found.start(), found.end(), 0.8 if is_valid(found[0]) else 0.6


def looks_local(value: str) -> bool:
    """Whether the value is written as a phone number may be, and not as a date, a span of years or 1 234 567."""
    text = value.strip()
    return bool(
        SHAPE.fullmatch(text)
        and FEWEST <= digits(text) <= MOST
        and not GROUPED.fullmatch(text)
        and not DATED.fullmatch(text)
        and not DECIMAL.fullmatch(text)
        and not _is_book(text)
    )


def digits(value: str) -> int:
    """Number of digits."""
    return sum(c.isdigit() for c in value)


@lru_cache(maxsize=4_096)
def is_possible(value: str) -> bool:
    """Whether an international number has a length that its country knows."""
    import phonenumbers

    try:
        number = phonenumbers.parse("+" + value.strip().removeprefix("00").lstrip("+"), None)
    except phonenumbers.NumberParseException:
        return False
    return bool(phonenumbers.is_possible_number(number))


@lru_cache(maxsize=4_096)
def is_valid(value: str) -> bool:
    """Whether it is a number in use in one of the countries that are tried."""
    import phonenumbers

    for region in REGIONS:
        try:
            if phonenumbers.is_valid_number(phonenumbers.parse(value, region)):
                return True
        except phonenumbers.NumberParseException:
            continue
    return False


def _is_book(text: str) -> bool:
    from stdnum import isbn

    return bool(isbn.is_valid(text))
