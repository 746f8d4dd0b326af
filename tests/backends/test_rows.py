"""Rows: what goes in comes out equal, in order, and only for its own team."""

from __future__ import annotations

import pytest
from sqlalchemy import event, func, select, text, update
from sqlalchemy.exc import IntegrityError

from services.backends import tables
from services.backends.database import Database
from services.backends.job_rows import JobRows
from services.backends.rows import Rows
from services.domain import (
    Alert,
    AlertKind,
    Answer,
    Conversation,
    Dismissal,
    JobStatus,
    Meaning,
    Semantic,
    Severity,
    TurnStatus,
)
from services.errors import NotFound, Stopped
from tests.backends import nouns

SKEW, GAP = AlertKind.SKEW, AlertKind.TIME_GAP


@pytest.fixture
def rows(database: Database) -> Rows:
    return Rows(database, "local", "local")


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
    rows.save_dataset(dataset.model_copy(update={"head_id": nouns.stored_dataset(rows).head_id}))
    assert rows.dataset(dataset.id).head_id == dataset.head_id


def test_an_alert_that_was_put_aside_stays_aside(rows: Rows) -> None:
    dataset = nouns.stored_dataset(rows)
    skew, gap = (Alert(kind=k, columns=(nouns.NASTY,), severity=Severity.LOW, text="x.") for k in (SKEW, GAP))
    rows.save_profile(nouns.profile(nouns.version(dataset)).model_copy(update={"alerts": (skew, gap)}))
    rows.save_dismissed(dataset.id, [Dismissal.of(skew)])
    rows.save_dataset(dataset.model_copy(update={"name": "Renamed", "dismissed": ()}))
    seen = rows.profile(dataset.head_id)
    assert (seen.alerts, seen.dismissed) == ((gap,), (skew,))
    assert rows.guessed_profile(dataset.head_id)[0].alerts == (skew, gap)
    rows.save_dismissed(dataset.id, [])
    assert rows.profile(dataset.head_id).alerts == (skew, gap)


def test_what_a_person_says_about_a_column_wins_and_stays(rows: Rows) -> None:
    dataset = nouns.stored_dataset(rows)
    said = {nouns.NASTY: Meaning(semantic=Semantic.CURRENCY, unit="EUR"), "gone": Meaning(semantic=Semantic.ID)}
    rows.save_meanings(dataset.id, said)
    rows.save_dataset(dataset.model_copy(update={"name": "Renamed", "meanings": {}}))
    assert rows.dataset(dataset.id).meanings == said
    [column] = rows.profile(dataset.head_id).columns
    assert (column.semantic, column.unit, column.is_corrected) == (Semantic.CURRENCY, "EUR", True)
    rows.save_meanings(dataset.id, {})
    assert rows.profile(dataset.head_id) == nouns.profile(nouns.version(dataset))


def test_a_richer_profile_takes_the_place_of_the_first_facts(rows: Rows) -> None:
    dataset = nouns.stored_dataset(rows)
    alert = Alert(kind=AlertKind.MISSING, columns=(nouns.NASTY,), severity=Severity.LOW, text=nouns.NASTY)
    full = nouns.profile(nouns.version(dataset)).model_copy(update={"edition": 1, "alerts": (alert,)})
    rows.save_profile(full)
    assert rows.profile(dataset.head_id) == full
    with pytest.raises(NotFound):
        rows.save_profile(full.model_copy(update={"version_id": "none"}))


def test_a_profile_kept_before_there_was_more_than_first_facts_is_read(rows: Rows, database: Database) -> None:
    dataset = nouns.stored_dataset(rows)
    first = {"name": "a", "kind": "text", "semantic": "category", "missing": 0, "distinct": 2}
    first |= {"low": None, "high": None, "mean": None, "top": [{"value": "x", "rows": 2}]}
    body = {"version_id": dataset.head_id, "rows": 2, "columns": [first]}
    with database.session() as session:
        session.execute(update(tables.profiles).values(body=body))
    assert rows.profile(dataset.head_id).edition == 0


def test_the_last_job_of_a_kind_is_found(rows: Rows) -> None:
    made = [nouns.job(subject_id="v", kind="profile", created_at=nouns.moment(seconds)) for seconds in (0, 2, 1)]
    for job in made:
        rows.add_job(job)
    assert rows.last_job("profile", "v") == made[1]
    assert rows.last_job("answer", "v") is None


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


def test_outputs_are_kept_as_bytes_not_as_text(rows: Rows, database: Database) -> None:
    turn = nouns.answered(nouns.stored_turn(rows, _conversation(rows)))
    rows.save_turn(turn)
    with database.reading() as session:
        sizes = session.execute(select(tables.outputs.c.kind, func.length(tables.outputs.c.data))).all()
    found = dict(map(tuple, sizes))
    assert found == {"table": 2_000, "image": 8, "figure": None, "value": None, "text": None}


def test_turns_come_oldest_first_and_the_last_ones_are_the_newest(rows: Rows) -> None:
    conversation = _conversation(rows)
    made = [nouns.stored_turn(rows, conversation, created_at=nouns.moment(seconds)) for seconds in (3, 1, 2, 0)]
    in_order = sorted(made, key=lambda turn: turn.created_at)
    assert rows.turns(conversation.id) == in_order
    assert rows.turns(conversation.id, last=2) == in_order[-2:]
    assert rows.turns(conversation.id, last=0) == []
    assert rows.turns(conversation.id, last=9) == in_order


