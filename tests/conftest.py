"""A whole product in a temporary home, shared by the tests."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL

from sandbox import Sandbox
from services import datasets, jobs, wiring
from services.backends.database import Database
from services.domain import Dataset
from services.settings import Settings
from services.workspace import LOCAL_USER, Backends, Workspace, open_workspace
from tests.browser import browser  # noqa: F401
from tests.servers.fixtures import bucket, databases, moto, postgres_url, proxy  # noqa: F401

ORDERS = """order_id,date,region,product,units,price
1,2024-01-05,West,Chair,2,49.90
2,2024-01-17,East,Desk,1,199.00
3,2024-02-02,West,Lamp,4,19.50
4,2024-02-14,North,Chair,1,49.90
5,2024-03-01,East,Lamp,3,19.50
6,2024-03-09,West,Desk,1,199.00
7,2024-03-30,North,Lamp,5,19.50
8,2024-04-04,West,Chair,6,44.90
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings that see nothing of this machine's environment."""
    return Settings(home=tmp_path / "home", database_url="", analyst="builtin", openai_api_key="", openai_base_url="")


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """One warm sandbox for the whole run: a fresh one takes seconds to import its libraries."""
    with closing(Sandbox(workers=2)) as warm:
        yield warm


class Lent:
    """The sandbox of all tests, which whoever borrows it cannot close."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sandbox, name)

    def close(self) -> None:
        """Leaves it to the others."""


@pytest.fixture
def lent(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is wired meanwhile, such as by the command line, runs in the sandbox of all tests."""
    monkeypatch.setattr(wiring, "_sandbox", lambda _: Lent(sandbox))


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database without a row: to copy it is much quicker than to make one."""
    path = tmp_path_factory.mktemp("empty") / "red-pandas.db"
    database = Database(URL.create("sqlite", database=str(path)))
    database.migrate()
    database.dispose()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture
def fresh_database(settings: Settings, empty_database: Path) -> None:
    """An empty database at its place in the home."""
    settings.home.mkdir(parents=True, mode=0o700)
    shutil.copy(empty_database, str(settings.url.database))


@pytest.fixture
def backends(settings: Settings, sandbox: Sandbox, fresh_database: None) -> Iterator[Backends]:
    """Everything real; jobs run in the caller's thread."""
    opened = wiring.connect(settings, inline=True, sandbox=sandbox)
    yield opened
    opened.runner.shutdown()
    opened.database.dispose()


@pytest.fixture
def ws(backends: Backends) -> Workspace:
    return open_workspace(backends, LOCAL_USER.id)


@pytest.fixture
def rewired(backends: Backends) -> Callable[..., Workspace]:
    """A workspace whose backends have some parts replaced: `rewired(sandbox=CannedExecutor(...))`."""

    def rewire(**parts: Any) -> Workspace:
        changed = replace(backends, **parts)
        changed.runner.start(partial(jobs.run, wiring.WORK, changed))
        return open_workspace(changed, LOCAL_USER.id)

    return rewire


@pytest.fixture
def orders_csv(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    path.write_text(ORDERS)
    return path


@pytest.fixture
def orders(ws: Workspace, orders_csv: Path) -> Dataset:
    return datasets.upload(ws, orders_csv, "orders.csv")
