"""Text that looks damaged, misspelt or like numbers, and text that only seems so."""

from __future__ import annotations

import pytest

from services.backends.profiling.damage import is_damaged, mended
from services.backends.profiling.forms import Form, Forms
from services.backends.profiling.spelling import variants


@pytest.mark.parametrize(
    "text", ["Müller", "Łódź", "naïve café", "São Paulo", "Ångström", "ÄÖÜ", "Ñandú", "€ 5", "日本"]
)
def test_damage_is_seen_and_mended_and_nothing_else_is(text: str) -> None:
    assert not is_damaged(text)
    broken = text.encode().decode("latin-1")
    assert is_damaged(broken)
    assert mended(broken) == text


def test_what_is_beyond_mending_is_seen_too() -> None:
    assert is_damaged("M\ufffdller")
    assert mended("M\ufffdller") is None


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({"New York": 90, "new york": 3, "New-York.": 2}, {"new york": "New York", "New-York.": "New York"}),
        ({"Chair": 90, "Chiar": 2, "Chir": 1}, {"Chiar": "Chair", "Chir": "Chair"}),
        ({"Austria": 90, "Australia": 80, "Niger": 70, "Nigeria": 60}, {}),
        ({"Team 1": 90, "Team 2": 3, "Item A": 50, "Item B": 40}, {}),
        ({"1.5": 90, "15": 2, "C": 80, "C++": 5, "C#": 4}, {}),
        ({"A-11": 90, "A-1-1": 3}, {}),
        ({"West": 90, "West ": 10}, {}),
        ({"West": 90, "west ": 3, " West ": 2}, {"west ": "West"}),
    ],
)
def test_variants(counts: dict[str, int], expected: dict[str, str]) -> None:
    assert variants(counts) == expected


@pytest.mark.parametrize(
    "text", ["1,200.50", "1.200,50", "12 %", "$5.00", "€ 7", "12 kg", "-3", "1e5", "(4)", "1 200", ".5"]
)
def test_numbers(text: str) -> None:
    assert Forms.of({text: 1}).weight[Form.NUMBER] == 1


@pytest.mark.parametrize("text", ["A12", "12-34", "1.2.3", "three", "12 red", "5 of 7", "1,2,3"])
def test_what_is_no_number(text: str) -> None:
    assert Forms.of({text: 1}).weight[Form.NUMBER] == 0


@pytest.mark.parametrize("text", ["2024-01-31", "31.01.2024", "1/31/2024", "31 Jan 2024", "Jan 31, 2024", "20240131"])
def test_dates(text: str) -> None:
    assert Forms.of({text: 1}).weight[Form.DATE] == 1


@pytest.mark.parametrize("text", ["2024-13-31", "32.01.2024", "20241331", "31 Foo 2024"])
def test_what_is_no_date(text: str) -> None:
    assert Forms.of({text: 1}).weight[Form.DATE] == 0


@pytest.mark.parametrize("text", ["n/a", "-", "", "NULL", "unknown", "??", "none"])
def test_placeholders(text: str) -> None:
    assert Forms.of({text: 1}).weight[Form.PLACEHOLDER] == 1
