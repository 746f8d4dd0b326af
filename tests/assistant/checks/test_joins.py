"""Joins that repeat, lose or mistake rows are found."""

from __future__ import annotations

import json
import secrets
import sys
from collections import Counter

import pandas as pd
import pytest

from services.assistant.checks import Case, joins, probe
from services.domain import Check, Outcome
from tests.assistant.checks import planted, tables


def card(joined: planted.Joined) -> Check:
    found = joins.weigh(tables.case(joined.code, "amount by city", **joined.frames))
    assert found is not None, joined.code
    return found


def rates(seed: int, cases: int) -> tuple[float, float, str]:
    """Shares of planted defects that were found, and of sound joins that were blamed."""
    found, blamed, missed = 0, 0, Counter[str]()
    for at in range(cases):
        defect = planted.DEFECTS[at % len(planted.DEFECTS)]
        hit = card(planted.join_case(seed + at, defect)).outcome is not Outcome.PASSED
        found += hit
        missed[defect] += not hit
        blamed += card(planted.join_case(seed + at, "")).outcome is not Outcome.PASSED
    return found / cases, blamed / cases, f"seed {seed}, missed {missed}"


def test_planted_defects_are_found() -> None:
    found, blamed, told = rates(secrets.randbelow(10**9), 20)
    assert found > 0.8, told
    assert blamed < 0.2, told


@pytest.mark.long
@pytest.mark.timeout(1_800)
def test_the_rates_over_a_thousand_joins() -> None:
    found, blamed, told = rates(secrets.randbelow(10**9), 1_000)
    sys.stdout.write(f"{found} {blamed} {told}\n")
    assert found >= 0.97, told
    assert blamed <= 0.02, told


def test_the_card_counts() -> None:
    left = pd.DataFrame({"k": ["a", "a", "b", "B ", None, "x"], "n": range(6)})
    right = pd.DataFrame({"k": ["a", "b", "b", "q"], "m": range(4)})
    found = card(planted.Joined({"df": left, "other": right}, "result = df.merge(other, on='k', how='left')", ""))
    assert found.outcome is Outcome.FAILED
    assert found.evidence == (
        "Left join: 6 rows before, 7 after; 50 % of the left and 75 % of the 4 right rows match; "
        "repeated keys 2 and 2, missing 1 and 0",
    )
    assert "The join makes 1 row more" in found.sentence
    assert "1 row has no key" in found.sentence
    assert "2 rows find no partner (33.3 %)" in found.sentence
    assert "1 of them would, but for spaces or capitals" in found.sentence


def test_an_answer_without_a_join_has_no_card() -> None:
    assert joins.weigh(tables.case("result = df['price'].sum()")) is None


@pytest.mark.parametrize(
    "code",
    [
        "result = df.merge(df.groupby('region', as_index=False).price.mean(), on='region')",
        "result = df.join(df.groupby('region').price.mean().rename('m'), on='region')",
        "m = df.groupby('region').price.mean().rename('m')\nresult = df.merge(m, left_on='region', right_index=True)",
        "result = pd.merge(df, df[['region']].drop_duplicates())",
    ],
)
def test_ways_to_join_that_are_sound(code: str) -> None:
    found = joins.weigh(tables.case(code))
    assert found is not None
    assert found.outcome is Outcome.PASSED, found


@pytest.mark.parametrize("card", ["[1]", '{"left": 1}', '[{"left": "x"}]', "[" * 9_000, '[{"how": 1, "left": 1e5}]'])
def test_a_card_that_the_code_made_up_is_no_card(card: str) -> None:
    code = "result = len(df)"
    case = tables.case(code)
    printed = case.result.model_copy(update={"stdout": f"{probe.MARK}{card}\n"})
    assert joins.weigh(Case("", case.plan, code, case.result, "", case.profiles, lambda _, __: printed)) is None


def test_counts_of_a_made_up_card_are_bounded() -> None:
    counts = dict.fromkeys(joins.COUNTS, 10**400)
    case = tables.case("result = len(df)")
    printed = case.result.model_copy(update={"stdout": f"{probe.MARK}{json.dumps([counts])}\n"})
    assert joins.weigh(Case("", case.plan, case.code, case.result, "", case.profiles, lambda _, __: printed)) is None
