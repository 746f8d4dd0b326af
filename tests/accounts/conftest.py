"""People on a real database of each kind. Passwords are hashed quickly, but where it is time that is tested."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from services.accounts import links, signing_in
from services.accounts.places import Place
from services.backends.database import Database
from services.backends.parts import Parts
from services.backends.passwords import Passwords
from services.backends.storage import LocalStorage
from services.domain import User
from services.settings import Settings
from services.workspace import Backends
from tests.backends.conftest import database, fresh_url, kind, migrated, migrated_once, url  # noqa: F401
from tests.backends.spaces import workspace

HOME = Place("192.0.2.7", "Mozilla/5.0 (X11; Linux) Firefox/140.0")
AWAY = Place("198.51.100.9", "Mozilla/5.0 (Windows NT 10.0) Chrome/150.0 Safari/537.36")
GOOD = "correct horse battery"


@pytest.fixture
def backends(database: Database, tmp_path: Path) -> Backends:  # noqa: F811
    """Those of a server with accounts, without a sandbox."""
    return replace(
        workspace(database).backends,
        settings=Settings(home=tmp_path, sign_in="accounts"),
        storage=LocalStorage(tmp_path / "files"),
        parts=Parts(tmp_path / "uploads"),
        passwords=Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)),
    )


@pytest.fixture
def owner(backends: Backends) -> User:
    return signing_in.register(
        backends, HOME, email="Owner@Example.org", name="Olga", password=GOOD, token=links.announce(backends)
    )


@pytest.fixture
def join(backends: Backends, owner: User) -> Callable[[str], User]:
    """Somebody with an account: `join("ann")`."""

    def register(name: str) -> User:
        token = links.give(backends, "join")
        email = f"{name}@example.org"
        return signing_in.register(backends, HOME, email=email, name=name, password=GOOD, token=token)

    return register
