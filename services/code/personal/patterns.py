"""What has a form of its own: email, IP, IBAN, card, national id and phone numbers, dates of birth, addresses.

Every pattern has bounded repetitions: the text may be hostile.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator
from typing import Final

from services.code.personal import national_ids, phones
from services.code.personal.addresses import addresses
from services.code.personal.kinds import PersonalKind, Span

EMAIL: Final = re.compile(r"(?<![\w.+%-])[\w.+%'-]{1,64}@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}(?![\w-])")
IPV4: Final = re.compile(
    r"(?<![\w.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d"
    r"|1?\d?\d)(?![\w]|\.\d)"
)
IPV6: Final = re.compile(r"(?<![\w:.])(?=[\dA-Fa-f]*:[\dA-Fa-f]*:)[\dA-Fa-f:]{3,45}(?![\w:])")
IBAN: Final = re.compile(r"(?<!\w)[A-Z]{2}\d{2} ?(?:[A-Z\d]{4} ?){2,7}[A-Z\d]{1,4}(?!\w)", re.IGNORECASE)
CARD: Final = re.compile(r"(?<![\w.+-])\d(?:[ -]?\d){11,18}(?![\w]|[.-]\d)")
LICENCE: Final = re.compile(r"(?<![\w@])(?=[A-Z\d]{0,12}\d{4})[A-Z\d][A-Z\d-]{5,18}[A-Z\d](?![\w@])", re.IGNORECASE)
DATE: Final = re.compile(
    r"(?<![\w/.-])(?:\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d{2})|\d{4}[/.-]\d{1,2}[/.-]\d{1,2}"
    r"|\d{1,2}(?:st|nd|rd|th|\.)? ?(?:of )?[^\W\d_]{3,9}\.?,? \d{4}|[^\W\d_]{3,9}\.? \d{1,2}(?:st|nd|rd"
    r"|th)?,? \d{4})(?![\w/-])"
)

ANYWHERE: Final = (
    r"[\w.+-]+@[\w-]+\.[\w.-]*[a-zA-Z]|\b\d{3}-\d{2}-\d{4}\b|\b[A-Za-z]{2}\d{2} ?[A-Za-z0-9]{4} ?[A-Za-z0-9]{4}"
    r"|\b(\d[ -]?){12,18}\d\b|\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b|\+\d[\d ().-]{7,}\d"
)
"""What may be personal wherever it stands, in the syntax of RE2: a net for whole columns, told apart afterwards."""

NEAR: Final = 40
"""Characters before a number in which words about it are looked for."""
BORN: Final = re.compile(
    r"\b(born|birth\w*|d\.?o\.?b\.?|geboren|geburts\w*|n[ée]e? le|naissance|nacid[oa]|nacimiento)\b", re.I
)
OF_CARD: Final = re.compile(r"\b(cards?|cc|visa|master ?card|amex|credit|debit|kreditkarte)\b", re.I)
OF_BANK: Final = re.compile(r"\b(iban|bank account|konto)\b", re.I)
OF_ID: Final = re.compile(
    r"\b(ssn|social security|passport|licen[cs]e|national id|national insurance|nin|id (?:card|number|no)"
    r"|identity"
    r"|personnummer|personal (?:id|code|number)|tax (?:id|number|file)|tin|bsn|cpf|dni|pesel|nhs|aadhaar"
    r"|reisepass"
    r"|ausweis\w*|steuer-?id\w*)\b",
    re.I,
)
Finder = Callable[[str], Iterator[Span]]


def emails(text: str) -> Iterator[Span]:
    for found in EMAIL.finditer(text):
        yield Span(found.start(), found.end(), PersonalKind.EMAIL, 0.99)


def ips(text: str) -> Iterator[Span]:
    for found in IPV4.finditer(text):
        yield Span(found.start(), found.end(), PersonalKind.IP, 0.9)
    for found in IPV6.finditer(text):
        if is_ipv6(found[0]):
            yield Span(found.start(), found.end(), PersonalKind.IP, 0.95)


def is_ipv6(text: str) -> bool:
    """Whether it is an IPv6 address with something in it ("::" and "1::" say nothing)."""
    try:
        return sum(c not in ":0" for c in ipaddress.IPv6Address(text).compressed) > 3
    except ValueError:
        return False


def ibans(text: str) -> Iterator[Span]:
    from stdnum import iban

    for found in IBAN.finditer(text):
        for end in _ends(found):
            if iban.is_valid(text[found.start() : end], check_country=False):
                yield Span(found.start(), end, PersonalKind.IBAN, 0.99)
                break
        else:
            if _before(OF_BANK, text, found.start()):
                yield Span(found.start(), found.end(), PersonalKind.IBAN, 0.7)


def cards(text: str) -> Iterator[Span]:
    for found in CARD.finditer(text):
        if is_card(found[0]):
            yield Span(found.start(), found.end(), PersonalKind.CARD, 0.95)
        elif _before(OF_CARD, text, found.start()):
            yield Span(found.start(), found.end(), PersonalKind.CARD, 0.7)


def is_card(value: str) -> bool:
    """Whether it is a card number: 12 to 19 digits, a prefix in use and Luhn's check digit."""
    from stdnum import luhn

    digits = _digits(value)
    prefix = digits[:1] in ("4", "5", "6") or digits[:2] in ("30", "34", "35", "36", "37", "38", "39")
    prefix = prefix or "2221" <= digits[:4] <= "2720"
    return 12 <= len(digits) <= 19 and prefix and len(set(digits)) > 2 and luhn.is_valid(digits)