def test_reading_turns_takes_two_queries_however_many(rows: Rows, database: Database) -> None:
    conversation = _conversation(rows)
    for _ in range(100):
        rows.save_turn(nouns.answered(nouns.stored_turn(rows, conversation)))
    asked: list[str] = []
    event.listen(database._engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    assert len(rows.turns(conversation.id)) == 100
    assert (
        len([statement for statement in asked if statement.startswith("SELECT") and "set_config" not in statement]) == 2
    )
    asked.clear()
    assert len(rows.turns(conversation.id, last=6)) == 6
    assert (
        len([statement for statement in asked if statement.startswith("SELECT") and "set_config" not in statement]) == 2
    )


@pytest.mark.parametrize("kind", ["sqlite"])
def test_the_last_turns_are_found_by_an_index(rows: Rows, database: Database) -> None:
    query = (
        "SELECT * FROM turns WHERE team_id = 'a' AND conversation_id = 'c' ORDER BY created_at DESC, id DESC LIMIT 5"
    )
    with database.reading() as session:
        plan = session.execute(text(f"EXPLAIN QUERY PLAN {query}")).all()
    assert "ix_turns_conversation_id_created_at" in plan[0].detail


def test_a_conversation_keeps_its_title_and_its_own_version(rows: Rows) -> None:
    conversation = _conversation(rows)
    assert rows.conversation(conversation.id) == conversation
    renamed = conversation.model_copy(update={"title": "Sales"})
    rows.save_conversation(renamed)
    assert rows.conversations(conversation.dataset_id) == [renamed]
    foreign = nouns.stored_dataset(rows).head_id
    rows.save_conversation(conversation.model_copy(update={"version_id": foreign}))
    assert rows.conversation(conversation.id).version_id == conversation.version_id


def test_deleting_a_dataset_takes_everything_made_from_it_and_nothing_else(rows: Rows, database: Database) -> None:
    kept = nouns.stored_turn(rows, _conversation(rows))
    conversation = _conversation(rows)
    for _ in range(3):
        rows.save_turn(nouns.answered(nouns.stored_turn(rows, conversation)))
    rows.delete_dataset(conversation.dataset_id)
    names = ("datasets", "versions", "profiles", "conversations", "turns", "jobs")
    assert [_count(database, name) for name in names] == [1] * 6
    assert _count(database, "outputs") == 0
    assert rows.turn(kept.id) == kept
    with pytest.raises(NotFound):
        rows.dataset(conversation.dataset_id)


def test_an_interrupted_turn_stays_interrupted_whatever_its_old_process_writes(rows: Rows, database: Database) -> None:
    turn = nouns.stored_turn(rows, _conversation(rows))
    JobRows(database).finish(turn.job_id, JobStatus.INTERRUPTED)
    with pytest.raises(Stopped):
        rows.save_turn(nouns.answered(turn))
    assert rows.turn(turn.id).status is TurnStatus.INTERRUPTED
    assert rows.turn(turn.id).answer is None


def test_an_interrupted_turn_may_be_answered_by_a_new_job(rows: Rows, database: Database) -> None:
    turn = nouns.stored_turn(rows, _conversation(rows))
    JobRows(database).finish(turn.job_id, JobStatus.INTERRUPTED)
    again = nouns.job(subject_id=turn.id)
    rows.add_job(again)
    rows.save_turn(nouns.answered(turn).model_copy(update={"job_id": again.id}))
    assert rows.turn(turn.id).status is TurnStatus.ANSWERED


def test_a_job_comes_back_equal_and_remembers_that_it_should_stop(rows: Rows) -> None:
    job = nouns.job(owner="someone", lease_until=nouns.moment(60))
    rows.add_job(job)
    assert rows.job(job.id) == job
    rows.request_stop(job.id)
    assert rows.job(job.id) == job.model_copy(update={"stop_requested": True})


def test_only_a_job_whose_lease_ran_out_is_interrupted(rows: Rows) -> None:
    held, lost = nouns.job(lease_until=nouns.moment(60)), nouns.job(lease_until=nouns.moment(-1))
    for job in (held, lost):
        rows.add_job(job)
    assert rows.expire_job(held.id, nouns.moment()) == held
    assert rows.expire_job(lost.id, nouns.moment()).status is JobStatus.INTERRUPTED


def test_a_failed_job_tells_its_turn_why_but_not_one_that_has_ended(rows: Rows) -> None:
    conversation = _conversation(rows)
    running, done = nouns.stored_turn(rows, conversation), nouns.stored_turn(rows, conversation)
    rows.save_turn(nouns.answered(done))
    for turn in (running, done):
        rows.fail_job(turn.job_id, "It broke.", "Mend it.")
    told = rows.turn(running.id)
    assert (told.status, told.message, told.hint) == (TurnStatus.FAILED, "It broke.", "Mend it.")
    assert rows.turn(done.id).status is TurnStatus.ANSWERED


def test_activity_is_kept_newest_first(rows: Rows) -> None:
    for subject in ("one", "two", nouns.NASTY):
        rows.add_activity("ask", subject)
    records = rows.activity(limit=2)
    assert [record.subject_id for record in records] == [nouns.NASTY, "two"]
    assert records[0].user_id == "local"


def _count(database: Database, name: str) -> int | None:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(tables.metadata.tables[name]))


def _conversation(rows: Rows) -> Conversation:
    conversation = nouns.conversation(nouns.stored_dataset(rows))
    rows.add_conversation(conversation)
    return conversation
