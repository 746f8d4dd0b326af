"""The kinds of personal data, and a place in a text that holds one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class PersonalKind(StrEnum):
    """What tells who somebody is."""

    EMAIL = "email"
    IBAN = "iban"
    CARD = "card"
    NATIONAL_ID = "national_id"
    IP = "ip"
    PHONE = "phone"
    BIRTH_DATE = "birth_date"
    ADDRESS = "address"
    NAME = "name"


WORDS: Final[dict[PersonalKind, str]] = {
    PersonalKind.EMAIL: "email addresses",
    PersonalKind.IBAN: "bank accounts (IBAN)",
    PersonalKind.CARD: "credit card numbers",
    PersonalKind.NATIONAL_ID: "national ids",
    PersonalKind.IP: "IP addresses",
    PersonalKind.PHONE: "phone numbers",
    PersonalKind.BIRTH_DATE: "dates of birth",
    PersonalKind.ADDRESS: "postal addresses",
    PersonalKind.NAME: "names of people",
}
"""Each kind in the words of a person, in the plural."""


@dataclass(frozen=True)
class Span:
    """Characters `start` to `end` of a text hold personal data; `confidence` is between 0 and 1."""

    start: int
    end: int
    kind: PersonalKind
    confidence: float

    def shifted(self, by: int) -> Span:
        """The same place in a text that begins `by` characters earlier."""
        return Span(self.start + by, self.end + by, self.kind, self.confidence)
