"""Leaving: everything one made in one archive; what is private goes with the account, what the team sees stays."""

from __future__ import annotations

import json
import zipfile
import zlib
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select

from services import activity, conversations, dashboards, datasets, departure, pins, report_shelf, sharing, teams
from services.access import Role
from services.assistant import pipeline
from services.backends import tables
from services.binding import ReportFile, folder_of
from services.circles import ObjectKind, Visibility
from services.domain import User
from services.errors import BadInput, Forbidden, NotFound
from services.workspace import Backends, Workspace, open_link, open_workspace
from tests.conftest import ORDERS
from tests.tenancy import world


def test_everything_of_a_person_is_in_one_archive(ann: Workspace, bob: User, orders: str, tmp_path: Path) -> None:
    own, member = open_workspace(ann.backends, bob.id), world.join(ann, bob, Role.MEMBER)
    mine, talk = world.uploaded(own, tmp_path), conversations.create(member, orders)
    datasets.rename(own, mine, "../../etc/passwd")
    pipeline.ask(member, talk.id, "how many rows?")
    with departure.archive(own) as path, zipfile.ZipFile(path) as packed:
        names = packed.namelist()
        account = json.loads(packed.read("account.json"))
        told = packed.read("activity.csv").decode()
        [original] = [name for name in names if "/originals/" in name]
        assert packed.read(original).decode() == ORDERS
    assert account["person"]["email"] == bob.email
    assert [each["name"] for each in account["teams"]] == [bob.name, ann.team.name]
    assert "conversation" in told or "ask" in told
    assert any(name.endswith(".parquet") for name in names)
    assert any("/conversations/" in name for name in names)
    assert not [name for name in names if ".." in name.split("/") or name.startswith("/")]
    assert orders not in "".join(names)


def test_an_account_is_deleted_with_its_files_and_rows(ann: Workspace, bob: User, tmp_path: Path) -> None:
    backends = ann.backends
    own, member = open_workspace(backends, bob.id), world.join(ann, bob, Role.MEMBER)
    world.uploaded(own, tmp_path)
    kept, hidden = world.uploaded(member, tmp_path), world.uploaded(member, tmp_path)
    sharing.show_to(member, ObjectKind.DATASET, hidden, Visibility.PRIVATE)
    with pytest.raises(BadInput):
        departure.delete_account(own, "not me")
    departure.delete_account(own, bob.email.replace("@", "@\u2060"))  # as it is copied from the page
    with pytest.raises(Forbidden):
        open_workspace(backends, bob.id)
    assert list(backends.storage.list(f"{bob.id}/")) == []
    assert list(backends.storage.list(f"{ann.team.id}/datasets/{hidden}/")) == []
    assert [each.id for each in datasets.list_all(ann)] == [kept]
    assert {entry.who for entry in activity.list_all(ann)} == {ann.user.name, f"({gone(ann)})"}
    assert traces_of(backends, bob.id) == []


def gone(ann: Workspace) -> str:
    [pseudonym] = {each.record.user_id for each in activity.list_all(ann)} - {ann.user.id}
    assert pseudonym.startswith("gone-")
    return pseudonym[:16]


def traces_of(backends: Backends, id: str) -> list[str]:
    """The tables in which the id still stands, packed bytes unpacked."""
    found = []
    with backends.database.everywhere().reading() as session:
        for table in tables.metadata.sorted_tables:
            rows = session.execute(select(table)).all()
            if any(id in unpacked(value) for row in rows for value in row):
                found.append(table.name)
    return found


def unpacked(value: object) -> str:
    if isinstance(value, bytes):
        with suppress(zlib.error):
            return zlib.decompress(value).decode("utf-8", "replace")
    return repr(value)


def test_an_owner_of_others_does_not_vanish(ann: Workspace, bob: User) -> None:
    world.join(ann, bob, Role.MEMBER)
    with pytest.raises(BadInput, match="others are in it"):
        departure.delete_account(open_workspace(ann.backends, ann.user.id), ann.user.email)


def kept_file(ws: Workspace, report_id: str, folder: Path, visibility: Visibility) -> ReportFile:
    """A file that was made of a report, in storage and in the database."""
    path, whole = folder / "paper.pdf", b"%PDF of " + report_id.encode()
    path.write_bytes(whole)
    file = ReportFile(
        id=uuid4().hex,
        team_id=ws.team.id,
        report_id=report_id,
        name="paper",
        ending="pdf",
        size=len(whole),
        visibility=visibility,
        created_by=ws.user.id,
        created_at=datetime.now(UTC),
    )
    ws.backends.storage.put(path, file.key)
    ws.reports.add_file(file)
    return file


