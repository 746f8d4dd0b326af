"""A disk that is full: a clear message, nothing half there, and it goes on once there is room again."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox import Sandbox
from services import datasets, jobs, uploads, wiring
from services.domain import JobStatus, Reading
from services.errors import Unavailable
from services.settings import Settings
from services.workspace import LOCAL_USER, Workspace, open_workspace

CONTENT = os.urandom(5_000_000)
MB = 1_000_000


def test_a_write_that_finds_no_room_is_a_sentence_and_what_came_stays(ws: Workspace) -> None:
    upload = uploads.begin(ws, "a.bin", 10)
    uploads.append(ws, upload.id, 0, b"12345")
    path = ws.backends.parts.path(upload.id)
    kept = path.rename(path.with_suffix(".kept"))
    path.symlink_to("/dev/full")  # the kernel's own: every write to it finds no room
    with pytest.raises(Unavailable, match="disk of this server is full"):
        uploads.append(ws, upload.id, 0, b"12345")
    path.unlink()
    kept.rename(path)
    assert uploads.append(ws, upload.id, 5, b"67890").received == 10
    assert uploads.finish(ws, upload.id).is_whole


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 40 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", folder], capture_output=True).returncode:
        pytest.skip("No disk can be mounted here.")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


@pytest.fixture
def small(disk: Path, sandbox: Sandbox) -> Iterator[Workspace]:
    """An installation on that disk."""
    settings = Settings(home=disk / "home", database_url="", analyst="builtin")
    backends = wiring.connect(settings, inline=True, sandbox=sandbox)
    yield open_workspace(backends, LOCAL_USER.id)
    backends.runner.shutdown()
    backends.database.dispose()


def fill(disk: Path, leave: int) -> Path:
    """A file that takes all but so many bytes."""
    ballast = disk / "ballast"
    with ballast.open("wb") as file:
        left = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize - leave
        while left > 0:
            left -= file.write(bytes(min(MB, left)))
    return ballast


@pytest.mark.long
def test_an_upload_stops_at_a_full_disk_and_goes_on_when_there_is_room(small: Workspace, disk: Path) -> None:
    with pytest.raises(Unavailable, match="no room for 90 MB"):
        uploads.begin(small, "huge.bin", 90 * MB)
    upload = uploads.begin(small, "a.bin", len(CONTENT))
    ballast = fill(disk, 2 * MB)
    with pytest.raises(Unavailable, match="disk of this server is full"):
        uploads.append(small, upload.id, 0, CONTENT)
    received = uploads.state(small, upload.id).received
    assert 0 < received < len(CONTENT)
    assert [each.id for each in uploads.list_all(small)] == [upload.id]
    ballast.unlink()
    uploads.append(small, upload.id, received, CONTENT[received:])
    assert uploads.finish(small, upload.id).content_hash == hashlib.sha256(CONTENT).hexdigest()


@pytest.mark.long
def test_a_dataset_is_whole_or_not_there_when_the_disk_is_full(small: Workspace, disk: Path, tmp_path: Path) -> None:
    source = tmp_path / "t.csv"
    source.write_text("a,b\n" + "".join(f"{n},{hashlib.sha256(str(n).encode()).hexdigest()}\n" for n in range(80_000)))
    upload = uploads.keep(small, source, "t.csv")
    ballast = fill(disk, 500_000)
    job = jobs.get(small, datasets.create(small, [Reading(upload_id=upload.id)]).id)
    assert job.status is JobStatus.FAILED
    assert "full" in job.message
    assert datasets.list_all(small) == []
    assert not [key for key in small.backends.storage.list("") if "/versions/" in key]
    ballast.unlink()
    [made] = datasets.created(small, datasets.create(small, [Reading(upload_id=upload.id)]).id)
    assert datasets.page(small, made.head_id, 79_999, 5).num_rows == 1
