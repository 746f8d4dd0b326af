"""Tenancy: with another team's id every method of `Rows` finds nothing and changes nothing."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from services.backends import tables
from services.backends.database import Database
from services.backends.rows import Rows
from services.domain import AlertKind, Conversation, Dataset, Dismissal, Link, LinkKind, Meaning, Semantic, Turn
from services.errors import NotFound
from tests.backends import nouns


@dataclass(frozen=True)
class Theirs:
    """One of everything that another team has."""

    dataset: Dataset
    conversation: Conversation
    turn: Turn


CALLS: dict[str, Callable[[Rows, Theirs], object]] = {
    "add_dataset": lambda rows, its: rows.add_dataset(
        its.dataset, nouns.version(its.dataset), nouns.profile(nouns.version(its.dataset))
    ),
    "datasets": lambda rows, its: rows.datasets(),
    "dataset": lambda rows, its: rows.dataset(its.dataset.id),
    "heads": lambda rows, its: rows.heads(),
    "mark_dataset": lambda rows, its: rows.mark_dataset(its.dataset.id, nouns.moment(1)),
    "save_dataset": lambda rows, its: rows.save_dataset(its.dataset.model_copy(update={"name": "mine"})),
    "delete_dataset": lambda rows, its: rows.delete_dataset(its.dataset.id),
    "version": lambda rows, its: rows.version(its.dataset.head_id),
    "root": lambda rows, its: rows.root(its.dataset.head_id),
    "versions": lambda rows, its: rows.versions(its.dataset.id),
    "add_version": lambda rows, its: rows.add_version(
        nouns.child(nouns.version(its.dataset)), nouns.profile(nouns.version(its.dataset)), is_head=True
    ),
    "move_head": lambda rows, its: rows.move_head(its.dataset.id, its.dataset.head_id, its.dataset.head_id),
    "move_conversation": lambda rows, its: rows.move_conversation(its.conversation, its.dataset.head_id, ""),
    "name_version": lambda rows, its: rows.name_version(its.dataset.head_id, "mine"),
    "droppable": lambda rows, its: rows.droppable(),
    "drop_version": lambda rows, its: rows.drop_version(its.dataset.head_id),
    "mark_stored": lambda rows, its: rows.mark_stored(its.dataset.head_id, stored=False),
    "stored_keys": lambda rows, its: rows.stored_keys(),
    "unfinished_jobs": lambda rows, its: rows.unfinished_jobs(),
    "counted_bytes": lambda rows, its: rows.counted_bytes(),
    "version_nodes": lambda rows, its: rows.version_nodes(),
    "links": lambda rows, its: rows.links(),
    "add_link": lambda rows, its: rows.add_link(
        Link(version_id=its.dataset.head_id, source_id=its.dataset.head_id, kind=LinkKind.JOIN)
    ),
    "save_meanings": lambda rows, its: rows.save_meanings(its.dataset.id, {"a": Meaning(semantic=Semantic.ID)}),
    "save_dismissed": lambda rows, its: rows.save_dismissed(its.dataset.id, [Dismissal(kind=AlertKind.SKEW)]),
    "profile": lambda rows, its: rows.profile(its.dataset.head_id),
    "guessed_profile": lambda rows, its: rows.guessed_profile(its.dataset.head_id),
    "save_profile": lambda rows, its: rows.save_profile(nouns.profile(nouns.version(its.dataset))),
    "add_conversation": lambda rows, its: rows.add_conversation(nouns.conversation(its.dataset, team_id="mine")),
    "conversation": lambda rows, its: rows.conversation(its.conversation.id),
    "conversations": lambda rows, its: rows.conversations(its.dataset.id),
    "save_conversation": lambda rows, its: rows.save_conversation(
        its.conversation.model_copy(update={"title": "mine", "team_id": "mine"})
    ),
    "add_turn": lambda rows, its: rows.add_turn(nouns.turn(its.conversation), nouns.job("mine")),
    "turn": lambda rows, its: rows.turn(its.turn.id),
    "turns": lambda rows, its: rows.turns(its.conversation.id),
    "asked_before": lambda rows, its: rows.asked_before(its.dataset.head_id, its.turn.question),
    "verified": lambda rows, its: rows.verified(its.dataset.id),
    "talked_of": lambda rows, its: rows.talked_of(its.dataset.id, ""),
    "add_branch": lambda rows, its: rows.add_branch(nouns.conversation(its.dataset, team_id="mine"), [its.turn]),
    "restart_turn": lambda rows, its: rows.restart_turn(its.turn, nouns.job("mine"), its.turn.status),
    "pulse": lambda rows, its: rows.pulse(its.conversation.id),
    "save_turn": lambda rows, its: rows.save_turn(its.turn.model_copy(update={"message": "mine"})),
    "add_job": lambda rows, its: rows.add_job(nouns.job("theirs")),
    "job": lambda rows, its: rows.job(its.turn.job_id),
    "last_job": lambda rows, its: rows.last_job("answer", its.turn.id),
    "forget_job": lambda rows, its: rows.forget_job(its.turn.job_id),
    "note_found": lambda rows, its: rows.note_found(its.turn.job_id, {"mine": 1}),
    "ended_jobs": lambda rows, its: rows.ended_jobs(["answer"], nouns.moment(9_999)),
    "expire_job": lambda rows, its: rows.expire_job(its.turn.job_id, nouns.moment(9_999)),
    "request_stop": lambda rows, its: rows.request_stop(its.turn.job_id),
    "note_outcome": lambda rows, its: rows.note_outcome(its.turn.job_id, ["mine"]),
    "fail_job": lambda rows, its: rows.fail_job(its.turn.job_id, "mine", "mine"),
    "add_activity": lambda rows, its: None,  # takes no object; `activity` shows that it is not seen by others
    "activity": lambda rows, its: rows.activity(),
}


@pytest.fixture
def theirs(database: Database) -> Theirs:
    rows = Rows(database, "theirs", "local")
    dataset = nouns.stored_dataset(rows, "theirs")
    conversation = nouns.conversation(dataset)
    rows.add_conversation(conversation)
    rows.add_activity("ask", dataset.id)
    return Theirs(dataset, conversation, nouns.stored_turn(rows, conversation))


def test_every_method_is_tried() -> None:
    methods = {name for name, _ in inspect.getmembers(Rows, inspect.isfunction) if not name.startswith("_")}
    assert methods == CALLS.keys()


@pytest.mark.parametrize("name", CALLS)
def test_another_teams_rows_are_not_there(name: str, database: Database, theirs: Theirs) -> None:
    before = _everything(database)
    found = _found(name, database, theirs)
    assert found in (None, []) or found == _found(name, database, _nothing())
    assert _everything(database) == before


def test_turns_of_ones_own_do_not_reach_into_another_team(database: Database, theirs: Theirs) -> None:
    rows = Rows(database, "mine", "local")
    conversation = nouns.conversation(nouns.stored_dataset(rows, "mine"))
    rows.add_conversation(conversation)
    mine = nouns.stored_turn(rows, conversation)
    before = _everything(database)
    for changes in ({"version_id": theirs.dataset.head_id}, {"job_id": theirs.turn.job_id}):
        with pytest.raises(NotFound):
            rows.save_turn(mine.model_copy(update=changes))
    with pytest.raises(NotFound):
        rows.save_turn(theirs.turn.model_copy(update={"conversation_id": conversation.id, "job_id": ""}))
    assert _everything(database) == before


def _found(name: str, database: Database, its: Theirs) -> object:
    """What the call gives to another team; a refusal in its words."""
    try:
        return CALLS[name](Rows(database, "mine", "bob"), its)
    except NotFound as error:
        return str(error)


def _nothing() -> Theirs:
    """Objects that nobody has."""
    dataset = nouns.dataset("theirs")
    conversation = nouns.conversation(dataset)
    return Theirs(dataset, conversation, nouns.turn(conversation, job_id="none"))


def _everything(database: Database) -> dict[str, list[tuple[object, ...]]]:
    with database.reading() as session:
        return {
            name: sorted(map(tuple, session.execute(select(table))), key=repr)
            for name, table in tables.metadata.tables.items()
        }
