"""Masked examples tell what, not whose."""

from __future__ import annotations

import random

import pytest

from services.code.personal import PersonalKind, hiding
from tests.personal_data import Maker


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        (PersonalKind.EMAIL, "rosa.bloom@example.org", "r•••@•••.org"),
        (PersonalKind.PHONE, "+1 555 010 4477", "+• ••• ••• ••77"),
        (PersonalKind.CARD, "4111 1111 1111 1234", "•••• •••• •••• 1234"),
        (PersonalKind.NATIONAL_ID, "123-45-6789", "•••-••-••89"),
        (PersonalKind.BIRTH_DATE, "1982-03-29", "1982-••-••"),
        (PersonalKind.BIRTH_DATE, "3/29/1982", "••/••/1982"),
        (PersonalKind.NAME, "Rosa Bloom", "R••• B•••"),
        (PersonalKind.ADDRESS, "12 Hoog Street", "•• H••• S•••"),
    ],
)
def test_a_value_is_masked(kind: PersonalKind, value: str, shown: str) -> None:
    assert hiding.hide(value, kind) == shown


@pytest.mark.parametrize("kind", list(PersonalKind))
def test_no_masked_value_holds_half_of_the_value(kind: PersonalKind) -> None:
    seed = random.randrange(10**9)
    maker = Maker(seed)
    for _ in range(100):
        value = maker.value(kind)
        hidden = hiding.hide(value, kind)
        kept = sum(c.isalnum() for c in hidden.replace(hiding.DOT, ""))
        assert kept <= sum(c.isalnum() for c in value) / 2 + 1, f"seed {seed}: {value} {hidden}"


def test_a_mention_shows_its_surroundings_masked() -> None:
    text = "Rosa Bloom asked us to write to rosa@example.org before Monday"
    assert hiding.mention(text, PersonalKind.EMAIL) == "R••• B••• asked us to write to r•••@•••.org before Monday"
    assert hiding.mention("nothing in here", PersonalKind.EMAIL) == ""
