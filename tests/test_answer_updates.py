"""Answers of a conversation brought up to date in one click, with what changed and why."""

from __future__ import annotations

import pytest

from services import answer_updates, cleaning, conversations, jobs
from services.assistant import pipeline
from services.code.steps import Condition, FilterRows, RenameColumns
from services.domain import Dataset, JobStatus
from services.errors import BadInput, NotFound
from services.freshness import Cause
from services.workspace import Workspace

pytestmark = pytest.mark.usefixtures("lent")
MORE_THAN_ONE = FilterRows(conditions=(Condition(column="units", test=">", value=1),))


def test_answers_are_run_again_and_what_changed_is_told(ws: Workspace, orders: Dataset) -> None:
    about = conversations.create(ws, orders.id)
    first, second = (pipeline.ask(ws, about.id, each).id for each in ("average price by region", "total units"))
    assert answer_updates.behind(ws, conversations.turns(ws, about.id)) == {}
    head = cleaning.apply(ws, orders.head_id, MORE_THAN_ONE).version
    behind = answer_updates.behind(ws, conversations.turns(ws, about.id))
    assert set(behind) == {first, second}
    assert behind[first].causes == (Cause.RECIPE,)

    job = jobs.get(ws, answer_updates.update_all(ws, about.id).id)
    assert job.status is JobStatus.DONE, job.message
    found = answer_updates.found(ws, job.id)
    assert [(each.turn_id, each.problem) for each in found] == [(first, ""), (second, "")]
    east = next(change for change in found[0].changes.listed if "East" in change.place)
    assert (east.before, east.after) == (109.25, 19.5)
    assert "Since then" in found[0].reasons[0]
    turn = conversations.turn(ws, first)
    assert turn.version_id == head.id == conversations.get(ws, about.id).version_id
    assert turn.answer
    assert "109.25" not in turn.answer.text
    assert answer_updates.behind(ws, conversations.turns(ws, about.id)) == {}
    assert answer_updates.found(ws, answer_updates.update_all(ws, about.id).id) == (), "nothing was left to do"


def test_an_answer_whose_code_does_not_fit_stays_and_says_why(ws: Workspace, orders: Dataset) -> None:
    about = conversations.create(ws, orders.id)
    price, rows = (pipeline.ask(ws, about.id, each).id for each in ("average price by region", "how many rows"))
    before = conversations.turn(ws, price)
    cleaning.apply(ws, orders.head_id, RenameColumns(names={"price": "cost"}))
    broken, whole = answer_updates.found(ws, answer_updates.update_all(ws, about.id).id)
    assert "does not fit the table any more" in broken.problem
    assert conversations.turn(ws, price) == before
    assert (whole.turn_id, whole.problem) == (rows, "")


def test_what_is_not_there_is_said(ws: Workspace, orders: Dataset) -> None:
    with pytest.raises(NotFound):
        answer_updates.update_all(ws, "nowhere")
    turn = conversations.turn(ws, pipeline.ask(ws, conversations.create(ws, orders.id).id, "how many rows").id)
    with pytest.raises(BadInput, match="not come to its end"):
        answer_updates.found(ws, turn.job_id)
