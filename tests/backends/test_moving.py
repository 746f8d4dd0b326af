"""An installation moves: from SQLite to a real PostgreSQL and a bucket, whole or not at all, and works there."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import URL, select, update

from services import __main__ as command_line
from services import change_jobs, cleaning, conversations, datasets, versions, wiring
from services.accounts import links, signing_in
from services.accounts.places import Place
from services.backends import tables
from services.backends.database import Database
from services.code.steps import RenameColumns
from services.domain import Dataset, JobStatus
from services.settings import Settings
from services.workspace import Workspace, open_workspace
from tests.servers.bucket import REGION, Bucket

pytestmark = pytest.mark.usefixtures("lent")
NAMED = RenameColumns(names={"units": "pieces"})


@pytest.fixture
def here(ws: Workspace, orders: Dataset, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """An installation with a bit of everything, and its settings in the environment."""
    made = cleaning.apply(ws, orders.head_id, NAMED).version
    cleaning.apply(ws, made.id, RenameColumns(names={"pieces": "p\x00ieces"}))
    conversations.rename(ws, conversations.create(ws, orders.id).id, "Größe \ud83d\udc3c")
    people = Place("192.0.2.7", "a browser")
    token = links.announce(ws.backends)
    signing_in.register(ws.backends, people, email="a@b.example", name="A", password="correct horse", token=token)
    monkeypatch.setenv("RED_PANDAS_HOME", str(ws.backends.settings.home))
    for name in ("DATABASE_URL", "S3_BUCKET"):
        monkeypatch.delenv(name, raising=False)
    return ws


def shown(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def everything(url: URL | str) -> dict[str, list[str]]:
    """Every row of every table, in words."""
    opened = Database(url)
    with opened.everywhere().reading() as session:
        found = {
            table.name: sorted(str(dict(row)) for row in session.execute(select(table)).mappings())
            for table in tables.metadata.sorted_tables
        }
    opened.dispose()
    return found


def test_every_row_arrives_in_postgresql_and_the_installation_works_there(
    here: Workspace, orders: Dataset, postgres_url: URL, capsys: pytest.CaptureFixture[str]
) -> None:
    before = everything(here.backends.settings.url)
    assert command_line.main(["move", "--database", shown(postgres_url)]) == 0
    assert "Set DATABASE_URL" in capsys.readouterr().out
    assert everything(postgres_url) == before == everything(here.backends.settings.url)
    assert sum(map(bool, before.values())) >= 8, "the test has something to move"
    settings = here.backends.settings.model_copy(update={"database_url": shown(postgres_url)})
    there = wiring.connect(settings, inline=True, sandbox=here.backends.sandbox)
    try:
        ws = open_workspace(there, here.user.id)
        assert datasets.page(ws, datasets.head(ws, orders.id).id, 0, 99).num_rows == 8
        assert len(versions.path(ws, datasets.head(ws, orders.id).id)) == 3
        assert cleaning.apply(ws, orders.head_id, NAMED).version.columns
    finally:
        there.runner.shutdown()
        there.database.dispose()
    assert command_line.main(["move", "--database", shown(postgres_url)]) == 1
    assert "is not empty" in capsys.readouterr().err


def test_nothing_arrives_when_a_row_cannot(here: Workspace, postgres_url: URL) -> None:
    with here.backends.database.session() as session:
        session.execute(update(tables.activity).values(action="x" * 300))
    assert command_line.main(["move", "--database", shown(postgres_url)]) == 1
    assert not any(everything(postgres_url).values())


def test_a_server_at_work_is_not_moved(
    here: Workspace, orders: Dataset, postgres_url: URL, capsys: pytest.CaptureFixture[str]
) -> None:
    change_jobs.try_out(here, orders.head_id, NAMED)
    with here.backends.database.session() as session:
        running = {"status": JobStatus.RUNNING, "lease_until": datetime.now(UTC) + timedelta(minutes=1)}
        session.execute(update(tables.jobs).values(running))
        assert session.scalar(select(tables.jobs.c.id))
    assert command_line.main(["move", "--database", shown(postgres_url)]) == 1
    assert "is at work" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["--files"], ["--database", "mysql://x/y"], ["--database", "no url"]])
def test_what_cannot_be_is_a_sentence(
    here: Workspace, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command_line.main(["move", *arguments]) == 1
    assert len(capsys.readouterr().err.split(". ")) >= 2


def test_files_arrive_in_the_bucket_and_again_only_what_is_missing(
    here: Workspace, bucket: Bucket, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = {"S3_BUCKET": bucket.name, "S3_ENDPOINT_URL": bucket.endpoint, "S3_REGION": REGION}
    told |= {"S3_ACCESS_KEY_ID": bucket.key_id, "S3_SECRET_ACCESS_KEY": bucket.secret}
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    keys = sorted(here.backends.storage.list(""))
    assert command_line.main(["move", "--files", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["files"] == len(keys) > 2
    moved = wiring._storage(Settings())
    assert sorted(moved.list("")) == keys
    for key in keys:
        with moved.local(key) as copy, here.backends.storage.local(key) as original:
            assert copy.read_bytes() == original.read_bytes()
    moved.delete(keys[0])
    assert command_line.main(["move", "--files"]) == 0
    out = capsys.readouterr().out
    assert keys[0] in out
    assert keys[1] not in out
    assert list(Path(here.backends.settings.home / "cache").glob("tmp*")) == []
