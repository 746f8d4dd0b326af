"""A result without its data is no answer; a cut table is said."""

from __future__ import annotations

import pyarrow as pa
import pytest

from sandbox.messages import RunError, RunResult, RunStatus, Table, Value
from services.assistant import checks
from services.assistant.checks import basics


def ran(**fields: object) -> RunResult:
    return RunResult.model_validate({"id": "r", "status": RunStatus.OK, "outputs": (Value(value=3),), **fields})


def table(rows: int, total: int) -> Table:
    data = pa.table({"a": list(range(rows))})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, data.schema) as writer:
        writer.write_table(data)
    return Table(arrow=sink.getvalue().to_pybytes(), columns=("a",), rows=rows, total_rows=total)


@pytest.mark.parametrize(
    ("code", "used"),
    [
        ("result = df['a'].sum()", True),
        ("x = df\nresult = len(x)", True),
        ("result = 42", False),
        ("import pandas as pd\ndf = pd.DataFrame({'a': [1]})\nresult = 1", False),
        ("result = 'df'", False),
        ("result = (", False),
    ],
)
def test_an_answer_must_read_the_table(code: str, used: bool) -> None:
    assert checks.uses_any(code, {"df"}) is used
    assert (checks.problem(code, ran(), {"df"}) == "") is used


def test_a_failed_run_is_told_with_its_line() -> None:
    error = RunError(type="KeyError", message="'prise'", line=2)
    result = ran(status=RunStatus.FAILED, outputs=(), error=error)
    assert checks.problem("result = df['prise']", result, {"df"}) == "KeyError: 'prise' (line 2)"


def test_a_run_that_ended_without_words_still_says_how() -> None:
    assert checks.problem("result = len(df)", ran(status=RunStatus.TOO_BIG, outputs=()), {"df"}) == (
        "The run ended as too big."
    )


def test_no_output_is_no_answer() -> None:
    assert checks.problem("df", ran(outputs=()), {"df"}) == basics.NOTHING


def test_cut_empty_and_sampled_results_are_said() -> None:
    result = ran(outputs=(table(3, 10), table(0, 0)), sampled=(5, 50))
    assert checks.caveats(result) == (
        "An estimate: computed on a sample of 5 of 50 rows.",
        "The table shows the first 3 of 10 rows.",
        "No rows match.",
    )
    assert checks.caveats(ran(outputs=(table(3, 3),))) == ()
