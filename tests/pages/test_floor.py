"""Every page stands on an empty workspace and on a full one, and shows errors as sentences."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from sandbox.messages import RunStatus
from services import datasets
from services.domain import Answer, Attempt, Dataset, Exchange, Plan, PlanKind, Turn, TurnStatus
from services.workspace import Workspace
from tests.pages.conftest import FRAME, PAGES, settled

Show = Callable[..., AppTest]
AddTurn = Callable[..., Turn]


def words(app: AppTest) -> str:
    """Everything that is written on the page."""
    parts = [e.value for kind in ("title", "text", "markdown", "caption", "code") for e in app.get(kind)]
    return "\n".join(map(str, parts))


def errors(app: AppTest) -> list[str]:
    """What went wrong on each page, gone through one after the other."""
    seen = ((page, app.switch_page(page).run().exception) for page in PAGES)
    return [f"{page}: {found[0].message}" for page, found in seen if found]


@pytest.mark.timeout(400)
def test_every_page_stands_on_an_empty_workspace(show: Show) -> None:
    assert errors(show()) == []


@pytest.mark.timeout(400)
def test_every_page_stands_on_a_full_workspace(show: Show, orders: Dataset, add_turn: AddTurn) -> None:
    for status in TurnStatus:
        add_turn(orders, status=status, answer=Answer(text="It is 5."), message="It broke.", hint="Mend it.")
    assert errors(show()) == []


@pytest.mark.timeout(400)
def test_a_stranger_sees_nothing_but_the_notice(show: Show, orders: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RED_PANDAS_TRUST_NETWORK", "false")
    for page in PAGES[::6]:
        app = show(page)
        assert app.title[0].value == "Red Pandas answers only this computer", page
        assert orders.name not in words(app)
        assert not app.dataframe
        assert not app.chat_input
        assert not app.exception


def test_the_first_screen_shows_a_sample_with_three_questions(show: Show, ws: Workspace) -> None:
    app = show()
    sample = datasets.list_all(ws)[0]
    assert app.selectbox[0].value == sample.id
    assert len(app.dataframe[0].value) == 100
    assert len([b for b in app.button if b.key and b.key.startswith("starter-")]) == 3
    assert app.chat_input[0].placeholder.startswith(f"Ask about {sample.name}")


def test_the_address_remembers_dataset_and_conversation(show: Show, ws: Workspace, orders: Dataset) -> None:
    datasets.sample(ws)
    app = show(dataset=orders.id)
    assert app.selectbox[0].value == orders.id
    assert app.query_params["conversation"]


def test_an_address_of_something_deleted_says_so_and_opens_the_newest(show: Show, orders: Dataset) -> None:
    app = show(dataset="gone", conversation="gone")
    assert "not here any more" in app.toast[0].value
    assert app.selectbox[0].value == orders.id


def test_answers_and_what_was_sent_are_drawn_as_they_are(show: Show, orders: Dataset, add_turn: AddTurn) -> None:
    hostile = "![x](https://evil.example/x.png) costs $5 and $6"
    exchange = Exchange(model="some-model", sent="SENT **bytes**", received="REPLY", prompt_tokens=7, reply_tokens=2)
    add_turn(
        orders,
        question=hostile,
        analyst="model",
        plan=Plan(kind=PlanKind.ANALYSE, reading=hostile),
        answer=Answer(text=hostile, code="result = 5", caveats=(hostile,), suggestions=(hostile,)),
        exchanges=(exchange,),
        seconds=0.25,
    )
    app = show(dataset=orders.id)
    assert [t.value for t in app.text].count(hostile) == 2
    assert [c.value for c in app.code] == ["result = 5", "SENT **bytes**", "REPLY"]
    assert not any("![" in e.value for kind in ("markdown", "caption") for e in app.get(kind))
    labels = " ".join(e.label for e in app.expander)
    assert "Code · Language model · some\\-model · 0\\.25 s" in labels
    assert "9 tokens" in labels


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (TurnStatus.STOPPED, "You stopped this question."),
        (TurnStatus.INTERRUPTED, "The server stopped while it worked on this question."),
        (TurnStatus.FAILED, "It broke"),
    ],
)
def test_what_did_not_end_well_says_why_and_can_be_asked_again(
    show: Show, orders: Dataset, add_turn: AddTurn, status: TurnStatus, said: str
) -> None:
    attempt = Attempt(code="result = 1 / 0", status=RunStatus.FAILED)
    turn = add_turn(orders, status=status, message="It broke", hint="Mend it", attempts=(attempt,))
    app = show(dataset=orders.id)
    assert said in words(app)
    settled(app.button(key=f"retry-{turn.id}").click().run())
    assert not app.exception
    assert [t.value for t in app.text].count("average price by region") == 2


def test_when_it_asks_back_an_option_is_one_click_away(show: Show, orders: Dataset, add_turn: AddTurn) -> None:
    options = ("average price by region", "average units by region")
    turn = add_turn(orders, status=TurnStatus.CLARIFY, answer=Answer(text="Which one?", suggestions=options))
    app = show(dataset=orders.id)
    settled(app.button(key=f"ask-{turn.id}-1").click().run())
    assert not app.exception
    assert "average units by region" in words(app)


def test_older_turns_are_folded(show: Show, orders: Dataset, add_turn: AddTurn) -> None:
    turns = [add_turn(orders, question=f"question {n}", answer=Answer(text=f"answer {n}")) for n in range(14)]
    app = show(dataset=orders.id)
    drawn = words(app)
    assert "answer 13" in drawn
    assert "answer 1\n" not in drawn
    assert [e.label for e in app.expander if e.label.startswith("question")] == ["question 0", "question 1"]
    app.session_state[f"older-{turns[1].id}"] = True
    app.run()
    assert "answer 1\n" in words(app)


def test_the_frame_is_what_the_server_runs() -> None:
    assert FRAME.endswith("pages/frame.py")
