"""The cleaner says what would go, removes only what can be had back, and nothing that is in use."""

from __future__ import annotations

import json
import os
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from services import __main__ as command_line
from services import change_jobs, cleaner, cleaning, conversations, datasets, report_shelf, uploads, versions
from services.access import Role
from services.backends import tables
from services.binding import folder_of
from services.cleaning import Origin
from services.code.steps import Condition, FilterRows, FreeCode, RenameColumns
from services.domain import Dataset, Session, Team, User, Way
from services.errors import Forbidden, NotFound
from services.workspace import Workspace, open_others

pytestmark = pytest.mark.usefixtures("lent")

WEST = FilterRows(conditions=(Condition(column="region", test="=", value="West"),))
RENAME = RenameColumns(names={"units": "pieces"})


@pytest.fixture
def old(ws: Workspace) -> Workspace:
    """Versions are unused at once."""
    settings = ws.backends.settings.model_copy(update={"unused_version_days": 0})
    return replace(ws, backends=replace(ws.backends, settings=settings))


def told(ws: Workspace) -> list[tuple[str, str]]:
    return [(each.what, each.name) for each in cleaner.survey(ws)]


def cleaned(ws: Workspace) -> list[tuple[str, str]]:
    return [(each.what, each.name) for each in cleaner.clean(ws)]


def test_a_version_that_nothing_points_at_goes_and_comes_back(old: Workspace, orders: Dataset) -> None:
    middle = cleaning.apply(old, orders.head_id, WEST).version
    head = cleaning.apply(old, middle.id, RENAME).version
    rows = datasets.page(old, middle.id, 0, 9)
    assert told(old) == [("unused version", WEST.describe())]
    assert old.backends.storage.exists(middle.storage_key)
    assert cleaned(old) == [("unused version", WEST.describe())]
    assert not old.backends.storage.exists(middle.storage_key)
    assert not versions.get(old, middle.id).stored
    assert told(old) == []
    assert datasets.page(old, head.id, 0, 9).num_rows == 4
    assert datasets.page(old, middle.id, 0, 9) == rows
    assert versions.get(old, middle.id).stored


def test_what_trials_found_goes_after_a_while(ws: Workspace, old: Workspace, orders: Dataset) -> None:
    job = change_jobs.try_out(ws, orders.head_id, WEST)
    assert told(ws) == []
    assert cleaned(old) == [("old trial", job.id)]
    with pytest.raises(NotFound):
        change_jobs.effect(ws, job.id)


def test_expired_sessions_and_links_go(ws: Workspace) -> None:
    now = datetime.now(UTC)
    ws.backends.people.add(User(id="ann", name="Ann", created_at=now))
    for name, hours in (("past", -1), ("live", 1)):
        session = Session(
            id=name,
            user_id="ann",
            way=Way.PASSWORD,
            turned_at=now,
            created_at=now,
            seen_at=now,
            expires_at=now + timedelta(hours=hours),
        )
        ws.backends.sessions.add(session)
    assert told(ws) == [("expired sessions", "1")]
    assert cleaned(ws) == [("expired sessions", "1")]
    assert told(ws) == []
    assert ws.backends.sessions.get("live", now)


def test_what_is_in_use_or_young_stays(ws: Workspace, old: Workspace, orders: Dataset) -> None:
    standing = conversations.create(ws, orders.id)
    cleaning.apply(ws, orders.head_id, WEST, Origin(standing.id))
    cleaning.apply(ws, orders.head_id, RENAME, name="Kept")
    assert told(old) == []
    cleaning.apply(ws, orders.head_id, FilterRows(conditions=(Condition(column="units", test=">", value=1),)))
    assert told(ws) == []
    assert len(told(old)) == 1


def test_what_somebody_wrote_by_hand_and_what_comes_after_it_stays(old: Workspace, orders: Dataset) -> None:
    by_hand = cleaning.apply(old, orders.head_id, FreeCode(code="df['x'] = 1")).version
    after = cleaning.apply(old, by_hand.id, RENAME).version
    cleaning.apply(old, after.id, WEST)
    assert cleaned(old) == []


