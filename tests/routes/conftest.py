"""The routes on a real workspace, asked over HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from services.routes import downloads, uploads
from services.workspace import Backends


@pytest.fixture
def http(backends: Backends) -> Iterator[TestClient]:
    """A browser on this server's own page."""
    app = Starlette(routes=[*uploads.routes(lambda: backends), *downloads.routes(lambda: backends)])
    headers = {"sec-fetch-site": "same-origin"}
    with TestClient(app, base_url="http://localhost:8501", headers=headers) as client:
        yield client
