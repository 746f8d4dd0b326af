"""What a question may go on with: kept answers, code by hand, plans, readings, explanations, studies."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.messages import Value
from services import conversations, datasets, definitions, feedback, jobs, report_shelf
from services.assistant import by_hand, cached, explaining, pipeline, resuming, study
from services.assistant.telling import Topic
from services.domain import Conversation, Dataset, JobStatus, Mode, Plan, PlanKind, Turn, TurnStatus
from services.errors import BadInput, NotFound
from services.workspace import Workspace
from tests.doubles import ScriptedAnalyst

AVERAGE = "average price by region"


class Asker:
    """Asks in one conversation."""

    def __init__(self, ws: Workspace, dataset: Dataset) -> None:
        self.ws, self.conversation = ws, conversations.create(ws, dataset.id)

    def __call__(self, question: str = AVERAGE, mode: Mode = Mode.ANSWER) -> Turn:
        return self.now(pipeline.ask(self.ws, self.conversation.id, question, mode=mode))

    def now(self, turn: Turn) -> Turn:
        return conversations.turn(self.ws, turn.id)


@pytest.fixture
def ask(ws: Workspace, orders: Dataset) -> Asker:
    return Asker(ws, orders)


# Kept answers


def test_the_same_question_is_answered_at_once(ask: Asker, ws: Workspace, orders: Dataset) -> None:
    first = ask()
    again = ask(AVERAGE.upper())
    assert again.cached_id == first.id
    assert first.answer is not None
    assert again.answer is not None
    assert (again.answer.text, again.answer.outputs) == (first.answer.text, first.answer.outputs)
    assert cached.SAID in again.answer.caveats
    assert again.attempts == ()
    assert Asker(ws, orders)().cached_id == first.id
    fresh = ask.now(pipeline.retry(ws, first.id))
    assert (fresh.cached_id, fresh.mode, len(fresh.attempts)) == ("", Mode.FRESH, 1)
    assert not fresh.attempts[0].is_kept


def test_a_question_that_leans_on_another_one_is_read_anew(ask: Asker) -> None:
    ask()
    first = ask("as a pie")
    ask("total units by product")
    second = ask("as a pie")
    assert first.status is second.status is TurnStatus.ANSWERED
    assert second.cached_id == ""
    assert second.plan != first.plan


def test_a_wrong_answer_and_another_definition_are_not_taken(ask: Asker, ws: Workspace) -> None:
    definitions.define(ws, "revenue = price * units")
    first = ask("total revenue by region")
    feedback.give(ws, first.id, is_right=False, reason="returns")
    second = ask("total revenue by region")
    assert second.cached_id == ""
    definitions.define(ws, "revenue = price")
    third = ask("total revenue by region")
    assert third.cached_id == ""
    assert third.answer != second.answer


def test_code_that_ran_on_the_version_is_not_run_twice(ask: Asker, ws: Workspace) -> None:
    first = ask()
    assert first.answer is not None
    code = "result = float(df['price'].sum())"
    turns = [ask.now(by_hand.run(ws, first.id, code)) for _ in range(2)]
    assert [turn.attempts[0].is_kept for turn in turns] == [False, True]
    assert turns[0].answer == turns[1].answer


# Definitions


def test_a_definition_is_used_and_named(ask: Asker, ws: Workspace) -> None:
    definitions.define(ws, 'revenue = price * units where region is not "West"')
    turn = ask("total revenue by product")
    assert turn.status is TurnStatus.ANSWERED
    assert turn.plan is not None
    assert turn.answer is not None
    assert "price x units" in turn.plan.reading
    assert turn.answer.defined == ('revenue = price * units where region is not "West"',)
    assert any("By your team's definition: revenue" in caveat for caveat in turn.answer.caveats)
    assert turn.question == "total revenue by product"


# Code by hand


def test_code_by_hand_is_run_checked_and_marked(ask: Asker, ws: Workspace) -> None:
    first = ask()
    turn = ask.now(
        by_hand.run(ws, first.id, "result = {'answer': f'It is {df.price.max():.1f}.', 'n': df.price.max()}")
    )
    assert (turn.status, turn.mode, turn.analyst, turn.base_id) == (
        TurnStatus.ANSWERED, Mode.HAND, by_hand.NAME, first.id,
    )  # fmt: skip
    assert turn.answer is not None
    assert turn.answer.text == "It is 199.0."
    assert {check.name for check in turn.answer.checks} >= {"receipts"}
    assert any(isinstance(output, Value) for output in turn.answer.outputs)


def test_the_built_in_analysts_code_runs_by_hand_with_its_sql(ask: Asker, ws: Workspace) -> None:
    first = ask()
    assert first.answer is not None
    turn = ask.now(by_hand.run(ws, first.id, first.answer.code + "\n# changed"))
    assert turn.status is TurnStatus.ANSWERED, turn.attempts


@pytest.mark.parametrize("code", ["", "result =", "x = 1", "result = 1" + " " * 20_000])
def test_what_is_no_code_is_refused(ask: Asker, ws: Workspace, code: str) -> None:
    first = ask()
    with pytest.raises(BadInput):
        by_hand.run(ws, first.id, code)
    assert len(conversations.turns(ws, ask.conversation.id)) == 1


def test_code_by_hand_stays_in_the_sandbox(ask: Asker, ws: Workspace) -> None:
    first = ask()
    turn = ask.now(by_hand.run(ws, first.id, "result = open('/etc/passwd').read()"))
    assert turn.status is TurnStatus.FAILED
    assert turn.analyst == by_hand.NAME


# Code only, and plans


@pytest.mark.parametrize("question", [AVERAGE, "drop rows without a price"])
def test_code_is_written_and_not_run(ask: Asker, question: str) -> None:
    turn = ask(question, Mode.CODE)
    assert turn.status is TurnStatus.ANSWERED
    assert turn.answer is not None
    assert "df" in turn.answer.code
    assert (turn.attempts, turn.answer.outputs, turn.answer.effect) == ((), (), None)


def test_a_plan_is_shown_then_carried_out(ask: Asker, ws: Workspace) -> None:
    shown = ask(AVERAGE, Mode.PLAN)
    assert (shown.status, shown.attempts) == (TurnStatus.PLANNED, ())
    done = ask.now(resuming.approve(ws, shown.id))
    assert (done.id, done.status) == (shown.id, TurnStatus.ANSWERED)
    with pytest.raises(BadInput):
        resuming.approve(ws, shown.id)


def test_a_plan_is_put_in_other_words_or_rejected(ask: Asker, ws: Workspace) -> None:
    shown = ask(AVERAGE, Mode.PLAN)
    other = ask.now(resuming.amend(ws, shown.id, "total units by product"))
    assert (other.status, other.question) == (TurnStatus.PLANNED, AVERAGE)
    assert other.plan is not None
    assert "units" in other.plan.reading
    assert ask.now(resuming.approve(ws, shown.id)).status is TurnStatus.ANSWERED
    unwanted = ask("average units by region", Mode.PLAN)
    assert resuming.reject(ws, unwanted.id).status is TurnStatus.REJECTED
    with pytest.raises(BadInput):
        resuming.amend(ws, unwanted.id, "total units")


def test_of_a_changing_plan_single_steps_are_kept(ask: Asker, ws: Workspace) -> None:
    shown = ask("drop the column units and drop the column product", Mode.PLAN)
    assert shown.plan is not None
    assert len(shown.plan.steps) == 2
    with pytest.raises(BadInput):
        resuming.approve(ws, shown.id, keep=[])
    done = ask.now(resuming.approve(ws, shown.id, keep=[1]))
    assert done.status is TurnStatus.PROPOSED
    assert done.answer is not None
    assert done.answer.effect is not None
    assert done.answer.effect.difference.removed == ("product",)


def test_of_a_large_table_the_plan_comes_first(rewired: Callable[..., Workspace], orders: Dataset) -> None:
    ws = rewired()
    small = ws.backends.settings.model_copy(update={"plan_rows": 8})
    ask = Asker(rewired(settings=small), orders)
    assert ask().status is TurnStatus.PLANNED


def test_a_reading_resumes_the_same_turn(rewired: Callable[..., Workspace], orders: Dataset) -> None:
    back = Plan(kind=PlanKind.CLARIFY, message="Which one?", options=(AVERAGE, "total price by region"))
    analyst = ScriptedAnalyst(plan_record=back)
    ws = rewired(analysts={"builtin": analyst})
    ask = Asker(ws, orders)
    asked = ask("price by region")
    assert asked.status is TurnStatus.CLARIFY
    with pytest.raises(BadInput):
        resuming.choose(ws, asked.id, "something else")
    analyst.plan_record = Plan(kind=PlanKind.ANALYSE, reading="number of rows")
    done = ask.now(resuming.choose(ws, asked.id, "total price by region"))
    assert (done.id, done.status, done.chosen) == (asked.id, TurnStatus.ANSWERED, "total price by region")
    assert done.question == "price by region"
    assert analyst.briefs[-1].question == "total price by region"
    assert len(conversations.turns(ws, ask.conversation.id)) == 1


# Explanations and studies


@pytest.mark.parametrize("topic", [topic for topic in Topic if topic is not Topic.STUDY])
def test_every_side_of_a_table_is_explained_without_a_model(ask: Asker, ws: Workspace, topic: Topic) -> None:
    turn = ask.now(explaining.start(ws, ask.conversation.id, topic))
    assert turn.status is TurnStatus.ANSWERED, turn.message
    assert turn.answer is not None
    assert turn.answer.text
    assert turn.exchanges == ()
    assert explaining.latest(ws, ask.conversation.id, topic) == turn


def test_a_merge_is_proposed_by_its_key(ask: Asker, ws: Workspace, tmp_path: Path) -> None:
    (tmp_path / "regions.csv").write_text("region,manager\nWest,Ann\nEast,Bob\nNorth,Cleo\n")
    datasets.upload(ws, tmp_path / "regions.csv", "regions.csv")
    turn = ask.now(explaining.start(ws, ask.conversation.id, Topic.MERGE))
    assert turn.answer is not None
    assert "“regions” by “region” = “region”: 100%" in turn.answer.text


def test_a_study_is_drafted_changed_and_ends_in_a_report(ask: Asker, ws: Workspace) -> None:
    with pytest.raises(BadInput):
        explaining.start(ws, ask.conversation.id, Topic.STUDY, " ")
    drafted = ask.now(explaining.start(ws, ask.conversation.id, Topic.STUDY, "why did units fall?"))
    assert drafted.answer is not None
    assert drafted.answer.suggestions[0] == "Total units over time"
    assert len(drafted.answer.suggestions) >= 4
    for none in ([], [" "], ["x"] * 21):
        with pytest.raises(BadInput):
            study.run(ws, drafted.id, none)
    questions = [*drafted.answer.suggestions[:2], "", "how many rows?", "what is the weather?"]
    job = jobs.get(ws, study.run(ws, drafted.id, questions).id)
    assert job.status is JobStatus.DONE
    (report_id,) = job.outcome
    assert report_shelf.get(ws, report_id).title == "Study: why did units fall?"
    assert len(report_shelf.sections(ws, report_id)) == 3
    asked: Conversation = conversations.get(ws, job.subject_id)
    assert [turn.status.is_final for turn in conversations.turns(ws, asked.id)] == [True] * 4
    assert study.latest(ws, asked.id) == job


def test_a_change_goes_on_from_the_turn_it_names(ask: Asker, ws: Workspace) -> None:
    first = ask()
    ask("total units by product")
    turn = ask.now(pipeline.ask(ws, ask.conversation.id, "as a pie", base_id=first.id))
    assert turn.plan is not None
    assert "price" in turn.plan.reading
    with pytest.raises(NotFound):
        pipeline.ask(ws, conversations.create(ws, ask.conversation.dataset_id).id, "as a pie", base_id=first.id)
