"""Whoever runs the server sees every team, and says what everybody may use."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services import datasets, departure, sharing, teams, uploads, usage
from services.access import Role
from services.accounts import groups
from services.circles import EACH, Limits, ObjectKind
from services.domain import Job, User
from services.errors import BadInput, Forbidden, LimitReached, NotFound
from services.workspace import Backends, Workspace, open_link, open_workspace


@pytest.fixture
def olga(backends: Backends) -> Workspace:
    """Whoever runs the server."""
    return person(backends, "olga", runs_server=True)


def person(backends: Backends, name: str, *, runs_server: bool = False, is_visitor: bool = False) -> Workspace:
    email = "" if is_visitor else f"{name}@example.org"
    user = User(id=name, name=name.title(), email=email, created_at=datetime.now(UTC), runs_server=runs_server)
    backends.people.add(user.model_copy(update={"is_visitor": is_visitor}))
    return open_workspace(backends, name)


def test_every_team_is_seen_with_its_owner_and_its_limits(backends: Backends, olga: Workspace) -> None:
    ann, bob = person(backends, "ann"), person(backends, "bob")
    team = teams.create(ann, "Sales")
    inside = open_workspace(backends, "ann", team.id)
    teams.accept(bob, teams.invite(inside, Role.MEMBER).token)
    uploads.begin(inside, "a.csv", 1_000)
    groups.set_limits(olga, team.id, Limits(storage_mb=7))
    [found] = groups.list_all(olga)
    assert (found.name, found.owner, found.members, found.bytes) == ("Sales", "Ann", 2, 1_000)
    assert found.limits == usage.team_limits(inside) == Limits(storage_mb=7)
    with pytest.raises(LimitReached, match=r"of your 7\.0 MB"):
        uploads.begin(inside, "b.csv", 8_000_000)
    with pytest.raises(NotFound):
        groups.set_limits(olga, "no such team", Limits())


def test_a_closed_team_shows_nothing_and_is_whole_when_it_is_opened_again(
    backends: Backends, olga: Workspace, tmp_path: Path
) -> None:
    (backends.settings.home / "cache").mkdir(exist_ok=True)
    ann, bob, cid = (person(backends, name) for name in ("ann", "bob", "cid"))
    team = teams.create(ann, "Sales")
    inside = open_workspace(backends, "ann", team.id)
    other = teams.create(ann, "Other")
    asked = teams.invite(inside, Role.MEMBER).token
    (tmp_path / "a.csv").write_text("a,b\n1,2\n")
    table = datasets.upload(inside, tmp_path / "a.csv", "a.csv")
    sharing.with_person(inside, ObjectKind.DATASET, table.id, "bob@example.org")
    link = sharing.publish(inside, ObjectKind.DATASET, table.id)
    [shown] = sharing.shared_with_me(bob)
    guest, reader = open_workspace(backends, "bob", share_id=shown.share.id), open_link(backends, link.token)
    assert sharing.table(guest).num_rows == sharing.table(reader).num_rows == 1
    assert groups.deactivate(olga, team.id).active is False
    assert [(each.name, each.active) for each in groups.list_all(olga)] == [("Other", True), ("Sales", False)]
    with pytest.raises(Forbidden, match="“Sales” was deactivated"):
        open_workspace(backends, "ann", team.id)
    with pytest.raises(Forbidden, match="“Sales” was deactivated"):
        datasets.rename(inside, table.id, "while the page is open")
    assert [each.id for each, _ in teams.list_all(ann)] == [other.id]
    with pytest.raises(NotFound):
        sharing.with_team(open_workspace(backends, "ann", other.id), ObjectKind.DATASET, "x", team.id)
    assert sharing.shared_with_me(bob) == []
    for call in (
        lambda: open_workspace(backends, "bob", share_id=shown.share.id),
        lambda: open_link(backends, link.token),
        lambda: teams.accept(cid, asked),
    ):
        with pytest.raises(NotFound):
            call()
    with departure.archive(ann) as path, zipfile.ZipFile(path) as packed:
        assert any(table.id[:8] in name for name in packed.namelist())
    groups.reactivate(olga, team.id)
    assert [each.name for each in datasets.list_all(open_workspace(backends, "ann", team.id))] == ["a"]
    assert open_link(backends, link.token).team.id == team.id
    assert teams.accept(cid, asked).id == team.id


def test_work_of_a_closed_team_is_asked_to_stop(backends: Backends, olga: Workspace) -> None:
    ann = person(backends, "ann")
    inside = open_workspace(backends, "ann", teams.create(ann, "Sales").id)
    job = Job(
        id="j" * 32, team_id=inside.team.id, kind="read", subject_id="x", created_by="ann", created_at=datetime.now(UTC)
    )
    inside.rows.add_job(job)
    groups.deactivate(olga, inside.team.id)
    assert inside.rows.job(job.id).stop_requested
    with pytest.raises(NotFound):
        groups.deactivate(olga, "no such team")


def test_what_everybody_may_use_counts_where_nothing_else_was_set(backends: Backends, olga: Workspace) -> None:
    ann = person(backends, "ann")
    team = teams.create(ann, "Sales")
    inside = open_workspace(backends, "ann", team.id)
    groups.set_defaults(olga, Limits(questions_a_day=3))
    assert groups.defaults(olga) == Limits(questions_a_day=3)
    for ws in (ann, inside):
        assert usage.limits(ws).questions_a_day == 3
        assert usage.limits(ws).storage_mb == backends.settings.quota_mb
    usage.set_limits(inside, EACH, Limits(questions_a_day=9))
    assert (usage.limits(inside).questions_a_day, usage.limits(ann).questions_a_day) == (9, 3)
    for _ in range(3):
        usage.count_question(ann)
    with pytest.raises(LimitReached, match="limit of 3 questions today"):
        usage.count_question(ann)
    with pytest.raises(BadInput):
        groups.set_defaults(olga, Limits(storage_mb=-1))


def test_a_visitors_room_does_not_grow_with_it(backends: Backends, olga: Workspace) -> None:
    visitor = person(backends, "visitor", is_visitor=True)
    groups.set_defaults(olga, Limits(storage_mb=50_000))
    assert usage.limits(visitor).storage_mb == visitor.backends.settings.quota_mb <= backends.settings.visitor_mb


def test_nobody_else_does(backends: Backends, olga: Workspace) -> None:
    ann = person(backends, "ann")
    for call in (groups.list_all, groups.defaults):
        with pytest.raises(Forbidden):
            call(ann)
    with pytest.raises(Forbidden):
        groups.set_defaults(ann, Limits())
    with pytest.raises(Forbidden):
        groups.set_limits(ann, teams.create(ann, "x").id, Limits())
