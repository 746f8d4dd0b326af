"""Shuffled rows give the same answer, or the answer hangs on their order."""

from __future__ import annotations

import secrets
import sys

import pytest

from sandbox import Sandbox
from sandbox.messages import RunRequest, RunResult
from services.assistant.checks import Case, order, probe
from services.domain import Outcome
from tests.assistant.checks import planted, tables

ASKED = "what about the sales?"


def outcome(case: Case) -> Outcome:
    found = order.weigh(case)
    assert found is not None
    return found.outcome


def rates(seed: int, cases: int) -> tuple[float, float, str]:
    """Shares of planted bugs that were found, and of sound code that was blamed."""
    found, blamed, told = 0, 0, [f"seed {seed}"]
    for at in range(cases):
        frame = planted.sales(seed + at)
        for bug in (True, False):
            code = planted.order_case(seed + at, bug)
            failed = outcome(tables.case(code, ASKED, df=frame)) is Outcome.FAILED
            found += bug and failed
            blamed += failed and not bug
            if failed is not bug:
                told.append(f"{at} {'missed' if bug else 'blamed'}: {code}")
    return found / cases, blamed / cases, "\n".join(told[:40])


def test_planted_order_bugs_are_found() -> None:
    found, blamed, told = rates(secrets.randbelow(10**9), 30)
    assert found > 0.8, told
    assert blamed < 0.1, told


@pytest.mark.long
@pytest.mark.timeout(1_800)
def test_the_rates_over_a_thousand_order_bugs() -> None:
    found, blamed, told = rates(secrets.randbelow(10**9), 1_000)
    sys.stdout.write(f"{found} {blamed} {told}\n")
    assert found >= 0.95, told
    assert blamed <= 0.02, told


def test_ties_are_said_and_no_fault() -> None:
    frame = planted.sales(1).assign(units=5)
    case = tables.case("result = df.nlargest(3, 'units')[['region', 'units']]", ASKED, df=frame)
    assert outcome(case) is Outcome.WARNED


def test_a_question_about_the_order_may_follow_it() -> None:
    case = tables.case("result = df.head(3)", "show the first 3 rows", df=planted.sales(2))
    assert outcome(case) is Outcome.SKIPPED


@pytest.mark.parametrize("code", ["result = df.sample(3)", "from sklearn.cluster import KMeans\nresult = len(df)"])
def test_what_draws_by_lot_is_not_tried(code: str) -> None:
    assert outcome(tables.case(code, ASKED)) is Outcome.SKIPPED


def test_code_that_breaks_on_shuffled_rows_hangs_on_their_order() -> None:
    frame = planted.sales(4)
    code = f"result = {{{frame['price'].iloc[0]}: 1}}[df['price'].iloc[0]]"
    assert outcome(tables.case(code, ASKED, df=frame)) is Outcome.FAILED


def test_numbers_of_any_length_are_compared() -> None:
    assert outcome(tables.case("result = [10 ** 4000 + len(df), 10 ** 400]", ASKED)) is Outcome.PASSED


def test_the_second_derivation_is_not_run_again() -> None:
    code = "result = {'n': len(df)}\nresult['_sql'] = sql('select 1')"
    assert "sql(" not in probe.without_second(code)
    assert probe.without_second("result = len(df)  # all") == "result = len(df)  # all"


def test_it_runs_in_the_sandbox_and_large_tables_are_cut(sandbox: Sandbox, tmp_path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    path, frame = tmp_path / "t.parquet", planted.sales(3)
    frame.to_parquet(path, index=False)
    monkeypatch.setattr(probe, "ROWS", 30)

    def run(code: str, _queries: bool = False) -> RunResult:
        return sandbox.run(RunRequest(id="r", code=code, tables={"df": path}))

    for code, wanted in (
        ("result = df['price'].cumsum().to_frame()", Outcome.FAILED),
        ("result = df.groupby('region', as_index=False)['price'].sum()", Outcome.PASSED),
        (
            "m = df.groupby('region').price.mean().rename('m')\nresult = df.join(m, on='region').m.mean()",
            Outcome.PASSED,
        ),
    ):
        case = tables.case(code, ASKED, df=frame)
        case = Case(ASKED, case.plan, code, run(code), "", case.profiles, run)
        found = order.weigh(case)
        assert found is not None
        assert found.outcome is wanted, found
        assert "first 30 rows" in found.sentence
    assert isinstance(made := probe.made(case), probe.Probe)
    assert made.joins[0]["left_matched"] == 30