def test_a_version_that_cannot_be_made_again_to_the_byte_is_kept_for_good(old: Workspace, orders: Dataset) -> None:
    made = cleaning.apply(old, orders.head_id, WEST).version
    cleaning.apply(old, made.id, RENAME)
    with old.backends.database.session() as session:
        session.execute(update(tables.versions).where(tables.versions.c.id == made.id).values(content_hash="0" * 64))
    assert len(told(old)) == 1
    assert cleaned(old) == []
    assert told(old) == []
    assert old.backends.storage.exists(made.storage_key)


def test_a_file_that_another_version_has_stays(old: Workspace, orders: Dataset) -> None:
    first = cleaning.apply(old, orders.head_id, WEST).version
    cleaning.apply(old, first.id, RENAME)
    twin = cleaning.apply(old, orders.head_id, WEST, name="Twin").version
    assert twin.storage_key == first.storage_key
    assert cleaned(old) == [("unused version", WEST.describe())]
    assert old.backends.storage.exists(twin.storage_key)
    assert datasets.page(old, first.id, 0, 9).num_rows == 4


def test_a_file_without_a_version_goes_once_it_has_lain_for_an_hour(
    ws: Workspace, orders: Dataset, tmp_path: Path
) -> None:
    lost = f"{ws.team.id}/datasets/{orders.id}/versions/{'e' * 64}.parquet"
    (tmp_path / "lost").write_bytes(b"lost")
    ws.backends.storage.put(tmp_path / "lost", lost)
    assert told(ws) == cleaned(ws) == []
    notes = ws.backends.settings.home / "cache" / "seen.json"
    assert json.loads(notes.read_text()).keys() == {lost}
    notes.write_text(json.dumps({lost: time.time() - 3_700}))
    assert told(ws) == [("file without a version", lost)]
    assert ws.backends.storage.exists(lost)
    assert cleaned(ws) == [("file without a version", lost)]
    assert not ws.backends.storage.exists(lost)
    assert datasets.page(ws, orders.head_id, 0, 9).num_rows == 8
    assert datasets.read_report(ws, orders.head_id).rows == 8
    notes.write_text("[broken")
    assert cleaned(ws) == []


def test_folders_of_killed_processes_and_old_uploads_go(ws: Workspace, tmp_path: Path) -> None:
    folder = ws.backends.settings.home / "cache" / "making-killed"
    folder.mkdir()
    (folder / "half.parquet").write_bytes(b"x" * 10)
    assert told(ws) == []
    for path in (folder / "half.parquet", folder):
        os.utime(path, (1, 1))
    upload = uploads.paste(ws, "a,b\n1,2\n")
    from sqlalchemy import update

    from services.backends.tables import uploads as table

    with ws.backends.database.session() as session:
        session.execute(update(table).values(created_at=datetime.now(UTC) - timedelta(days=2)))
    expected = [("abandoned upload", upload.filename), ("folder of a killed process", "making-killed")]
    assert told(ws) == expected
    assert cleaned(ws) == expected
    assert not folder.exists()
    assert told(ws) == []


def test_deleted_datasets_go_when_they_can_no_longer_be_restored(ws: Workspace, orders: Dataset) -> None:
    datasets.delete(ws, orders.id)
    assert told(ws) == []
    ws.rows.mark_dataset(orders.id, datetime.now(UTC) - datasets.RESTORABLE - timedelta(hours=1))
    assert cleaned(ws) == [("deleted dataset", "orders")]
    assert list(ws.backends.storage.list(f"{ws.team.id}/datasets/")) == []


def test_deleted_reports_and_files_of_no_report_go_after_a_while(ws: Workspace, tmp_path: Path) -> None:
    report, kept = report_shelf.create(ws, "Old"), report_shelf.create(ws, "Kept")
    keys = [f"{folder_of(ws.team.id, id)}paper.pdf" for id in (report.id, kept.id, "gone")]
    for key in keys:
        (tmp_path / "paper.pdf").write_bytes(b"%PDF")
        ws.backends.storage.put(tmp_path / "paper.pdf", key)
    ws.reports.save(report_shelf.delete(ws, report.id))
    assert told(ws) == [("file of no report", keys[2])]
    long_ago = datetime.now(UTC) - datasets.RESTORABLE - timedelta(hours=1)
    ws.reports.save(ws.reports.get(report.id, deleted=True).model_copy(update={"deleted_at": long_ago}))
    assert cleaned(ws) == [("deleted report", "Old"), ("file of no report", keys[2])]
    assert [key for key in keys if ws.backends.storage.exists(key)] == [keys[1]]
    assert report_shelf.list_deleted(ws) == []


