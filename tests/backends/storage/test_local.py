"""What a killed process leaves in the local folder, and what a living one has there."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from services.backends.storage import LocalStorage
from services.errors import Unavailable
from tests.backends.storage.conftest import KEY

PINNING = """
import sys
from pathlib import Path
from services.backends.storage import LocalStorage
storage = LocalStorage(Path(sys.argv[1]))
with storage.local(sys.argv[2]) as path:
    print(path, flush=True)
    sys.stdin.read()
"""


def left(folder: Path) -> list[Path]:
    return [path for path in (folder / ".work").rglob("*") if path.is_file()]


def test_a_pin_lives_as_long_as_its_process_and_goes_when_it_was_killed(
    tmp_path: Path, made: Callable[..., Path]
) -> None:
    files = tmp_path / "files"
    LocalStorage(files).put(made(), KEY)
    other = subprocess.Popen(
        [sys.executable, "-c", PINNING, files, KEY],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
    )
    assert other.stdout
    pinned = Path(other.stdout.readline().strip())
    LocalStorage(files)
    assert pinned.read_bytes() == b"rows"
    other.kill()
    other.wait()
    LocalStorage(files)
    assert left(files) == []


def test_what_nobody_has_a_lock_for_goes_after_a_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    work = tmp_path / "files" / ".work"
    work.mkdir(parents=True)
    (work / "old.part").write_bytes(b"x")
    LocalStorage(tmp_path / "files")
    assert len(left(tmp_path / "files")) == 1
    monkeypatch.setattr("services.backends.storage.work.STALE_SECONDS", -1)
    LocalStorage(tmp_path / "files")
    assert left(tmp_path / "files") == []


def test_a_folder_that_went_away_is_told(tmp_path: Path) -> None:
    storage = LocalStorage(tmp_path / "files")
    (tmp_path / "files").rename(tmp_path / "elsewhere")
    with pytest.raises(Unavailable, match="away"):
        storage.check()
