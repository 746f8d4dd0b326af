"""Whoever runs the server sees every team, and says what everybody may use."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services import teams, uploads, usage
from services.access import Role
from services.accounts import groups
from services.circles import EACH, Limits
from services.domain import User
from services.errors import BadInput, Forbidden, LimitReached, NotFound
from services.workspace import Backends, Workspace, open_workspace


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
