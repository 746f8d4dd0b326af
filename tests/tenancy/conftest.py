"""The world of the tenancy tests, made once for each kind of database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from sandbox import Sandbox
from services import teams, wiring
from services.access import Role
from services.circles import ObjectKind
from services.domain import User
from services.settings import Settings
from services.sharing import with_person
from services.workspace import Backends, Workspace, open_workspace
from tests.servers.postgres import Databases
from tests.tenancy import world
from tests.tenancy.world import Things


@dataclass(frozen=True)
class World:
    """Ann owns a team with Mel (member) and Vic (viewer). Bob is in none. Gus is a guest, Dan was deactivated."""

    backends: Backends
    ann: Workspace
    mel: Workspace
    vic: Workspace
    bob: Workspace
    gus: Workspace
    dan: str
    theirs: Things
    """What the team has."""
    private: Things
    """What Ann keeps to herself in it."""


@pytest.fixture(scope="package", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.long)])
def backends(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox
) -> Iterator[Backends]:
    """Everything real, on SQLite and on PostgreSQL."""
    url = ""
    if request.param == "postgresql":
        databases: Databases = request.getfixturevalue("databases")
        url = databases.create().render_as_string(hide_password=False)
    home = tmp_path_factory.mktemp(request.param) / "home"
    settings = Settings(
        home=home, database_url=url, analyst="builtin", openai_api_key="", openai_base_url="", sign_in="accounts"
    )
    opened = wiring.connect(settings, inline=True, sandbox=sandbox)
    yield opened
    opened.runner.shutdown()
    opened.database.dispose()


@pytest.fixture(scope="package")
def everybody(backends: Backends, tmp_path_factory: pytest.TempPathFactory) -> World:
    people = {name: world.person(backends, name) for name in ("mel", "vic", "bob", "gus", "dan")}
    ann = world.team(backends, world.person(backends, "ann", runs_server=True))
    mel, vic = world.join(ann, people["mel"], Role.MEMBER), world.join(ann, people["vic"], Role.VIEWER)
    world.join(ann, people["dan"], Role.ADMIN)
    theirs = world.things(ann, tmp_path_factory.mktemp("theirs"), mel.user.id)
    private = world.things(ann, tmp_path_factory.mktemp("private"), mel.user.id, private=True)
    share = with_person(ann, ObjectKind.DATASET, theirs.dataset.id, "gus@example.org")
    gus = open_workspace(backends, people["gus"].id, share_id=share.id)
    bob = open_workspace(backends, people["bob"].id)
    assert teams.list_all(bob) == []
    return World(backends, ann, mel, vic, bob, gus, people["dan"].id, theirs, private)


@pytest.fixture
def ann(backends: Backends) -> Workspace:
    return world.team(backends, world.somebody(backends))


@pytest.fixture
def bob(backends: Backends) -> User:
    return world.somebody(backends)


@pytest.fixture
def orders(ann: Workspace, tmp_path: Path) -> str:
    return world.uploaded(ann, tmp_path)
