"""What of a failed run a model may read."""

from __future__ import annotations

import pytest

from sandbox.messages import RunError, RunStatus
from services.assistant import faults
from services.domain import Attempt

CODE = 'result = df["unit price"].astype(float).mean()'
COLUMNS = ("df", "unit price", "region")


def told(message: str, kind: str = "ValueError", line: int | None = 1, code: str = CODE, hint: str = "") -> str:
    error = RunError(type=kind, message=message, line=line, hint=hint)
    return faults.describe(Attempt(code=code, status=RunStatus.FAILED, error=error), COLUMNS)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("could not convert string to float: 'Ms Lee'", "could not convert string to float: '…'"),
        ('Unable to parse string "12,5" at position 7', 'Unable to parse string "…" at position …'),
        ("unable to parse: Rosebud, at position 0", "unable to parse: …, at position …"),
        ("column 'regin' not found; did you mean 'region'?", "column '…' not found; did you mean 'region'?"),
        ("column 'unit price' not found", "column 'unit price' not found"),
        ("unsupported operand type(s) for +: 'int' and 'str'", "unsupported operand type(s) for +: 'int' and 'str'"),
        ("could not convert 'single'", "could not convert '…'"),
        ("The columns are: 'Berlin', 'Oslo', 'region'.", "The columns are: '…', '…', 'region'."),
        ("lee@example.com +49 30 1234 secret", "… +…"),
        ("line one\nsecret\ttwo", "line one … two"),
        ("名前 Ünal", "…"),
    ],
)
def test_only_known_words_pass(message: str, expected: str) -> None:
    assert told(message).partition(": ")[2] == expected


def test_words_of_the_code_pass() -> None:
    assert told("name 'total' is not defined", "NameError", code="result = total") == (
        "NameError in line 1: name 'total' is not defined"
    )


@pytest.mark.parametrize("kind", ["Rosebud", "Ms_Lee", "Secret1"])
def test_an_error_type_made_by_the_code_is_not_told(kind: str) -> None:
    assert told("division by zero", kind) == "Error in line 1: division by zero"


@pytest.mark.parametrize("line", [None, 0, -3, 2, 4_711])
def test_a_line_that_the_code_does_not_have_is_not_told(line: int | None) -> None:
    assert told("division by zero", line=line) == "ValueError: division by zero"


def test_the_hint_is_masked_too() -> None:
    assert "Berlin" not in told("column 'x' not found", hint="The columns are: Berlin, region.")


@pytest.mark.parametrize("status", [RunStatus.TIMEOUT, RunStatus.MEMORY, RunStatus.TOO_BIG, RunStatus.REFUSED])
def test_every_other_end_has_a_sentence(status: RunStatus) -> None:
    assert faults.describe(Attempt(code=CODE, status=status), COLUMNS) == faults.ENDINGS[status]


def test_what_the_tester_found_is_masked() -> None:
    attempt = Attempt(code=CODE, status=RunStatus.OK, problem="The code ran but gave no result for Rosebud.")
    assert faults.describe(attempt, COLUMNS) == "The code ran but gave no result for …."


def test_a_long_message_is_cut() -> None:
    assert len(told("unable to parse " * 1_000)) < 1_100


def test_the_words_hold_no_common_cell_values() -> None:
    values = {"male", "female", "north", "south", "east", "west", "january", "monday", "london", "usa", "smith", "red"}
    assert not faults.words() & values
