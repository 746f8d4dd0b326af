"""Every number of a text is found in the result, or is taken out of it."""

from __future__ import annotations

import io
import secrets
import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pyarrow as pa
import pytest

from sandbox.messages import Output, RunResult, RunStatus, Table, Text, Value
from services.assistant.checks import Case, alike, receipts, review
from services.domain import Outcome, Plan, PlanKind
from services.protocols import Brief
from tests.assistant.checks.spoken import Speaker


def case(
    text: str, *outputs: Output, question: str = "", code: str = "result = df", result: RunResult | None = None
) -> Case:
    ran = result or RunResult(id="r", status=RunStatus.OK, outputs=outputs)
    return Case(question, Plan(kind=PlanKind.ANALYSE), code, ran, text, {})


@dataclass
class Rates:
    """Counted over texts: planted numbers that were found, clean texts in which something was found."""

    planted: int = 0
    found: int = 0
    clean: int = 0
    alarms: int = 0


def rates(seed: int, texts: int) -> tuple[Rates, list[str]]:
    counted, examples = Rates(), []
    for at in range(texts):
        told = Speaker(seed + at, wrong=at % 2 == 0).text()
        unsupported = receipts.unsupported(case(told.text, result=told.result))
        names = {said.text for said in unsupported}
        if told.planted:
            counted.planted += 1
            hit = any(number in name for number in told.planted for name in names)
            counted.found += hit
            if not hit:
                examples.append(f"missed {told.planted} in: {told.text}")
        else:
            counted.clean += 1
            counted.alarms += bool(names)
            if names:
                examples.append(f"false alarm {names} in: {told.text}")
    return counted, examples


def test_planted_numbers_are_found_and_true_ones_stay() -> None:
    seed = secrets.randbelow(10**9)
    counted, examples = rates(seed, 240)
    told = f"seed {seed}: {counted}\n" + "\n".join(examples)
    # Far from the rates over 1,000 (0.95 and 0.02), so that chance alone never breaks it.
    assert counted.found / counted.planted > 0.85, told
    assert counted.alarms / counted.clean < 0.08, told


@pytest.mark.long
@pytest.mark.timeout(1_800)
def test_the_rates_over_a_thousand_texts_with_planted_numbers() -> None:
    seed = secrets.randbelow(10**9)
    counted, examples = rates(seed, 6_000)
    told = f"seed {seed}: {counted}\n" + "\n".join(examples[:40])
    sys.stdout.write(told)
    assert counted.planted >= 1_000
    assert counted.found / counted.planted >= 0.95, told
    assert counted.alarms / counted.clean <= 0.02, told


N = 12_345.678


@pytest.mark.parametrize(
    "text",
    [
        "It is 12,345.68.",
        "It is 12.345,68.",
        "It is 12 345,68.",
        "It is 12'345.7.",
        "It is 12.3k, or 12.35 thousand.",
        "About 12,000 in all, more than 12,300.",
        "It cost $12,346, that is €12,345.7 or 12345.678 USD.",
        "Between −12,346 and 12,346.",
        "There are no numbers here, but Q3, COVID-19, the 3rd and A4.",
        "1. First\n2. Second",
        "",
    ],
)
def test_ways_to_write_a_number_that_is_there(text: str) -> None:
    assert not receipts.unsupported(case(text, Value(value=N)))


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("It is 12,346.68.", "12,346.68"),
        ("It is 13k.", "13k"),
        ("It is 1,234.57.", "1,234.57"),
        ("About 13,000.", "13,000"),
        ("It is 12 %.", "12 %"),
        ("Since 1987 it is 12,346.", "1987"),
        ("On 2024-05-06 it was 12,346.", "2024-05-06"),
        ("On 6 May 2024 it was 12,346.", "6 May 2024"),
    ],
)
def test_a_number_that_is_not_there(text: str, wrong: str) -> None:
    assert [said.text for said in receipts.unsupported(case(text, Value(value=N)))] == [wrong]


@pytest.mark.parametrize(
    "text",
    [
        "In 2023 there were 40 more than the 60 of 2024.",
        "A has 100 and B 60: A has 40 more, 66.7 % more, 1.7 times as many, and 62.5% of both.",
        "B is 40 % below A (100 against 60).",
        "Together 160, on average 80.",
    ],
)
def test_differences_ratios_and_percentages_of_what_is_shown(text: str) -> None:
    outputs = (Value(value={"A": 100, "B": 60}), Value(value="2023 and 2024"))
    assert not receipts.unsupported(case(text, *outputs))


