"""The database: transactions, what a column gives back, and many who write at once."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select
from sqlalchemy.exc import StatementError

from services.backends import tables
from services.backends.database import Database
from services.backends.rows import Rows
from tests.backends import nouns, second


def test_a_session_that_raises_leaves_nothing(database: Database) -> None:
    def write_and_fail() -> None:
        with database.session() as session:
            session.execute(_activity("a"))
            _fail()

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    assert Rows(database, "local", "local").activity() == []


def test_readers_do_not_wait_for_a_writer(database: Database) -> None:
    with database.session() as writing:
        writing.execute(_activity("a"))
        with database.reading() as session:
            assert session.scalars(select(tables.activity.c.id)).all() == []


def test_a_reader_sees_one_moment(database: Database) -> None:
    with database.reading() as session:
        before = session.scalars(select(tables.activity.c.id)).all()
        with database.session() as writing:
            writing.execute(_activity("a"))
        assert session.scalars(select(tables.activity.c.id)).all() == before == []


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=5, minutes=30)), timezone(-timedelta(hours=11))])
def test_a_moment_comes_back_in_utc_to_the_microsecond(database: Database, zone: timezone) -> None:
    moment = datetime(2024, 2, 29, 23, 59, 59, 123456, tzinfo=zone)
    with database.session() as session:
        session.execute(_activity("a", created_at=moment))
        found = session.scalar(select(tables.activity.c.created_at))
    assert found == moment
    assert found.utcoffset() == timedelta(0)


def test_a_moment_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="time zone"), database.session() as session:
        session.execute(_activity("a", created_at=datetime(2024, 1, 1)))


@pytest.mark.parametrize(
    ("given", "kept"),
    [("a\x00b", "a\ufffdb"), ("\ud800x", "\ufffdx"), ("x\udfff", "x\ufffd"), ("🐼 漢字\n", "🐼 漢字\n"), ("", "")],
)
def test_text_no_database_takes_is_kept_with_replacement_characters(database: Database, given: str, kept: str) -> None:
    with database.session() as session:
        session.execute(_activity("a", subject_id=given))
        assert session.scalar(select(tables.activity.c.subject_id)) == kept


def test_numbers_that_are_not_finite_become_null_in_json(database: Database) -> None:
    rows = Rows(database, "local", "local")
    version = nouns.version(nouns.dataset())
    profile = nouns.profile(version)
    columns = tuple(profile.columns[0].model_copy(update={"mean": mean}) for mean in (math.nan, math.inf, 2.5))
    dataset = nouns.dataset(id=version.dataset_id, head_id=version.id)
    rows.add_dataset(dataset, version, profile.model_copy(update={"columns": columns}))
    assert [column.mean for column in rows.profile(version.id).columns] == [None, None, 2.5]


def test_many_threads_write_at_once(database: Database) -> None:
    rows = Rows(database, "local", "local")
    _at_once([lambda: [rows.add_activity("ask", "x") for _ in range(10)]] * 12)
    assert len(rows.activity(limit=1_000)) == 120


def test_two_processes_write_at_once_and_a_third_reads(database: Database, url: str) -> None:
    rows = Rows(database, "local", "local")
    conversation = nouns.conversation(nouns.stored_dataset(rows))
    rows.add_conversation(conversation)
    others = [second.start("write", url, conversation.id, 15) for _ in range(2)]
    while any(other.poll() is None for other in others):
        rows.turns(conversation.id, last=5)
        rows.add_activity("ask", conversation.id)
        time.sleep(0.01)
    assert [other.communicate()[1] for other in others] == ["", ""]
    turns = rows.turns(conversation.id)
    assert len(turns) == 30
    assert all(turn.answer and len(turn.answer.outputs) == 6 for turn in turns)


def test_a_restart_keeps_everything(database: Database, url: str) -> None:
    rows = Rows(database, "local", "local")
    conversation = nouns.conversation(nouns.stored_dataset(rows))
    rows.add_conversation(conversation)
    turn = nouns.answered(nouns.stored_turn(rows, conversation))
    rows.save_turn(turn)
    database.dispose()
    again = Database(url)
    again.migrate()
    assert Rows(again, "local", "local").turns(conversation.id) == [turn]
    again.dispose()


def _activity(row_id: str, **changes: object):
    values = {"team_id": "local", "user_id": "local", "action": "ask", "subject_id": "", "created_at": nouns.moment()}
    return tables.activity.insert().values(id=row_id, **{**values, **changes})


def _fail(*_: object, **__: object) -> None:
    raise ZeroDivisionError


def _at_once(calls: list[Callable[[], object]]) -> None:
    threads = [threading.Thread(target=call) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