def ids(text: str) -> Iterator[Span]:
    for pattern in (national_ids.SSN, national_ids.NINO):
        for found in pattern.finditer(text):
            yield Span(found.start(), found.end(), PersonalKind.NATIONAL_ID, 0.9)
    for pattern in (national_ids.CANDIDATE, national_ids.SPACED):
        for found in pattern.finditer(text):
            if _is_dated(found[0]) or not national_ids.names(found[0], national_ids.STRONG):
                continue
            yield Span(found.start(), found.end(), PersonalKind.NATIONAL_ID, 0.85)
    for found in LICENCE.finditer(text) if OF_ID.search(text) else ():
        if _before(OF_ID, text, found.start()):
            yield Span(found.start(), found.end(), PersonalKind.NATIONAL_ID, 0.75)


def phone_numbers(text: str) -> Iterator[Span]:
    for start, end, confidence in phones.find(text):
        yield Span(start, end, PersonalKind.PHONE, confidence)


def births(text: str) -> Iterator[Span]:
    if not BORN.search(text):
        return
    for found in DATE.finditer(text):
        if _before(BORN, text, found.start()):
            yield Span(found.start(), found.end(), PersonalKind.BIRTH_DATE, 0.9)


def postal(text: str) -> Iterator[Span]:
    for start, end, confidence in addresses(text):
        yield Span(start, end, PersonalKind.ADDRESS, confidence)


FINDERS: Final[tuple[Finder, ...]] = (emails, ibans, cards, ips, ids, births, phone_numbers, postal)
"""In the order of trust: where two overlap, the earlier one wins."""


def find(text: str) -> list[Span]:
    """Everything with a form of its own, in the order of the text; no two overlap."""
    taken: list[Span] = []
    for finder in FINDERS:
        for span in finder(text):
            if all(span.end <= other.start or other.end <= span.start for other in taken):
                taken.append(span)
    return sorted(taken, key=lambda span: span.start)


def _before(pattern: re.Pattern[str], text: str, start: int) -> bool:
    return pattern.search(text, max(0, start - NEAR), start) is not None


def _is_dated(value: str) -> bool:
    return bool(DATE.fullmatch(value) or phones.DATED.fullmatch(value))


def _ends(found: re.Match[str]) -> Iterator[int]:
    """Where the number may end: a greedy pattern takes the next words along."""
    yield found.end()
    for place in range(found.end() - 1, found.start() + 14, -1):
        if found.string[place] == " ":
            yield place


def _digits(value: str) -> str:
    return "".join(c for c in value if c.isdigit())
