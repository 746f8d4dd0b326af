"""The two checks of a running server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from starlette.applications import Starlette
from starlette.testclient import TestClient

from services.backends.storage import Place, S3Storage
from services.routes import health
from services.workspace import Backends, Workspace
from tests.servers.bucket import REGION, Bucket


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
    assert (answer.status_code, answer.json()) == (503, {"status": "not ready", "away": ["database"]})
    assert client(backends).get("/healthz").status_code == 200


def test_a_server_without_its_bucket_says_so_and_not_where_it_was(
    rewired: Callable[..., Workspace], bucket: Bucket, tmp_path: Path
) -> None:
    place = Place(bucket.name, "", bucket.endpoint, REGION, bucket.key_id, bucket.secret)
    ready = client(rewired(storage=S3Storage(place, tmp_path / "copies", 0)).backends)
    assert ready.get("/readyz").status_code == 200
    bucket.client.delete_bucket(Bucket=bucket.name)
    answer = ready.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"status": "not ready", "away": ["storage"]})
    bucket.client.create_bucket(Bucket=bucket.name)
    assert ready.get("/readyz").status_code == 200
