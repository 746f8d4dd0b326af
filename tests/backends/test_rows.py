"""Rows: what goes in comes out equal, in order, and only for its own team."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from services.backends.database import Database
from services.backends.rows import Rows
from services.domain import Answer
from services.errors import NotFound
from tests.backends import nouns


@pytest.fixture
def rows(database: Database) -> Rows:
    return Rows(database, "local", "ann")


def test_a_dataset_comes_back_equal_with_its_version_and_profile(rows: Rows) -> None:
    dataset = nouns.dataset()
    version = nouns.version(dataset)
    rows.add_dataset(dataset, version, nouns.profile(version))
    assert rows.dataset(dataset.id) == dataset
    assert rows.version(version.id) == version
    assert rows.profile(version.id) == nouns.profile(version)
    assert rows.dataset(dataset.id).created_at.utcoffset() is not None


def test_datasets_come_newest_first(rows: Rows) -> None:
    made = [nouns.stored_dataset(rows, created_at=nouns.moment(seconds)) for seconds in (0, 2, 1)]
    assert [d.id for d in rows.datasets()] == [made[1].id, made[2].id, made[0].id]


def test_a_head_that_is_not_there_is_refused_and_nothing_is_half_written(rows: Rows) -> None:
    dataset = nouns.dataset()
    version = nouns.version(dataset, id="another")
    with pytest.raises(IntegrityError):
        rows.add_dataset(dataset, version, nouns.profile(version))
    assert rows.datasets() == []


def test_renaming_a_dataset_is_kept(rows: Rows) -> None:
    dataset = nouns.stored_dataset(rows)
    rows.save_dataset(dataset.model_copy(update={"name": "Orders", "description": "of 2024"}))
    assert rows.dataset(dataset.id).name == "Orders"
    with pytest.raises(NotFound):
        rows.save_dataset(dataset.model_copy(update={"head_id": nouns.stored_dataset(rows).head_id}))


def test_a_turn_comes_back_equal_with_every_kind_of_output(rows: Rows) -> None:
    queued = nouns.stored_turn(rows, _conversation(rows))
    assert rows.turn(queued.id) == queued
    turn = nouns.answered(queued)
    rows.save_turn(turn)
    assert rows.turn(turn.id) == turn
    rows.save_turn(turn)
    assert rows.turns(turn.conversation_id) == [turn]


def test_an_answer_without_outputs_replaces_one_with(rows: Rows) -> None:
    turn = nouns.answered(nouns.stored_turn(rows, _conversation(rows)))
    rows.save_turn(turn)
    bare = turn.model_copy(update={"answer": Answer(text="short")})
    rows.save_turn(bare)
    assert rows.turn(turn.id) == bare


def _conversation(rows: Rows):
    conversation = nouns.conversation(nouns.stored_dataset(rows))
    rows.add_conversation(conversation)
    return conversation
