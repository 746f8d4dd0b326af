"""What becomes of failed checks: back to the engineer, then a caveat."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sandbox.messages import RunStatus, Value
from services import conversations
from services.assistant import checks, faults, pipeline
from services.assistant.checks import registry
from services.domain import Answer, Attempt, Check, Dataset, Outcome, Turn, TurnStatus, Verdict
from services.workspace import Workspace
from tests.doubles import ScriptedAnalyst

Rewire = Callable[..., Workspace]


def ask(ws: Workspace, dataset: Dataset, question: str = "how many units?") -> Turn:
    conversation = conversations.create(ws, dataset.id)
    return conversations.turn(ws, pipeline.ask(ws, conversation.id, question).id)


def no_head(case: checks.Case) -> Check:
    bad = "head" in case.code
    return Check(
        name="whole", outcome=Outcome.FAILED if bad else Outcome.PASSED, sentence="It read some." if bad else "Whole."
    )


@pytest.fixture
def only_heads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "CHECKS", {"whole": no_head})
    monkeypatch.setattr(registry, "ADVICE", {"whole": "Read the whole table."})


@pytest.mark.usefixtures("only_heads")
def test_a_failed_check_goes_back_and_the_mended_answer_stands(rewired: Rewire, orders: Dataset) -> None:
    analyst = ScriptedAnalyst(["result = int(df.head(2).units.sum())", "result = int(df.units.sum())"])
    turn = ask(rewired(analysts={"builtin": analyst}), orders)
    assert turn.status is TurnStatus.ANSWERED
    assert [attempt.unmet for attempt in turn.attempts] == [("whole",), ()]
    assert analyst.seen[1][0].unmet == ("whole",)
    assert "Read the whole table." in faults.describe(analyst.seen[1][0], ())
    assert turn.answer is not None
    assert [o.value for o in turn.answer.outputs if isinstance(o, Value)] == [23]
    assert [check.outcome for check in turn.answer.checks] == [Outcome.PASSED]


@pytest.mark.usefixtures("only_heads")
def test_what_stays_failed_is_a_caveat_of_the_answer(rewired: Rewire, orders: Dataset) -> None:
    codes = ["result = int(df.head(2).units.sum())", "result = int(df.head(2)['wrong'].sum())"]
    turn = ask(rewired(analysts={"builtin": ScriptedAnalyst(codes)}), orders)
    assert turn.status is TurnStatus.ANSWERED
    assert turn.attempts[1].status is RunStatus.FAILED
    assert turn.answer is not None
    assert turn.answer.code == codes[0]
    assert "It read some." in turn.answer.caveats


@pytest.mark.usefixtures("only_heads")
def test_what_its_analyst_checked_is_not_checked_again(rewired: Rewire, orders: Dataset) -> None:
    made = Check(name="whole", outcome=Outcome.PASSED, sentence="Mine.")
    analyst = ScriptedAnalyst(["result = len(df.head(3))"], verdict=Verdict(text="Done.", checks=(made,)))
    turn = ask(rewired(analysts={"builtin": analyst}), orders)
    assert turn.answer is not None
    assert turn.answer.checks == (made,)


def test_an_answer_of_an_earlier_version_is_read() -> None:
    old = Answer.model_validate({"text": "8 rows.", "checks": ["Computed two ways."]})
    assert old.checks == (Check(name="two ways", outcome=Outcome.PASSED, sentence="Computed two ways."),)


def test_an_attempt_without_unmet_checks_needs_no_advice() -> None:
    assert faults.describe(Attempt(code="x", status=RunStatus.OK), ()) == "It failed."