def test_pins_reports_and_dashboards_are_in_the_archive(ann: Workspace, bob: User, tmp_path: Path) -> None:
    """Whatever is private; with the files of reports, and uploads that were not saved. Nothing of others is there."""
    member = world.join(ann, bob, Role.ADMIN)
    world.uploaded(ann, tmp_path)
    mine = world.things(member, tmp_path, private=True)
    file = kept_file(member, mine.report_id, tmp_path, Visibility.PRIVATE)
    deleted = report_shelf.delete(member, report_shelf.create(member, "Thrown away").id)
    with departure.archive(open_workspace(ann.backends, bob.id)) as path, zipfile.ZipFile(path) as packed:
        told = {name: packed.read(name) for name in packed.namelist()}
    [pin] = [json.loads(body)["pin"] for name, body in told.items() if "/pins/" in name]
    assert pin["id"] == mine.pin_id
    assert pin["kept"]["outputs"]
    [board] = [json.loads(body) for name, body in told.items() if "/dashboards/" in name]
    assert (board["dashboard"]["id"], board["tiles"][0]["id"]) == (mine.tile.dashboard_id, mine.tile.id)
    reports = [json.loads(body) for name, body in told.items() if name.endswith("/report.json")]
    assert {each["report"]["id"] for each in reports} == {mine.report_id, deleted.id}
    assert [each["sections"][0]["turn"]["id"] for each in reports if each["sections"]] == [mine.turn.id]
    assert [body for name, body in told.items() if "/files/" in name] == [b"%PDF of " + mine.report_id.encode()]
    assert file.id[:8] in "".join(told)
    assert ann.user.id not in "".join(body.decode("utf-8", "replace") for body in told.values())


def test_what_is_private_goes_with_the_account(ann: Workspace, bob: User, tmp_path: Path) -> None:
    """Rows and files; what the team sees stays, files of its reports too, without the name."""
    backends, member = ann.backends, world.join(ann, bob, Role.ADMIN)
    shown, hidden = world.things(member, tmp_path), world.things(member, tmp_path, private=True)
    alone = report_shelf.create(member, "Notes")
    member.reports.save(alone.model_copy(update={"visibility": Visibility.PRIVATE}))
    links = [sharing.publish(member, ObjectKind.REPORT, each).token for each in (hidden.report_id, alone.id)]
    files = [kept_file(member, each, tmp_path, Visibility.PRIVATE) for each in (hidden.report_id, alone.id)]
    own = kept_file(member, shown.report_id, tmp_path, Visibility.PRIVATE)
    kept = kept_file(member, shown.report_id, tmp_path, Visibility.TEAM)
    teams.set_role(ann, bob.id, Role.VIEWER)
    departure.delete_account(open_workspace(backends, bob.id), bob.email)
    assert [file.key for file in (*files, own) if backends.storage.exists(file.key)] == []
    assert backends.storage.exists(kept.key)
    for id in (hidden.version.id, hidden.turn.id, hidden.pin_id, hidden.tile.id, hidden.section.id):
        assert set(traces_of(backends, id)) <= {"activity"}
    rows = ann.for_upkeep()
    assert traces_of(backends, bob.id) == []
    assert [each.id for each in rows.reports.all()] == [shown.report_id]
    assert [each.id for each, _ in rows.pins.all()] == [shown.pin_id]
    assert [each.id for each in rows.dashboards.all()] == [shown.tile.dashboard_id]
    for hint in (hidden.dataset.id, hidden.tile.dashboard_id, hidden.report_id, alone.id):
        assert ann.members.shares(hint) == []
    for token in links:
        with pytest.raises(NotFound):
            open_link(backends, token)


def test_links_of_private_reports_end_when_their_maker_leaves(ann: Workspace, bob: User, tmp_path: Path) -> None:
    """Others' links, and links of what the team sees, stay."""
    member = world.join(ann, bob, Role.ADMIN)
    private, open_one = report_shelf.create(member, "Mine"), report_shelf.create(member, "Ours")
    member.reports.save(private.model_copy(update={"visibility": Visibility.PRIVATE}))
    anns = report_shelf.create(ann, "Hers")
    ann.reports.save(anns.model_copy(update={"visibility": Visibility.PRIVATE}))
    ended = sharing.publish(member, ObjectKind.REPORT, private.id).token
    stay = [
        sharing.publish(member, ObjectKind.REPORT, open_one.id).token,
        sharing.publish(ann, ObjectKind.REPORT, anns.id).token,
    ]
    for token in (ended, *stay):
        assert sharing.title(open_link(ann.backends, token)).name in {"Mine", "Ours", "Hers"}
    teams.leave(member)
    assert ann.members.shares(private.id) == []
    with pytest.raises(NotFound):
        open_link(ann.backends, ended)
    assert [sharing.title(open_link(ann.backends, token)).name for token in stay] == ["Ours", "Hers"]


def test_what_was_private_to_somebody_who_leaves_is_the_owners(ann: Workspace, bob: User, tmp_path: Path) -> None:
    member = world.join(ann, bob, Role.ADMIN)
    things = world.things(member, tmp_path, private=True)
    file = kept_file(member, things.report_id, tmp_path, Visibility.PRIVATE)
    assert report_shelf.list_all(ann) == []
    teams.leave(member)
    assert [each.report.id for each in report_shelf.list_all(ann)] == [things.report_id]
    assert [each.id for each in ann.reports.files(things.report_id)] == [file.id]
    assert [each.pin.id for each in pins.list_all(ann)] == [things.pin_id]
    assert [each.dashboard.id for each in dashboards.list_all(ann)] == [things.tile.dashboard_id]
    assert [each.id for each in datasets.list_all(ann)] == [things.dataset.id]


def test_files_of_reports_go_with_the_dataset_they_are_about(ann: Workspace, tmp_path: Path) -> None:
    things = world.things(ann, tmp_path)
    file = kept_file(ann, things.report_id, tmp_path, Visibility.TEAM)
    datasets.purge(ann, things.dataset.id)
    assert not ann.backends.storage.exists(file.key)
    assert list(ann.backends.storage.list(folder_of(ann.team.id, things.report_id))) == []
    with pytest.raises(NotFound):
        report_shelf.get(ann, things.report_id)
