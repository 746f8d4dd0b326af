"""Each visitor has a space of their own, small, for a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from services import connections, uploads
from services.accounts import cookies, own, throttling, visitors
from services.backends import tables
from services.domain import User, Way
from services.errors import Forbidden
from services.workspace import Backends, open_workspace
from tests.accounts.conftest import AWAY, HOME
from tests.backends.nouns import dataset, profile, version


@pytest.fixture
def demo(backends: Backends) -> Backends:
    """Those of a server that anybody may visit."""
    return replace(backends, settings=backends.settings.model_copy(update={"sign_in": "visitors", "visitor_mb": 7}))


def come(demo: Backends, cookie: str = "") -> User:
    session = visitors.come(demo, cookie or cookies.mint(demo), HOME)
    assert session is not None
    return open_workspace(demo, session.user_id).user


def test_a_browser_is_one_visitor_and_another_is_another(demo: Backends) -> None:
    cookie = cookies.mint(demo)
    first = come(demo, cookie)
    assert come(demo, cookie) == first
    assert first.is_visitor
    assert come(demo) != first
    assert visitors.come(demo, "made.0.up", HOME) is None


def test_a_visitor_has_little_room_and_no_way_out(demo: Backends) -> None:
    ws = open_workspace(demo, come(demo).id)
    assert (ws.backends.settings.quota_mb, ws.backends.settings.upload_mb) == (7, 7)
    assert ws.backends.settings.analyst == "builtin"
    assert demo.settings.quota_mb > 7
    with pytest.raises(Forbidden, match="Visitors"):
        connections.tables(ws, "any")
    with pytest.raises(Forbidden, match="Visitors"):
        own.rename(ws, "Somebody")


def test_too_many_visitors_from_one_place_wait(demo: Backends, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttling, "VISITS", 2)
    cookie = cookies.mint(demo)
    come(demo, cookie)
    come(demo)
    with pytest.raises(Forbidden, match="too many"):
        come(demo)
    assert come(demo, cookie).is_visitor
    assert visitors.come(demo, cookies.mint(demo), AWAY) is not None


def test_yesterdays_visitors_go_with_all_they_made_and_nobody_else(demo: Backends, tmp_path: Path) -> None:
    cookie = cookies.mint(demo)
    old, young = come(demo, cookie), come(demo)
    person = User(id="ann", name="Ann", email="ann@example.org", created_at=datetime.now(UTC) - timedelta(days=9))
    demo.people.add(person)
    kept = cookies.begin(demo, person.id, Way.PASSWORD, HOME)
    for user in (old, young, person):
        ws = open_workspace(demo, user.id)
        made = dataset(team_id=user.id, id=f"dataset-{user.id}", head_id=f"version-{user.id}")
        first = version(made)
        ws.rows.add_dataset(made, first, profile(first))
        source = tmp_path / f"{user.id}.parquet"
        source.write_bytes(b"rows")
        demo.storage.put(source, f"{user.id}/datasets/{made.id}/versions/x.parquet")
        uploads.begin(ws, "table.csv", 10)
    with demo.database.session() as session:
        past = datetime.now(UTC) - timedelta(hours=25)
        session.execute(update(tables.users).where(tables.users.c.id == old.id).values(created_at=past))
    parts = len(demo.parts.names())
    assert visitors.sweep(demo) == 1
    visitors.housekeeping(demo)
    assert demo.people.user(old.id) is None
    with demo.database.reading() as session:
        for table in tables.metadata.sorted_tables:
            rows = [str(row) for row in session.execute(table.select())]
            assert not any(old.id in row for row in rows), table.name
    assert list(demo.storage.list(f"{old.id}/")) == []
    assert len(demo.parts.names()) == parts - 1
    for user in (young, person):
        assert len(open_workspace(demo, user.id).rows.datasets()) == 1
        assert len(list(demo.storage.list(f"{user.id}/"))) == 1
    assert cookies.who(demo, kept) is not None
    assert come(demo, cookie).id == old.id, "the same browser begins anew"
    assert open_workspace(demo, old.id).rows.datasets() == []
