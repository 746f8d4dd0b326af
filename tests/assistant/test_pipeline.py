"""The loop: what is stored after each way a question can go."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.messages import RunRequest, RunResult, RunStatus, Text, Value
from services import conversations, datasets
from services.assistant import pipeline
from services.domain import Dataset, Plan, PlanKind, Turn, TurnStatus, Verdict
from services.errors import BadInput, Forbidden, NotFound, ProviderError
from services.workspace import Workspace
from tests.doubles import CannedExecutor, RecordingProgress, ScriptedAnalyst

Rewire = Callable[..., Workspace]


def ask(ws: Workspace, dataset: Dataset, question: str = "how many rows?") -> Turn:
    conversation = conversations.create(ws, dataset.id)
    return conversations.turn(ws, pipeline.ask(ws, conversation.id, question).id)


def test_an_answer_is_stored_with_its_code_and_what_was_sent(rewired: Rewire, orders: Dataset) -> None:
    analyst = ScriptedAnalyst(["result = len(df)"], verdict=Verdict(text="There are 8 rows.", suggestions=("Why?",)))
    turn = ask(rewired(analysts={"builtin": analyst}), orders)
    assert turn.status is TurnStatus.ANSWERED
    assert turn.answer is not None
    assert turn.answer.text == "There are 8 rows."
    assert [o.value for o in turn.answer.outputs if isinstance(o, Value)] == [8]
    assert turn.answer.code == "result = len(df)"
    assert [e.sent for e in turn.exchanges] == ["question"]
    assert turn.seconds > 0


def test_a_text_output_named_answer_is_the_sentence(rewired: Rewire, orders: Dataset) -> None:
    code = "result = {'answer': f'{len(df)} orders', 'rows': len(df)}"
    turn = ask(rewired(analysts={"builtin": ScriptedAnalyst([code], verdict=Verdict())}), orders)
    assert turn.answer is not None
    assert turn.answer.text == "8 orders"
    assert not [o for o in turn.answer.outputs if isinstance(o, Text)]


def test_outputs_for_the_review_are_not_shown(rewired: Rewire, orders: Dataset) -> None:
    code = "result = {'rows': df.head(2), '_tied': 3}"
    turn = ask(rewired(analysts={"builtin": ScriptedAnalyst([code], verdict=Verdict(text="8 rows."))}), orders)
    assert turn.answer is not None
    assert [o.name for o in turn.answer.outputs] == ["rows"]


def test_an_error_goes_back_to_the_analyst_once(rewired: Rewire, orders: Dataset) -> None:
    analyst = ScriptedAnalyst(["result = df['prise'].sum()", "result = df['price'].sum()"])
    turn = ask(rewired(analysts={"builtin": analyst}), orders)
    assert turn.status is TurnStatus.ANSWERED
    assert [a.status for a in turn.attempts] == [RunStatus.FAILED, RunStatus.OK]
    assert analyst.seen[1][0].error is not None
    assert "prise" in analyst.seen[1][0].error.message


def test_attempts_run_out_with_a_sentence(rewired: Rewire, orders: Dataset) -> None:
    analyst = ScriptedAnalyst(["result = df['prise']", "result = df['preis']", "result = len(df)"])
    turn = ask(rewired(analysts={"builtin": analyst}), orders)
    assert turn.status is TurnStatus.FAILED
    assert "preis" in turn.message
    assert turn.hint
    assert turn.answer is None


def test_the_same_broken_code_is_not_run_twice(rewired: Rewire, orders: Dataset) -> None:
    turn = ask(rewired(analysts={"builtin": ScriptedAnalyst(["result = df['prise']"])}), orders)
    assert len(turn.attempts) == 1
    assert turn.status is TurnStatus.FAILED


def test_invented_data_is_no_answer(rewired: Rewire, orders: Dataset) -> None:
    turn = ask(rewired(analysts={"builtin": ScriptedAnalyst(["result = 42"])}), orders)
    assert turn.status is TurnStatus.FAILED
    assert "does not use the table" in turn.message


def test_the_tester_can_send_a_result_back(rewired: Rewire, orders: Dataset) -> None:
    analyst = ScriptedAnalyst(["result = len(df)", "result = len(df) + 0"], verdict=Verdict(problem="Wrong column."))
    turn = ask(rewired(analysts={"builtin": analyst}), orders)
    assert [a.problem for a in turn.attempts] == ["Wrong column.", "Wrong column."]
    assert turn.status is TurnStatus.FAILED


@pytest.mark.parametrize(
    ("kind", "status"),
    [(PlanKind.CLARIFY, TurnStatus.CLARIFY), (PlanKind.DECLINE, TurnStatus.DECLINED)],
)
def test_asking_back_and_declining_run_nothing(
    rewired: Rewire, orders: Dataset, kind: PlanKind, status: TurnStatus
) -> None:
    plan = Plan(kind=kind, message="Which price?", options=("average price",))
    turn = ask(rewired(analysts={"builtin": ScriptedAnalyst(plan_record=plan)}), orders)
    assert turn.status is status
    assert turn.answer is not None
    assert turn.answer.text == "Which price?"
    assert turn.answer.suggestions == ("average price",)
    assert turn.attempts == ()


def test_the_built_in_analyst_stands_in_for_a_provider_that_is_down(rewired: Rewire, orders: Dataset) -> None:
    model = ScriptedAnalyst(raises=ProviderError("The model is down.", "Try later."), name="model")
    ws = rewired(analysts={"builtin": ScriptedAnalyst(["result = len(df)"]), "model": model})
    ws = _with(ws, rewired, analyst="auto")
    turn = ask(ws, orders)
    assert turn.status is TurnStatus.ANSWERED
    assert turn.analyst == "builtin"
    assert turn.answer is not None
    assert turn.answer.caveats[0] == "The model is down. The built-in analyst answered instead."


def test_where_nobody_can_answer_the_provider_error_is_told(rewired: Rewire, orders: Dataset) -> None:
    model = ScriptedAnalyst(raises=ProviderError("The model is down.", "Try later."), name="model")
    stand_in = ScriptedAnalyst(plan_record=Plan(kind=PlanKind.DECLINE, message="I cannot."))
    ws = _with(rewired(analysts={"builtin": stand_in, "model": model}), rewired, analyst="auto")
    turn = ask(ws, orders)
    assert turn.status is TurnStatus.FAILED
    assert (turn.message, turn.hint) == ("The model is down.", "Try later.")
    assert turn.answer is None


def test_the_model_asked_for_but_not_set_up(rewired: Rewire, orders: Dataset) -> None:
    ws = _with(rewired(analysts={"builtin": ScriptedAnalyst()}), rewired, analyst="model")
    turn = ask(ws, orders)
    assert turn.status is TurnStatus.FAILED
    assert "OPENAI_API_KEY" in turn.hint


def _with(ws: Workspace, rewired: Rewire, **fields: object) -> Workspace:
    settings = ws.backends.settings.model_copy(update=fields)
    return rewired(settings=settings, analysts=ws.backends.analysts)


def test_history_holds_only_what_came_before(rewired: Rewire, orders: Dataset) -> None:
    analyst = ScriptedAnalyst()
    ws = rewired(analysts={"builtin": analyst})
    conversation = conversations.create(ws, orders.id)
    for question in ("first", "second"):
        pipeline.ask(ws, conversation.id, question)
    assert [t.question for t in analyst.briefs[1].history] == ["first"]
    assert analyst.briefs[0].history == []


def test_stop_kills_the_run(rewired: Rewire, orders: Dataset) -> None:
    progress = RecordingProgress()
    gone = threading.Event()

    def run(request: RunRequest) -> RunResult:
        progress.stop = True
        assert gone.wait(5), "the run was not stopped"
        return RunResult(id=request.id, status=RunStatus.STOPPED)

    class Stoppable(CannedExecutor):
        def stop(self, run_id: str) -> None:
            super().stop(run_id)
            gone.set()

    sandbox = Stoppable(run)
    ws = rewired(analysts={"builtin": ScriptedAnalyst()}, sandbox=sandbox, runner=_NoRunner())
    conversation = conversations.create(ws, orders.id)
    queued = pipeline.ask(ws, conversation.id, "how many?")
    started = time.monotonic()
    with pytest.raises(Exception, match="stopped"):
        pipeline.answer(ws, queued.id, progress)
    assert time.monotonic() - started < 3
    assert sandbox.stopped == [sandbox.requests[0].id]
    assert conversations.turn(ws, queued.id).status is TurnStatus.STOPPED


class _NoRunner:
    """Leaves jobs queued."""

    def start(self, work: object) -> None: ...

    def submit(self, job_id: str) -> None: ...

    def cancel(self, job_id: str) -> None: ...

    def shutdown(self) -> None: ...


@pytest.mark.parametrize(("question", "words"), [("   ", "empty"), ("x" * 20_000, "20,000 characters")])
def test_a_question_that_cannot_be_asked_leaves_nothing(
    ws: Workspace, orders: Dataset, question: str, words: str
) -> None:
    conversation = conversations.create(ws, orders.id)
    with pytest.raises(BadInput, match=words):
        pipeline.ask(ws, conversation.id, question)
    assert conversations.turns(ws, conversation.id) == []


def test_a_viewer_may_not_ask(ws: Workspace, orders: Dataset) -> None:
    from dataclasses import replace

    from services.access import Role

    conversation = conversations.create(ws, orders.id)
    with pytest.raises(Forbidden):
        pipeline.ask(replace(ws, role=Role.VIEWER), conversation.id, "how many?")


def test_an_unknown_conversation(ws: Workspace) -> None:
    with pytest.raises(NotFound):
        pipeline.ask(ws, "nowhere", "how many?")


def test_retry_asks_again_as_a_new_turn(rewired: Rewire, orders: Dataset) -> None:
    ws = rewired(analysts={"builtin": ScriptedAnalyst(["result = df['prise']"])})
    first = ask(ws, orders)
    again = pipeline.retry(ws, first.id)
    assert again.id != first.id
    assert again.question == first.question
    assert len(conversations.turns(ws, first.conversation_id)) == 2


def test_starters_are_questions_the_built_in_analyst_answers(ws: Workspace, orders: Dataset) -> None:
    questions = pipeline.starters(ws, orders.head_id)
    assert len(questions) == 3
    for question in questions:
        assert ask(ws, orders, question).status is TurnStatus.ANSWERED, question


def test_the_first_question_names_the_conversation(rewired: Rewire, orders: Dataset) -> None:
    ws = rewired(analysts={"builtin": ScriptedAnalyst()})
    conversation = conversations.create(ws, orders.id)
    for question in ("How many orders? " * 20, "And now?"):
        pipeline.ask(ws, conversation.id, question)
    title = conversations.get(ws, conversation.id).title
    assert title.startswith("How many orders? How")
    assert len(title) <= conversations.TITLE_CHARS


def test_rows_that_could_not_be_read_are_said_with_every_answer(rewired: Rewire, tmp_path: Path) -> None:
    path = tmp_path / "ragged.csv"
    path.write_text("a,b,c\n1,2,3\n3,4,5,6\n7,8,9\n")
    ws = rewired(analysts={"builtin": ScriptedAnalyst()})
    turn = ask(ws, datasets.upload(ws, path, path.name))
    assert turn.answer is not None
    assert turn.answer.caveats == ("1 row of the file could not be read and is not counted.",)


def test_only_our_own_analyst_is_trusted(rewired: Rewire, orders: Dataset) -> None:
    for name, trusted in (("builtin", True), ("model", False)):
        sandbox = CannedExecutor(lambda request: RunResult(id=request.id, status=RunStatus.OK))
        ws = rewired(analysts={"builtin": ScriptedAnalyst(name=name)}, sandbox=sandbox)
        ask(ws, orders)
        assert [(r.trusted, r.owner) for r in sandbox.requests] == [(trusted, ws.team.id)]
