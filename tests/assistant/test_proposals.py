"""Changes that are proposed, analyses and moves in the history: what is stored, applied, rejected and undone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.messages import Table
from services import conversations, datasets, exploration, versions
from services.assistant import export, pipeline, proposals
from services.change_jobs import applied
from services.code import steps
from services.domain import Conversation, Dataset, Move, Plan, PlanKind, Turn, TurnStatus
from services.errors import BadInput
from services.workspace import Workspace
from tests.doubles import ScriptedAnalyst

Rewire = Callable[..., Workspace]
FEWER = {"kind": "filter", "conditions": [{"column": "price", "test": "<", "value": 50}]}
BROKEN = {"kind": "drop", "columns": ["prise"]}


def change(*listed: dict[str, Any]) -> Plan:
    return Plan(kind=PlanKind.TRANSFORM, reading="cheap rows", steps=tuple(steps.parse(each) for each in listed))


def ask(ws: Workspace, conversation: Conversation, question: str = "only cheap ones") -> Turn:
    return conversations.turn(ws, pipeline.ask(ws, conversation.id, question).id)


@pytest.fixture
def talk(ws: Workspace, orders: Dataset) -> Conversation:
    return conversations.create(ws, orders.id)


def test_a_change_is_proposed_with_its_effect_and_changes_nothing(rewired: Rewire, talk: Conversation) -> None:
    ws = rewired(analysts={"builtin": ScriptedAnalyst(plan_record=change(FEWER))})
    turn = ask(ws, talk)
    assert turn.status is TurnStatus.PROPOSED
    assert turn.answer is not None
    assert turn.answer.effect is not None
    assert (turn.answer.effect.difference.rows_before, turn.answer.effect.difference.rows_after) == (8, 6)
    assert "8 rows become 6" in turn.answer.text
    assert conversations.get(ws, talk.id).version_id == talk.version_id
    told = export.as_json(turn)
    assert told["status"] == "proposed"
    assert [each["kind"] for each in told["steps"]] == ["filter"]
    assert told["effect"]["rows_after"] == 6


def test_it_is_applied_undone_and_done_again(rewired: Rewire, talk: Conversation) -> None:
    analyst = ScriptedAnalyst(plan_record=change(FEWER))
    ws = rewired(analysts={"builtin": analyst})
    turn = ask(ws, talk)
    proposal = proposals.proposed(ws, turn)
    assert proposal is not None
    made = applied(ws, proposal.apply().id).version
    assert made.rows == 6
    assert made.turn_id == turn.id
    assert conversations.get(ws, talk.id).version_id == made.id
    assert proposals.applied(ws, [turn])[turn.id].id == made.id
    analyst.plan_record = Plan(kind=PlanKind.HISTORY, move=Move.UNDO)
    undone = ask(ws, talk, "undo that")
    assert undone.status is TurnStatus.ANSWERED
    assert undone.answer is not None
    assert undone.answer.text == "Undone. The table has 8 rows and 6 columns."
    assert conversations.get(ws, talk.id).version_id == talk.version_id
    analyst.plan_record = Plan(kind=PlanKind.HISTORY, move=Move.REDO)
    assert ask(ws, talk, "redo").status is TurnStatus.ANSWERED
    assert conversations.get(ws, talk.id).version_id == made.id
    analyst.plan_record = Plan(kind=PlanKind.HISTORY, move=Move.START)
    assert ask(ws, talk, "back to the start").status is TurnStatus.ANSWERED
    assert conversations.get(ws, talk.id).version_id == versions.path(ws, made.id)[0].id


def test_nothing_to_undo_is_said(rewired: Rewire, talk: Conversation) -> None:
    ws = rewired(analysts={"builtin": ScriptedAnalyst(plan_record=Plan(kind=PlanKind.HISTORY, move=Move.UNDO))})
    turn = ask(ws, talk, "undo")
    assert turn.status is TurnStatus.FAILED
    assert "nothing to undo" in turn.message


def test_a_rejected_change_is_offered_no_more(rewired: Rewire, talk: Conversation) -> None:
    ws = rewired(analysts={"builtin": ScriptedAnalyst(plan_record=change(FEWER))})
    turn = ask(ws, talk)
    assert proposals.reject(ws, turn.id).status is TurnStatus.REJECTED
    assert proposals.proposed(ws, conversations.turn(ws, turn.id)) is None
    with pytest.raises(BadInput):
        proposals.reject(ws, turn.id)


def test_an_applied_change_cannot_be_rejected(rewired: Rewire, talk: Conversation) -> None:
    ws = rewired(analysts={"builtin": ScriptedAnalyst(plan_record=change(FEWER))})
    turn = ask(ws, talk)
    proposal = proposals.proposed(ws, turn)
    assert proposal is not None
    proposal.apply()
    with pytest.raises(BadInput):
        proposals.reject(ws, turn.id)


def test_steps_that_do_not_fit_go_back_to_the_analyst(rewired: Rewire, talk: Conversation) -> None:
    analyst = ScriptedAnalyst(plan_record=change(BROKEN), mended=change(FEWER))
    turn = ask(rewired(analysts={"builtin": analyst}), talk)
    assert turn.status is TurnStatus.PROPOSED
    assert [attempt.problem for attempt in turn.attempts] == ["There is no column “prise”."]
    assert analyst.seen[0][0].error is not None


def test_steps_that_stay_wrong_fail_with_a_sentence(rewired: Rewire, talk: Conversation) -> None:
    turn = ask(rewired(analysts={"builtin": ScriptedAnalyst(plan_record=change(BROKEN))}), talk)
    assert turn.status is TurnStatus.FAILED
    assert "prise" in turn.message


def test_what_cannot_be_changed_may_become_a_question_back(rewired: Rewire, talk: Conversation) -> None:
    asks = Plan(kind=PlanKind.CLARIFY, message="Which price?", options=("drop price",))
    turn = ask(rewired(analysts={"builtin": ScriptedAnalyst(plan_record=change(BROKEN), mended=asks)}), talk)
    assert turn.status is TurnStatus.CLARIFY
    assert turn.answer is not None
    assert turn.answer.suggestions == ("drop price",)


def test_an_analysis_runs_as_on_its_page(rewired: Rewire, talk: Conversation) -> None:
    data = {"kind": "compare_groups", "measure": "price", "group": "region"}
    plan = Plan(kind=PlanKind.ANALYSIS, reading="price by region", analysis=data)
    ws = rewired(analysts={"builtin": ScriptedAnalyst(plan_record=plan)})
    turn = ask(ws, talk, "do prices differ between regions?")
    assert turn.status in (TurnStatus.ANSWERED, TurnStatus.DECLINED), turn.message
    assert turn.answer is not None
    assert exploration.asked(turn)["kind"] == "compare_groups"
    assert exploration.group_of(turn)
    page = conversations.turn(ws, exploration.analyse(ws, talk.id, data).id)
    assert page.answer is not None
    assert turn.answer.text == page.answer.text
    assert turn.answer.code == page.answer.code
    names = [[o.name for o in each.answer.outputs if isinstance(o, Table)] for each in (turn, page) if each.answer]
    assert names[0] == names[1]


def test_an_analysis_of_a_column_that_is_not_there_is_refused(rewired: Rewire, talk: Conversation) -> None:
    data = {"kind": "compare_groups", "measure": "prise", "group": "region"}
    plan = Plan(kind=PlanKind.ANALYSIS, analysis=data)
    turn = ask(rewired(analysts={"builtin": ScriptedAnalyst(plan_record=plan)}), talk)
    assert turn.status is TurnStatus.FAILED
    assert "prise" in turn.message


def test_a_change_that_changes_nothing_says_so(rewired: Rewire, talk: Conversation) -> None:
    plan = change({"kind": "drop_missing", "columns": ["price"]})
    turn = ask(rewired(analysts={"builtin": ScriptedAnalyst(plan_record=plan)}), talk)
    assert turn.status is TurnStatus.PROPOSED
    assert turn.answer is not None
    assert proposals.UNCHANGED in turn.answer.caveats


def test_a_change_of_a_table_that_moved_on_is_a_branch(rewired: Rewire, talk: Conversation, orders: Dataset) -> None:
    ws = rewired(analysts={"builtin": ScriptedAnalyst(plan_record=change(FEWER))})
    first, second = ask(ws, talk), ask(ws, talk)
    for turn in (first, second):
        proposal = proposals.proposed(ws, turn)
        assert proposal is not None
        proposal.apply()
    made = proposals.applied(ws, [first, second])
    assert conversations.get(ws, talk.id).version_id == made[first.id].id
    assert made[second.id].parent_id == orders.head_id
    assert len(datasets.list_all(ws)) == 1
