"""A check that breaks is skipped and said so; the answer stands."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from sandbox.messages import RunResult, Table
from services.assistant import checks
from services.domain import Outcome
from tests.assistant.checks.tables import case


def test_a_result_that_no_check_understands_takes_no_answer_away(caplog: pytest.LogCaptureFixture) -> None:
    frame = pd.DataFrame({"region": ["a", "b", "a"], "price": [1.0, 2.0, 3.0]})
    good = case("result = df.groupby('region')['price'].mean().reset_index()", text="It is 2.0.", df=frame)
    [table] = good.result.outputs
    assert isinstance(table, Table)
    broken = RunResult(**{**dict(good.result), "outputs": (table.model_copy(update={"arrow": b"no arrow"}),)})
    review = checks.review(replace(good, result=broken))
    assert review.text == "It is 2.0."
    skipped = [check for check in review.checks if check.sentence == "This check could not be made."]
    assert skipped
    assert all(check.outcome is Outcome.SKIPPED for check in skipped)
    assert "could not be made" in caplog.text