def test_a_share_may_be_said_as_a_percentage() -> None:
    assert not receipts.unsupported(case("That is 12.3 %, or 12 percent.", Value(value=0.1234)))
    assert receipts.unsupported(case("That is 13 %.", Value(value=0.1234)))


def test_numbers_of_the_question_and_the_code_are_no_claims() -> None:
    found = case("The top 5 above 250 are all in 2024.", Value(value=1), question="top 5", code="df[df.a > 250]; 2024")
    assert not receipts.unsupported(found)


def test_groups_of_digits_that_stand_as_they_are_in_the_question_are_no_claim() -> None:
    question = "who called from +49 193 4675957 on 12 345 678"
    assert receipts.unsupported(case("+49 193 4675957: 0 rows.", Value(value=0), question=question)) == []
    found = receipts.unsupported(case("+49 194 4675957 and 346 678: 0 rows.", Value(value=0), question=question))
    assert [said.text for said in found] == ["49 194", "346 678"]


def test_a_literal_in_the_result_is_no_receipt() -> None:
    code = "result = {'answer': f'It is 777.', 'n': 777}"
    found = receipts.unsupported(case("It is 777.", Text(name="answer", text="It is 777."), code=code))
    assert [said.text for said in found] == ["777"]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("West leads (99 %). It has 5 shops.", "West leads. It has 5 shops."),
        ("The mean is 99.5 and the count is 5.", "The mean is [number removed] and the count is 5."),
        ("It cost $99 in all.", "It cost [number removed] in all."),
        ("It grew by 99% to 5.", "It grew by [number removed] to 5."),
    ],
)
def test_what_is_not_borne_out_is_taken_out_and_the_sentence_stays_readable(text: str, left: str) -> None:
    check, kept = receipts.weigh(case(text, Value(value=5)))
    assert check is not None
    assert check.outcome is Outcome.FAILED
    assert kept == left
    assert "99" in check.evidence[0]
    assert "99" not in check.sentence


def test_a_text_whose_numbers_are_all_there_passes() -> None:
    check, kept = receipts.weigh(case("It is 5.", Value(value=5)))
    assert check is not None
    assert (check.outcome, kept) == (Outcome.PASSED, "It is 5.")
    assert receipts.weigh(case("Nothing to count.", Value(value=5)))[0] is None


def test_hostile_texts_end_soon() -> None:
    receipts.unsupported(case("1," * 50_000 + "9" * 5_000 + "e999999", Value(value=float(10**300))))
    receipts.unsupported(case("It is 5.", Value(value=[10**4_000, {"a": -(10**400)}]), code=f"x = {10**400}"))
    receipts.unsupported(case("(" * 10_000 + "1 " * 10_000, Value(value=[True, None, "x" * 10_000])))


def test_cells_of_every_kind_are_read() -> None:
    moment = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
    cells = {
        "day": [moment.date(), None],
        "time": [moment.time(), None],
        "moment": [moment, None],
        "lasted": [timedelta(days=3), None],
        "price": [Decimal("12.50"), None],
        "flag": [True, None],
        "list": [[1, 2], None],
        "bytes": [b"x", None],
        "nothing": [None, None],
    }
    table = pa.table(cells)
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    output = Table(arrow=sink.getvalue(), columns=tuple(cells), rows=2, total_rows=2)
    text = "On 6 May 2024 at 07:08:09 it cost 12.50, for 3 days. It is not 77."
    assert [said.text for said in receipts.unsupported(case(text, output))] == ["77"]
    checked = review(case(text, output))
    assert {check.name for check in checked.checks} >= {"receipts", "result"}
    assert alike.compare([output], [output]) is None


def test_the_built_in_reading_is_no_claim_and_a_models_is_one() -> None:
    told = case("6 rows (where a is b or 2 more).", Value(value=6))
    ours = replace(told, plan=Plan(kind=PlanKind.ANALYSE, reading="rows where a is b or 2 more"))
    assert not receipts.unsupported(ours)
    brief = Brief("q", {}, (), lambda _: ())
    assert [said.text for said in receipts.unsupported(replace(ours, brief=brief))] == ["2"]
