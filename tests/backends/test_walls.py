"""PostgreSQL shows nothing of others to a query that forgot its `where`: as a superuser and as an ordinary account."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import URL, insert, inspect, select, text, update
from sqlalchemy.exc import ProgrammingError

from services.backends import board_tables, tables, team_tables
from services.backends.dashboard_rows import DashboardRows
from services.backends.database import Database
from services.backends.rows import Rows
from services.backends.sight import Reach, Sight
from services.circles import Visibility
from services.domain import Dataset
from tests.backends import nouns
from tests.servers.postgres import Databases

OF_TEAMS = [table for table in tables.metadata.sorted_tables if "team_id" in table.c]
ACCOUNT, PASSWORD = "red_pandas_app", "not-a-superuser"


@pytest.fixture(params=["superuser", "owner"])
def walled(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Database]:
    """A database of two teams, opened by a superuser, or by the ordinary account that owns the tables."""
    url = databases.create()
    if request.param == "owner":
        url = owned_by_an_ordinary_account(url)
    opened = Database(url)
    opened.migrate()
    yield opened
    opened.dispose()
    databases.drop(url)


def owned_by_an_ordinary_account(url: URL) -> URL:
    server = Database(url)
    with server.session() as session:
        session.execute(text(f"DROP ROLE IF EXISTS {ACCOUNT}"))
        session.execute(text(f"CREATE ROLE {ACCOUNT} LOGIN PASSWORD '{PASSWORD}'"))
        session.execute(text(f'ALTER DATABASE "{url.database}" OWNER TO {ACCOUNT}'))
        session.execute(text(f"ALTER SCHEMA public OWNER TO {ACCOUNT}"))
    server.dispose()
    return url.set(username=ACCOUNT, password=PASSWORD)


@pytest.fixture
def theirs(walled: Database) -> Dataset:
    """A dataset of another team, with everything on it."""
    rows = Rows(walled, "theirs", "local")
    dataset = nouns.stored_dataset(rows, "theirs")
    conversation = nouns.conversation(dataset)
    rows.add_conversation(conversation)
    turn = nouns.stored_turn(rows, conversation)
    rows.save_turn(nouns.answered(turn))
    rows.add_activity("ask", dataset.id)
    return dataset


def test_every_table_of_teams_has_a_wall(databases: Databases) -> None:
    lacking = {table.name for table in OF_TEAMS} - walls(databases)
    assert lacking == set(), "These have team_id: protect them in their migration, with migrations/walls.py"


def test_a_query_without_where_shows_nothing_of_others(walled: Database, theirs: Dataset) -> None:
    for sight in (Sight("mine", "bob"), Sight("mine", "local", Reach.WHOLE), Sight("", "")):
        for table in OF_TEAMS:
            with walled.seen_by(sight).reading() as session:
                assert session.execute(select(table)).all() == [], (table.name, sight)
    with walled.everywhere().reading() as session:
        assert {table.name for table in OF_TEAMS if session.execute(select(table)).all()} >= {
            "datasets", "versions", "profiles", "conversations", "turns", "outputs", "jobs", "activity"
        }  # fmt: skip


def test_an_update_without_where_changes_nothing_of_others(walled: Database, theirs: Dataset) -> None:
    with walled.seen_by(Sight("mine", "bob")).session() as session:
        assert session.execute(update(tables.datasets).values(name="mine")).rowcount == 0  # type: ignore[attr-defined]
        assert session.execute(tables.turns.delete()).rowcount == 0  # type: ignore[attr-defined]
    assert Rows(walled, "theirs", "local").dataset(theirs.id) == theirs


def test_a_row_for_another_team_is_not_taken(walled: Database, theirs: Dataset) -> None:
    values = {"id": "x", "team_id": "theirs", "user_id": "bob", "action": "ask", "subject_id": ""}
    mine = walled.seen_by(Sight("mine", "bob"))
    with pytest.raises(ProgrammingError, match="row-level security"), mine.session() as session:
        session.execute(insert(tables.activity).values(**values, created_at=nouns.moment()))


def test_what_is_private_and_what_hangs_on_it_is_seen_by_its_maker_alone(walled: Database, theirs: Dataset) -> None:
    with walled.everywhere().session() as session:
        session.execute(update(tables.datasets).values(visibility=Visibility.PRIVATE))
    seen = ("datasets", "versions", "profiles", "conversations", "turns", "outputs", "jobs")
    for person, there in (("local", True), ("colleague", False)):
        for name in seen:
            with walled.seen_by(Sight("theirs", person)).reading() as session:
                assert bool(session.execute(select(tables.metadata.tables[name])).all()) is there, (name, person)


def test_a_guest_sees_one_dataset_and_no_conversation_of_others(walled: Database, theirs: Dataset) -> None:
    second = nouns.stored_dataset(Rows(walled, "theirs", "local"), "theirs")
    guest = walled.seen_by(Sight("theirs", "gus", Reach.GUEST, second.id))
    with guest.reading() as session:
        assert session.scalars(select(tables.datasets.c.id)).all() == [second.id]
        assert session.scalars(select(tables.versions.c.dataset_id)).all() == [second.id]
        for table in (tables.conversations, tables.turns, tables.jobs, tables.connections, team_tables.memberships):
            assert session.execute(select(table)).all() == []


def test_a_guest_sees_one_dashboard_with_its_tiles_and_no_dataset(walled: Database, theirs: Dataset) -> None:
    boards = DashboardRows(walled, "theirs", "local")
    shown, other = (nouns.stored_dashboard(boards, theirs) for _ in range(2))
    assert len(boards.tiles(other.id)) == 1
    guest = walled.seen_by(Sight("theirs", "", Reach.GUEST, object_id=shown.id))
    with guest.reading() as session:
        assert session.scalars(select(board_tables.dashboards.c.id)).all() == [shown.id]
        assert session.scalars(select(board_tables.tiles.c.dashboard_id)).all() == [shown.id]
        for table in (tables.datasets, tables.versions, tables.turns, tables.jobs, board_tables.pins):
            assert session.execute(select(table)).all() == []


def test_who_has_been_told_nothing_sees_nothing(databases: Databases) -> None:
    url = owned_by_an_ordinary_account(databases.create())
    opened = Database(url)
    opened.migrate()
    nouns.stored_dataset(Rows(opened, "mine", "local"), "mine")
    with opened.reading() as session:
        assert session.execute(select(tables.datasets)).all() == []
    opened.dispose()
    databases.drop(url)


def walls(databases: Databases) -> set[str]:
    """The tables whose rows are protected, from their owner too."""
    url = databases.create()
    opened = Database(url)
    opened.migrate()
    asked = "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity"
    with opened.reading() as session:
        assert set(inspect(session.connection()).get_table_names())
        found = set(session.scalars(text(asked)))
    opened.dispose()
    databases.drop(url)
    return found
