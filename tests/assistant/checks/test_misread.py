"""Periods that are not over, averages of averages, several units."""

from __future__ import annotations

import pandas as pd
import pytest

from services.assistant.checks import Case, misread
from services.domain import Alert, AlertKind, Outcome, Severity
from tests.assistant.checks import tables


def daily(last: str, first: str = "2023-01-01") -> pd.DataFrame:
    days = pd.date_range(first, last, freq="D")
    return pd.DataFrame({"day": days, "amount": range(len(days)), "currency": "EUR"})


def case(code: str, frame: pd.DataFrame) -> Case:
    made = tables.case(code, df=frame)
    return Case("", made.plan, code, made.result, "", {"df": tables.profiled(frame)})


MONTHS = "t = df.groupby(df['day'].dt.to_period('M'))['amount'].sum()\nresult = t.rename(str).reset_index()"
STARTS = "result = df.resample('MS', on='day')['amount'].sum().reset_index()"
ENDS = "result = df.resample('ME', on='day')['amount'].sum().reset_index()"
QUARTERS = MONTHS.replace("'M'", "'Q'")
YEARS = "result = df.groupby(df['day'].dt.year)['amount'].sum().reset_index()"


@pytest.mark.parametrize(
    ("code", "last", "grain"),
    [
        (MONTHS, "2023-12-31", ""),
        (MONTHS, "2023-12-30", ""),
        (MONTHS, "2023-12-09", "month"),
        (STARTS, "2023-12-09", "month"),
        (ENDS, "2023-12-09", "month"),
        (ENDS, "2023-12-31", ""),
        (QUARTERS, "2023-12-31", ""),
        (QUARTERS, "2023-11-15", "quarter"),
        (YEARS, "2025-12-31", ""),
        (YEARS, "2025-03-31", "year"),
        (MONTHS.replace("sum", "mean"), "2023-12-09", ""),
    ],
)
def test_a_last_period_that_is_not_over_is_said(code: str, last: str, grain: str) -> None:
    found = misread.weigh(case(code, daily(last)))
    if not grain:
        assert found is None or found.outcome is Outcome.PASSED, found
        return
    assert found is not None
    assert f"The last {grain} is not over" in found.sentence
    assert found.evidence == (f"Data up to {last}",)


def test_a_first_period_that_is_not_whole_is_said() -> None:
    found = misread.weigh(case(MONTHS, daily("2023-12-31", "2023-01-20")))
    assert found is not None
    assert "The first month is not whole" in found.sentence


def test_months_of_monthly_data_are_whole() -> None:
    frame = pd.DataFrame({"day": pd.date_range("2020-01-01", periods=30, freq="MS"), "amount": range(30)})
    found = misread.weigh(case(MONTHS, frame))
    assert found is not None
    assert found.outcome is Outcome.PASSED


@pytest.mark.parametrize(
    ("code", "warned"),
    [
        ("m = df.groupby('region')['price'].mean()\nresult = m.mean()", True),
        ("result = df.groupby('region')['price'].mean().mean()", True),
        ("t = df.groupby('region').agg(p=('price', 'mean')).reset_index()\nresult = t['p'].mean()", True),
        ("t = df.groupby('region')['price'].sum()\nresult = t.mean()", False),
        ("result = df['price'].mean()", False),
        ("result = df.groupby('region')['price'].mean().reset_index()", False),
    ],
)
def test_averages_of_averages(code: str, warned: bool) -> None:
    found = misread.weigh(tables.case(code))
    assert found is not None
    assert ("average of averages" in found.sentence and found.outcome is Outcome.WARNED) is warned, found


@pytest.mark.parametrize(
    ("code", "warned"),
    [
        ("result = df['amount'].sum()", True),
        ("result = df.groupby('currency')['amount'].sum().reset_index()", False),
        ("result = df[df.currency == 'EUR'].amount.sum()", False),
    ],
)
def test_sums_over_several_currencies(code: str, warned: bool) -> None:
    frame = pd.DataFrame({"amount": [1.5, 2.5, 30.0, 4.2] * 9, "currency": ["EUR", "USD", "EUR", "JPY"] * 9})
    found = misread.weigh(case(code, frame))
    assert found is not None
    assert ("different units" in found.sentence) is warned, found


def test_an_alert_about_units_is_passed_on() -> None:
    made = tables.case("result = df['price'].sum()")
    alert = Alert(kind=AlertKind.UNIT_MIX, columns=("price",), severity=Severity.HIGH, text="Two units in “price”.")
    profile = tables.profile().model_copy(update={"alerts": (alert,)})
    found = misread.weigh(Case("", made.plan, made.code, made.result, "", {"df": profile}))
    assert found is not None
    assert found.sentence == "Mixed units: Two units in “price”."


def test_a_list_of_rows_cannot_be_misread() -> None:
    assert misread.weigh(tables.case("result = df[df.price > 20]")) is None
