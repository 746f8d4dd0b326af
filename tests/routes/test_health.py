"""The two checks of a running server."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.testclient import TestClient

from services.routes import health
from services.workspace import Backends


def client(backends: Backends) -> TestClient:
    return TestClient(Starlette(routes=health.routes(lambda: backends)))


def test_a_server_with_its_database_is_ready(backends: Backends) -> None:
    assert client(backends).get("/healthz").json() == {"status": "ok"}
    assert client(backends).get("/readyz").json() == {"status": "ready"}


def test_a_server_without_its_database_is_alive_but_not_ready(backends: Backends) -> None:
    backends.database.dispose()
    (backends.settings.home / "red-pandas.db").unlink()
    (backends.settings.home / "red-pandas.db").mkdir()
    answer = client(backends).get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"status": "not ready"})
    assert client(backends).get("/healthz").status_code == 200