def test_only_an_admin_may_clean_up(ws: Workspace) -> None:
    for call in (cleaner.survey, cleaner.clean):
        with pytest.raises(Forbidden):
            call(replace(ws, role=Role.MEMBER))


def test_the_command_says_what_would_go(
    old: Workspace, orders: Dataset, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = cleaning.apply(old, orders.head_id, WEST).version
    cleaning.apply(old, made.id, RENAME)
    monkeypatch.setenv("RED_PANDAS_HOME", str(old.backends.settings.home))
    monkeypatch.setenv("RED_PANDAS_UNUSED_VERSION_DAYS", "0")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert command_line.main(["clean-up", "--dry-run"]) == 0
    assert f"1 would go, {made.bytes:,} bytes" in capsys.readouterr().out
    assert command_line.main(["clean-up", "--dry-run", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["removed"], found["bytes"]) == (False, made.bytes)
    assert found["leftovers"][0]["what"] == "unused version"
    assert old.backends.storage.exists(made.storage_key)
    assert command_line.main(["clean-up"]) == 0
    assert "1 removed" in capsys.readouterr().out
    assert not old.backends.storage.exists(made.storage_key)


def test_the_command_looks_after_every_space_and_removes_visitors_of_yesterday(
    ws: Workspace, orders: Dataset, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    backends, past = ws.backends, datetime.now(UTC) - timedelta(days=2)
    team = Team(id="team", name="Team")
    ann, bob = (replace(ws, user=User(id=name, name=name), team=team, standing=None) for name in ("ann", "bob"))
    uploads.begin(ann, "young.csv", 10)
    left = uploads.begin(bob, "table.csv", 10)
    source = tmp_path / "lost.parquet"
    for space in ("team", "visitor", "newcomer"):
        source.write_bytes(b"rows")
        backends.storage.put(source, f"{space}/datasets/gone/versions/lost.parquet")
    for name, moment in (("visitor", past), ("newcomer", datetime.now(UTC))):
        backends.people.add(User(id=name, name="Visitor", is_visitor=True, created_at=moment))
    with backends.database.session() as session:
        old = update(tables.uploads).where(tables.uploads.c.id == left.id)
        session.execute(old.values(created_at=past))
    monkeypatch.setenv("RED_PANDAS_HOME", str(backends.settings.home))
    monkeypatch.setattr(cleaner, "ORPHAN_SECONDS", 0.0)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert command_line.main(["clean-up", "--dry-run"]) == 0
    assert "2 would go" in capsys.readouterr().out
    assert command_line.main(["clean-up"]) == 0
    told = capsys.readouterr().out
    assert "abandoned upload: table.csv" in told
    assert "visitor of yesterday: visitor (4 bytes)" in told
    assert backends.people.user("visitor") is None
    assert backends.people.user("newcomer")
    assert list(backends.storage.list("visitor/")) == []
    assert command_line.main(["clean-up"]) == 0
    assert "team/datasets/gone/versions/lost.parquet" in capsys.readouterr().out
    assert list(backends.storage.list("team/")) == []
    assert len(list(backends.storage.list("newcomer/"))) == 1, "a space without a row is nobody's business"
    assert [each.filename for each in ann.uploads.everything()] == ["young.csv"]
    assert datasets.get(ws, orders.id).id == orders.id


def test_nobody_who_signs_in_opens_every_space(ws: Workspace) -> None:
    served = ws.backends.settings.model_copy(update={"sign_in": "accounts"})
    with pytest.raises(Forbidden):
        open_others(replace(ws, backends=replace(ws.backends, settings=served)))
