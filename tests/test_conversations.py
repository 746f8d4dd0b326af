"""Conversations: whose is current, what is listed, and what another team or role may not do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services import conversations
from services.access import Role
from services.backends.database import Database
from services.domain import Dataset, Team, TurnStatus, User
from services.errors import BadInput, NotFound
from services.workspace import Workspace
from tests.backends import nouns
from tests.backends.spaces import workspace


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(f"sqlite:///{tmp_path / 'test.db'}")
    opened.migrate()
    yield opened
    opened.dispose()


@pytest.fixture
def ws(database: Database) -> Workspace:
    return workspace(database)


@pytest.fixture
def dataset(ws: Workspace) -> Dataset:
    return nouns.stored_dataset(ws.rows)


def test_the_current_conversation_is_made_once_and_stays(ws: Workspace, dataset: Dataset) -> None:
    made = conversations.current(ws, dataset.id)
    assert conversations.current(ws, dataset.id) == made
    assert made.version_id == dataset.head_id
    assert conversations.list_all(ws, dataset.id) == [made]


def test_the_newest_of_ones_own_is_current(ws: Workspace, dataset: Dataset, database: Database) -> None:
    conversations.current(ws, dataset.id)
    newest = conversations.create(ws, dataset.id)
    colleague = workspace(database, user=User(id="bob", name="Bob"))
    theirs = conversations.create(colleague, dataset.id)
    assert conversations.current(ws, dataset.id) == newest
    assert conversations.current(colleague, dataset.id) == theirs
    assert [c.id for c in conversations.list_all(ws, dataset.id)][:2] == [theirs.id, newest.id]


def test_turns_come_oldest_first(ws: Workspace, dataset: Dataset) -> None:
    conversation = conversations.create(ws, dataset.id)
    asked = [nouns.stored_turn(ws.rows, conversation) for _ in range(3)]
    assert conversations.turns(ws, conversation.id) == asked
    assert conversations.turns(ws, conversation.id, last=1) == asked[-1:]
    assert conversations.turn(ws, asked[0].id) == asked[0]


def test_a_new_title_is_kept_on_one_line(ws: Workspace, dataset: Dataset) -> None:
    conversation = conversations.create(ws, dataset.id)
    assert conversations.rename(ws, conversation.id, "  Sales\n by  region ").title == "Sales by region"
    assert conversations.get(ws, conversation.id).title == "Sales by region"


@pytest.mark.parametrize("title", ["", " \n\t", "x" * 201])
def test_a_title_that_cannot_be_is_refused(ws: Workspace, dataset: Dataset, title: str) -> None:
    conversation = conversations.create(ws, dataset.id)
    with pytest.raises(BadInput):
        conversations.rename(ws, conversation.id, title)
    assert conversations.get(ws, conversation.id) == conversation


@pytest.mark.parametrize(
    "verb",
    [
        lambda ws, dataset, conversation, turn: conversations.current(ws, dataset),
        lambda ws, dataset, conversation, turn: conversations.create(ws, dataset),
        lambda ws, dataset, conversation, turn: conversations.list_all(ws, dataset),
        lambda ws, dataset, conversation, turn: conversations.get(ws, conversation),
        lambda ws, dataset, conversation, turn: conversations.turns(ws, conversation),
        lambda ws, dataset, conversation, turn: conversations.rename(ws, conversation, "mine"),
        lambda ws, dataset, conversation, turn: conversations.turn(ws, turn),
        lambda ws, dataset, conversation, turn: conversations.search(ws, dataset, "a"),
        lambda ws, dataset, conversation, turn: conversations.branch(ws, turn),
    ],
)
def test_another_team_finds_nothing(
    verb: Callable[..., object], ws: Workspace, dataset: Dataset, database: Database
) -> None:
    conversation = conversations.create(ws, dataset.id)
    turn = nouns.stored_turn(ws.rows, conversation)
    stranger = workspace(database, team=Team(id="other", name="Other"), role=Role.OWNER)
    with pytest.raises(NotFound):
        verb(stranger, dataset.id, conversation.id, turn.id)
    assert conversations.list_all(ws, dataset.id) == [conversation]


def test_words_are_found_in_titles_and_questions(ws: Workspace, dataset: Dataset) -> None:
    titled, asked, other = (conversations.create(ws, dataset.id) for _ in range(3))
    conversations.rename(ws, titled.id, "Sales 100%_sure")
    nouns.stored_turn(ws.rows, asked, question="average SALES by region")
    found = {
        words: {c.id for c in conversations.search(ws, dataset.id, words)} for words in ("sales", "%_", "100%", "")
    }
    assert found == {
        "sales": {titled.id, asked.id},
        "%_": {titled.id},
        "100%": {titled.id},
        "": {titled.id, asked.id, other.id},
    }


def test_a_branch_begins_as_its_conversation_did(ws: Workspace, dataset: Dataset) -> None:
    conversation = conversations.create(ws, dataset.id)
    turns = [nouns.stored_turn(ws.rows, conversation, question=str(n), status=TurnStatus.ANSWERED) for n in range(3)]
    waiting = nouns.stored_turn(ws.rows, conversation, status=TurnStatus.PROPOSED)
    up_to, before = conversations.branch(ws, turns[1].id), conversations.branch(ws, turns[1].id, before=True)
    assert [turn.question for turn in conversations.turns(ws, up_to.id)] == ["0", "1"]
    assert [turn.question for turn in conversations.turns(ws, before.id)] == ["0"]
    assert not {turn.id for turn in conversations.turns(ws, up_to.id)} & {turn.id for turn in turns}
    whole = conversations.branch(ws, waiting.id)
    assert conversations.turns(ws, whole.id)[-1].status is TurnStatus.REJECTED
    assert len(conversations.turns(ws, conversation.id)) == 4
    first = conversations.branch(ws, turns[0].id, before=True)
    assert (first.title, conversations.turns(ws, first.id)) == (conversations.NEW_TITLE, [])
