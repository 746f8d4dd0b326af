"""The chat page: ask, upload, switch, and start anew."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from services import cleaning, conversations, datasets, jobs, wiring
from services.assistant import pipeline
from services.backends.job_rows import JobRows
from services.backends.runners import InlineRunner
from services.code.steps import Condition, FilterRows
from services.domain import Answer, Dataset, Turn, TurnStatus
from services.workspace import Workspace
from tests.assistant.test_proposals import change
from tests.conftest import ORDERS
from tests.doubles import ScriptedAnalyst
from tests.pages.conftest import cut_off, settled

Show = Callable[..., AppTest]
AddTurn = Callable[..., Turn]


def texts(app: AppTest) -> list[str]:
    return [str(text.value) for text in app.text]


def upload(app: AppTest, name: str, content: bytes) -> AppTest:
    cut_off(app, "bar").file_uploader[0].upload(name, content)
    return app.run()


def test_a_suggested_question_is_answered(show: Show, ws: Workspace) -> None:
    app = show()
    question = next(b for b in app.button if b.key == "starter-0")
    app = settled(question.click().run())
    assert not app.exception
    turn = conversations.turns(ws, app.query_params["conversation"])[0]
    assert turn.status is TurnStatus.ANSWERED
    assert turn.answer is not None
    assert turn.answer.text in texts(app)
    assert turn.question in texts(app)
    assert [code.value for code in app.code] == [turn.answer.code.strip()]


def test_the_first_question_names_the_conversation(show: Show, ws: Workspace, orders: Dataset) -> None:
    app = show(dataset=orders.id)
    settled(app.chat_input[0].set_value("average price by region").run())
    assert conversations.list_all(ws, orders.id)[0].title == "average price by region"
    settled(app.chat_input[0].set_value("how many rows").run())
    assert conversations.list_all(ws, orders.id)[0].title == "average price by region"
    assert not app.exception


def test_an_uploaded_file_becomes_the_open_dataset(show: Show, ws: Workspace) -> None:
    app = upload(show(), "spring orders.csv", ORDERS.encode())
    assert not app.exception
    newest = datasets.list_all(ws)[0]
    assert newest.name == "spring orders"
    assert app.query_params["dataset"] == newest.id
    assert any("8 rows × 6 columns" in str(c.value) for c in app.caption)


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02PK\x03\x04" * 50])
def test_a_file_that_is_no_table_is_refused_with_a_sentence(show: Show, ws: Workspace, content: bytes) -> None:
    app = upload(show(), "broken.csv", content)
    assert not app.exception
    assert any("broken\\.csv" in str(m.value) for m in app.markdown)
    assert len(datasets.list_all(ws)) == 1


def test_column_names_cannot_draw_anything(show: Show, ws: Workspace, tmp_path: Path) -> None:
    hostile = "![x](https://evil.example/x.png)"
    path = tmp_path / "x.csv"
    path.write_text(f'"{hostile}","<img src=x>",n\na,b,1\nc,d,2\n')
    datasets.upload(ws, path, f"{hostile}.csv")
    app = show()
    assert not app.exception
    labels = [b.label for b in app.button] + [str(m.value) for kind in ("markdown", "caption") for m in app.get(kind)]
    bare = [re.sub(r"\\.", "", label) for label in labels]  # what Markdown would act on: all but the escaped
    assert not any("![" in label or "](" in label or "<img" in label for label in bare)


def test_another_dataset_is_picked(show: Show, ws: Workspace, orders: Dataset) -> None:
    sample = datasets.sample(ws)
    app = show(dataset=orders.id)
    app.selectbox[0].select(sample.id).run()
    assert app.query_params["dataset"] == sample.id
    assert app.selectbox[0].value == sample.id


def test_a_new_conversation_starts_empty_and_the_old_one_stays(
    show: Show, ws: Workspace, orders: Dataset, add_turn: AddTurn
) -> None:
    turn = add_turn(orders, question="old question", answer=Answer(text="old answer"))
    app = show(dataset=orders.id)
    assert "old answer" in texts(app)
    app.button(key="new-conversation").click().run()
    assert "old answer" not in texts(app)
    assert app.button(key="new-conversation").disabled
    app.button(key=f"conversation-{turn.conversation_id}").click().run()
    assert "old answer" in texts(app)
    assert app.query_params["conversation"] == turn.conversation_id


def test_a_model_that_is_not_set_up_is_said_under_the_box(show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RED_PANDAS_ANALYST", "model")
    app = show()
    assert any("No language model is set up" in str(c.value) for c in app.caption)
    app.chat_input[0].set_value("how many rows").run()
    assert not app.exception
    assert any("No language model is set up" in str(m.value) for m in app.markdown)


def test_a_conversation_about_another_dataset_is_not_opened(show: Show, ws: Workspace, orders: Dataset) -> None:
    other = conversations.current(ws, datasets.sample(ws).id)
    app = show(dataset=orders.id, conversation=other.id)
    assert app.query_params["conversation"] != other.id
    assert app.selectbox[0].value == orders.id


def test_a_question_that_is_too_long_is_refused_with_a_sentence(show: Show, orders: Dataset) -> None:
    app = show(dataset=orders.id)
    app.chat_input[0].set_value("why " * 5_000).run()
    assert not app.exception
    assert any("19,999 characters" in each.value.replace("\\", "") for each in app.markdown)
    assert app.code[0].value.startswith("why why")
    assert len(app.dataframe) == 1


def test_a_question_about_a_deleted_dataset_is_asked_of_nothing(show: Show, ws: Workspace, orders: Dataset) -> None:
    gone = datasets.sample(ws)
    app = show(dataset=gone.id)
    datasets.delete(ws, gone.id)
    app.chat_input[0].set_value("how many rows?").run()
    assert not app.exception
    assert any("was not asked" in each.value and "how many rows" in each.value for each in app.markdown)
    assert all(not conversations.turns(ws, c.id) for c in conversations.list_all(ws, orders.id))


def test_a_conversation_is_offered_as_a_report(show: Show, orders: Dataset, add_turn: AddTurn) -> None:
    assert not show(dataset=orders.id).get("download_button")
    turn = add_turn(orders, answer=Answer(text="It is 5.", code="result = 5"))
    app = show(dataset=orders.id, conversation=turn.conversation_id)
    assert not app.exception
    assert [each.label for each in app.get("download_button")][-5:] == [
        "PDF",
        "HTML",
        "Markdown",
        "Notebook",
        "Python script",
    ]


FEWER = {"kind": "filter", "conditions": [{"column": "price", "test": "<", "value": 50}]}


@pytest.fixture
def proposed(ws: Workspace, orders: Dataset) -> Turn:
    """A change that the chat has proposed."""
    changed = replace(ws.backends, analysts={"builtin": ScriptedAnalyst(plan_record=change(FEWER))})
    runner = InlineRunner(JobRows(ws.backends.database), 20.0)
    changed = replace(changed, runner=runner)
    runner.start(partial(jobs.run, wiring.WORK, changed))
    asker = replace(ws, backends=changed)
    conversation = conversations.create(asker, orders.id)
    return conversations.turn(asker, pipeline.ask(asker, conversation.id, "only the cheap ones").id)


def test_a_proposed_change_is_shown_and_applied_and_undone(show: Show, ws: Workspace, proposed: Turn) -> None:
    app = show(
        dataset=conversations.get(ws, proposed.conversation_id).dataset_id, conversation=proposed.conversation_id
    )
    assert not app.exception
    assert any("8 → 6 rows" in str(each.value) for each in app.markdown)
    app.button(key=f"apply-{proposed.id}").click().run()
    assert not app.exception
    assert datasets.version(ws, conversations.get(ws, proposed.conversation_id).version_id).rows == 6
    assert any("Applied" in str(each.value) for each in app.markdown)
    app.button(key=f"undo-{proposed.id}").click().run()
    assert conversations.get(ws, proposed.conversation_id).version_id == proposed.version_id
    app.button(key=f"redo-{proposed.id}").click().run()
    assert not app.exception
    assert datasets.version(ws, conversations.get(ws, proposed.conversation_id).version_id).rows == 6


def test_a_proposed_change_is_rejected(show: Show, ws: Workspace, proposed: Turn) -> None:
    app = show(
        dataset=conversations.get(ws, proposed.conversation_id).dataset_id, conversation=proposed.conversation_id
    )
    app.button(key=f"reject-{proposed.id}").click().run()
    assert not app.exception
    assert conversations.turn(ws, proposed.id).status is TurnStatus.REJECTED
    assert any("You rejected" in str(each.value) for each in app.caption)
    assert not [each for each in app.button if each.key == f"apply-{proposed.id}"]


def test_a_model_of_ones_own_is_chosen_for_the_session(show: Show, ws: Workspace, orders: Dataset) -> None:
    app = show(dataset=orders.id)
    named = {each.label: each for each in app.text_input}
    named["Key"].set_value("sk-canary-form")
    next(each for each in app.button if each.label == "Use it").click().run()
    assert not app.exception
    assert any("gpt-5-mini answers" in str(each.value).replace("\\", "") for each in app.caption)
    assert "sk-canary-form" not in str(app.query_params)
    next(each for each in app.button if each.label == "Forget it").click().run()
    assert any("nothing is sent anywhere" in str(each.value) for each in app.caption)


def test_a_question_is_edited_by_clicking(show: Show, ws: Workspace, orders: Dataset) -> None:
    app = show(dataset=orders.id)
    app = settled(app.chat_input[0].set_value("average price by region").run())
    first = conversations.turns(ws, app.query_params["conversation"])[0]
    app = app.button(key=f"form-{first.id}").click().run()
    assert app.selectbox(key=f"edit-{first.id}-aggregate").value == "average"
    app.button(key=f"form-{first.id}").click()  # a dialog is one with its page here: each run opens it anew
    app.selectbox(key=f"edit-{first.id}-aggregate").set_value("maximum")
    app = settled(app.button(key=f"edit-{first.id}-ask").click().run())
    assert not app.exception
    made = conversations.turns(ws, first.conversation_id)[-1]
    assert made.plan is not None
    assert made.plan.reading.startswith("maximum price by region")
    assert made.question in texts(app)


def test_answers_out_of_date_are_updated_in_one_click(show: Show, ws: Workspace, orders: Dataset) -> None:
    app = show(dataset=orders.id)
    settled(app.chat_input[0].set_value("average price by region").run())
    [turn] = conversations.turns(ws, app.query_params["conversation"])
    cleaning.apply(ws, orders.head_id, FilterRows(conditions=(Condition(column="units", test=">", value=1),)))
    app.run()
    assert any("1 answer out of date" in str(each.value) for each in app.markdown)
    app.button(key="answers-update").click().run()
    assert not app.exception
    assert [each.label for each in app.expander][-1] == "What changed"
    assert not [each for each in app.button if each.key == "answers-update"]
    changed = conversations.turn(ws, turn.id)
    assert changed.version_id != turn.version_id
    assert changed.answer
    assert "109.25" not in changed.answer.text
