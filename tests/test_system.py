"""How the installation runs, as the settings page asks for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sandbox.messages import Level
from services import system
from services.backends.storage import Place, S3Storage
from services.workspace import Workspace
from tests.servers.bucket import REGION, Bucket


def test_containment_names_every_layer(ws: Workspace) -> None:
    status = system.containment(ws)
    assert status.level in set(Level)
    assert status.summary
    assert len(status.layers) >= 5
    assert any(layer.active for layer in status.layers)


def test_the_parts_say_where_they_are_and_what_is_wrong_but_no_secret(
    rewired: Callable[..., Workspace], bucket: Bucket, tmp_path: Path
) -> None:
    place = Place(bucket.name, "pandas/", bucket.endpoint, REGION, bucket.key_id, bucket.secret)
    ws = rewired(storage=S3Storage(place, tmp_path / "copies", 0))
    database, files = system.parts(ws)
    assert (database.error, files.error) == ("", "")
    assert database.place.startswith("sqlite:///")
    assert files.place.startswith(f"s3://{bucket.name}/pandas/")
    bucket.client.delete_bucket(Bucket=bucket.name)
    assert "no bucket" in system.parts(ws)[1].error
    assert bucket.secret not in str(system.parts(ws))
