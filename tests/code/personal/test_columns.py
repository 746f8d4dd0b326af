"""Personal data in columns."""

from __future__ import annotations

import random

import pytest

from services.code.personal import PersonalKind
from services.code.personal.columns import Sample, judge
from services.code.personal.headers import hint, words
from tests.personal_data import PRODUCTS, REGIONS, Maker

HEADERS = {
    PersonalKind.EMAIL: ("email", "E-Mail", "contact_email", "CustomerEmailAddress", "correo"),
    PersonalKind.PHONE: ("phone", "Telephone", "mobile_number", "Telefonnummer", "PhoneNo"),
    PersonalKind.NAME: ("name", "FirstName", "last_name", "customer_name", "Nachname", "patient"),
    PersonalKind.ADDRESS: ("address", "StreetAddress", "addr_line1", "Anschrift", "shipping address"),
    PersonalKind.NATIONAL_ID: ("ssn", "SSN", "national_id", "social_security_number"),
    PersonalKind.IBAN: ("iban", "IBAN", "account"),
    PersonalKind.CARD: ("card_number", "credit card", "CCNumber"),
    PersonalKind.IP: ("ip", "ip_address", "client_ip"),
    PersonalKind.BIRTH_DATE: ("dob", "date_of_birth", "Birthday", "Geburtsdatum"),
}
PLAIN: dict[str, list[str]] = {
    "product": list(PRODUCTS),
    "region": list(REGIONS),
    "price": [f"{n / 7:.2f}" for n in range(3, 90)],
    "order_id": [str(100_000 + n) for n in range(90)],
    "order_date": [f"2024-{n % 12 + 1:02}-{n % 28 + 1:02}" for n in range(90)],
    "sku": [f"AB-{n:04}-{n % 9}" for n in range(90)],
    "turnover": [f"{n * 7919 + 10**8}.{n % 90 + 10}" for n in range(90)],
    "created_at": [f"2024-01-{n % 28 + 1:02} 10:{n % 60:02}:00" for n in range(90)],
    "city": ["Paris", "Houston", "Jackson", "Austin", "Florence", "Sofia", "Charlotte", "Vienna", "Santiago"],
    "country": ["France", "Georgia", "Jordan", "Chad", "Spain", "Italy", "Cuba"],
    "month": ["January", "April", "May", "June", "August"],
    "isbn": ["978-3-16-148410-0", "978-0-306-40615-7", "978-1-4028-9462-6", "978-0-7432-7356-5"],
    "years": ["2001-2005", "1999-2003", "2010-2014"],
    "version": ["1.2.3", "2.0.1", "10.4.7"],
    "remark": ["arrived late but complete and well packed", "the second parcel was missing from the delivery"] * 3,
    "barcode": [str(4_006_381_333_900 + n * 11) for n in range(60)],
}


@pytest.mark.parametrize("kind", list(PersonalKind))
def test_a_column_of_random_values_is_found_under_every_name(kind: PersonalKind) -> None:
    seed = random.randrange(10**9)
    maker = Maker(seed)
    for name in HEADERS[kind]:
        values = [maker.value(kind) for _ in range(60)]
        found = judge(Sample(name, values))
        assert [each.kind for each in found] == [kind], f"seed {seed}: {name} {values[:5]}"
        assert not found[0].in_text
        assert found[0].confidence >= 0.6


@pytest.mark.parametrize("kind", sorted(set(PersonalKind) - {PersonalKind.BIRTH_DATE}))
def test_the_values_alone_tell(kind: PersonalKind) -> None:
    seed = random.randrange(10**9)
    maker = Maker(seed)
    found = judge(Sample("value", [maker.value(kind) for _ in range(60)]))
    assert [each.kind for each in found] == [kind], f"seed {seed}"


@pytest.mark.parametrize("name", PLAIN)
def test_other_columns_are_left_alone(name: str) -> None:
    values = list(dict.fromkeys(PLAIN[name]))
    is_number = all(value.replace(".", "", 1).isdigit() for value in values)
    assert judge(Sample(name, values, is_number=is_number)) == []


def test_dates_are_personal_only_when_they_are_births() -> None:
    assert [found.kind for found in judge(Sample("date of birth", ["1980-01-01"], is_date=True))] == ["birth_date"]
    assert judge(Sample("delivered", ["1980-01-01"], is_date=True)) == []


def test_phone_numbers_kept_as_numbers_need_a_name() -> None:
    values = [str(5_550_000_000 + 7919 * n) for n in range(50)]
    assert [found.kind for found in judge(Sample("phone", values, is_number=True))] == ["phone"]
    assert judge(Sample("views", values, is_number=True)) == []


def test_one_mention_in_free_text_is_enough() -> None:
    plain = [f"the parcel number {n} came two days late and was damaged" for n in range(80)]
    found = judge(Sample("note", [*plain, "please write to rosa.bloom@example.org about the damage"]))
    assert [(each.kind, each.in_text) for each in found] == [("email", True)]


def test_nothing_in_an_empty_column() -> None:
    assert judge(Sample("email", [])) == []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("CustomerFirstName", "customer first name"),
        ("IPAddress", "ip address"),
        ("addr_line1", "addr line 1"),
        ("Prénom", "prenom"),
        ("", ""),
    ],
)
def test_a_name_is_read_as_words(name: str, said: str) -> None:
    assert words(name) == said


@pytest.mark.parametrize("name", ["email_address", "ip address", "MAC address", "web_address", "server_address"])
def test_not_every_address_is_a_postal_one(name: str) -> None:
    assert hint(name, PersonalKind.ADDRESS) < 0
