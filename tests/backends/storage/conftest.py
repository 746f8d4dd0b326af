"""Every storage there is, each empty."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from services.backends.storage import LocalStorage, Place, S3Storage
from services.protocols import Storage
from tests.servers.bucket import REGION, Bucket

KEY = "team/datasets/d1/versions/abc.parquet"
CACHE_BYTES = 100_000_000


def place(bucket: Bucket, endpoint: str = "", **changes: object) -> Place:
    """The bucket as the product is told of it, behind another address when one is given."""
    words = {"key_id": bucket.key_id, "secret": bucket.secret, "prefix": "pandas/", "timeout": 5.0, **changes}
    return Place(bucket.name, endpoint=endpoint or bucket.endpoint, region=REGION, **words)


@pytest.fixture(params=["local", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    """Both kinds, one after the other."""
    if request.param == "local":
        return LocalStorage(tmp_path / "files")
    return request.getfixturevalue("s3")


@pytest.fixture
def s3(bucket: Bucket, tmp_path: Path) -> S3Storage:
    return S3Storage(place(bucket), tmp_path / "files", CACHE_BYTES)


@pytest.fixture
def made(tmp_path: Path) -> Callable[..., Path]:
    """A new file: `made(b"content", "name")`."""

    def make(content: bytes = b"rows", name: str = "source") -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return make
