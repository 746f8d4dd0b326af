"""Random personal data of every kind, and tables and texts around it, from one seed."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

from faker import Faker
from stdnum import iban, luhn

from services.code.personal import PersonalKind

LOCALES: Final = (
    "en_US",
    "en_GB",
    "de_DE",
    "fr_FR",
    "es_ES",
    "it_IT",
    "pl_PL",
    "sv_SE",
    "nl_NL",
    "pt_BR",
    "cs_CZ",
    "fi_FI",
)
SYLLABLES: Final = (
    "ka",
    "ri",
    "vo",
    "len",
    "tha",
    "mi",
    "zor",
    "qui",
    "sa",
    "bel",
    "nu",
    "dra",
    "fe",
    "jo",
    "wyn",
    "xa",
)
PRODUCTS: Final = ("chair", "desk", "lamp", "sofa", "shelf", "mirror", "carpet", "vase")
REGIONS: Final = ("north coast", "upper valley", "old harbour", "inner ring")


class Maker:
    """Makes values. The same seed makes the same ones."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.fakes = {locale: Faker(locale) for locale in LOCALES}
        for fake in self.fakes.values():
            fake.seed_instance(seed)

    def value(self, kind: PersonalKind) -> str:
        """A random value of the kind."""
        makers: dict[PersonalKind, Callable[[], str]] = {
            PersonalKind.EMAIL: self.email,
            PersonalKind.PHONE: self.phone,
            PersonalKind.NAME: self.name,
            PersonalKind.ADDRESS: self.address,
            PersonalKind.NATIONAL_ID: self.national_id,
            PersonalKind.IBAN: self.iban,
            PersonalKind.CARD: self.card,
            PersonalKind.IP: self.ip,
            PersonalKind.BIRTH_DATE: self.birth_date,
        }
        return makers[kind]()

    def email(self) -> str:
        name = "".join(self.rng.choices(SYLLABLES, k=2))
        mark, ending = self.rng.choice([".", "_", "", "+"]), self.rng.choice(["org", "com", "co.uk", "de"])
        return f"{name}{mark}{self.digits(2)}@{self.word()}.{ending}"

    def phone(self) -> str:
        form = self.rng.choice(
            ["+1 ### ### ####", "+49 1## #######", "+44 7### ######", "(###) ###-####", "+33 6 ## ## ## ##"]
        )
        return "".join(str(self.rng.randint(2, 9)) if c == "#" else c for c in form)

    def name(self) -> str:
        """A first and a last name: three in four from lists of one language, the others made up."""
        if self.rng.random() < 0.25:
            return f"{self.word().title()} {self.word().title()}"
        fake = self.fakes[self.rng.choice(LOCALES)]
        return f"{fake.first_name()} {fake.last_name()}"

    def address(self) -> str:
        number, street = self.rng.randint(1, 199), self.word().title()
        return self.rng.choice(
            [
                f"{number} {street} Street",
                f"{number} {street} Avenue",
                f"{street}straße {number}",
                f"rue de {street} {number}",
            ]
        )

    def national_id(self) -> str:
        return f"{self.rng.randint(100, 665)}-{self.rng.randint(10, 99)}-{self.rng.randint(1000, 9999)}"

    def iban(self) -> str:
        body = f"DE00{self.digits(18)}"
        return "DE" + iban.calc_check_digits(body) + body[4:]

    def card(self) -> str:
        body = "4" + self.digits(14)
        return body + luhn.calc_check_digit(body)

    def ip(self) -> str:
        return ".".join(str(self.rng.randint(11, 223)) for _ in range(4))

    def birth_date(self) -> str:
        return f"{self.rng.randint(1930, 2009)}-{self.rng.randint(1, 12):02}-{self.rng.randint(1, 28):02}"

    def digits(self, length: int) -> str:
        return "".join(str(self.rng.randint(0, 9)) for _ in range(length))

    def word(self) -> str:
        """A word that no dictionary has."""
        return "".join(self.rng.sample(SYLLABLES, k=self.rng.randint(2, 3)))
