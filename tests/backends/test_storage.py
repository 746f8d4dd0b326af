"""Files in the local folder: whole or not at all, and never outside it."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from services.backends.storage import LocalStorage
from services.errors import BadInput, NotFound

KEY = "team/datasets/d1/versions/abc.parquet"


@pytest.fixture
def storage(tmp_path: Path) -> LocalStorage:
    return LocalStorage(tmp_path / "files")


def made(tmp_path: Path, content: bytes = b"rows", name: str = "source") -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


def everything(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "files").rglob("*") if path.is_file())


def test_what_was_put_is_found(storage: LocalStorage, tmp_path: Path) -> None:
    storage.put(made(tmp_path), KEY)
    assert storage.exists(KEY)
    assert storage.size(KEY) == 4
    with storage.local(KEY) as path:
        assert path.read_bytes() == b"rows"
        assert path.suffix == ".parquet"
    assert everything(tmp_path) == ["abc.parquet"]


def test_a_second_put_replaces_the_first(storage: LocalStorage, tmp_path: Path) -> None:
    for content in (b"one", b"three"):
        storage.put(made(tmp_path, content), KEY)
    assert storage.size(KEY) == 5


def test_a_failing_put_leaves_the_old_file_and_nothing_else(storage: LocalStorage, tmp_path: Path) -> None:
    storage.put(made(tmp_path), KEY)
    with pytest.raises(FileNotFoundError):
        storage.put(tmp_path / "missing", KEY)
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match=r"Is a directory|not permitted|denied"):
        storage.put(tmp_path / "folder", KEY)
    assert storage.size(KEY) == 4
    assert everything(tmp_path) == ["abc.parquet"]


def test_a_link_is_copied_and_its_target_stays(storage: LocalStorage, tmp_path: Path) -> None:
    target = made(tmp_path)
    (tmp_path / "link").symlink_to(target)
    storage.put(tmp_path / "link", KEY)
    with storage.local(KEY) as path:
        assert not path.is_symlink()
    assert target.exists()


def test_a_pinned_file_outlives_its_deletion(storage: LocalStorage, tmp_path: Path) -> None:
    storage.put(made(tmp_path), KEY)
    with storage.local(KEY) as path:
        storage.delete(KEY)
        assert not storage.exists(KEY)
        assert path.read_bytes() == b"rows"
    assert everything(tmp_path) == []
    assert not (tmp_path / "files" / "team").exists()
    storage.delete(KEY)


def test_a_file_that_is_not_there(storage: LocalStorage) -> None:
    with pytest.raises(NotFound), storage.local(KEY):
        pass
    with pytest.raises(NotFound):
        storage.size(KEY)
    assert not storage.exists(KEY)


@pytest.mark.parametrize(
    "key",
    [
        *("", "/etc/passwd", "../x", "a/../b", "a//b", "a/", ".work/x", "a/.hidden", "a\\b", "a\x00b", "a\nb"),
        *("~/x", "a b", "C:/x", "ä", "a/" * 600 + "a", "x" * 200),
    ],
)
def test_keys_that_play_tricks_are_refused(storage: LocalStorage, tmp_path: Path, key: str) -> None:
    source = made(tmp_path)
    for use in (storage.exists, storage.delete, storage.size, lambda key: storage.put(source, key)):
        with pytest.raises(BadInput, match="storage key"):
            use(key)
    assert source.exists()


def test_listing_by_prefix(storage: LocalStorage, tmp_path: Path) -> None:
    for key in ("t/a/1.x", "t/a/2.x", "t/ab/3.x", "u/a/4.x"):
        storage.put(made(tmp_path), key)
    assert list(storage.list("t/a/")) == ["t/a/1.x", "t/a/2.x"]
    assert list(storage.list("t/a")) == ["t/a/1.x", "t/a/2.x", "t/ab/3.x"]
    assert len(list(storage.list(""))) == 4
    assert list(storage.list("no/such/")) == []
    assert list(storage.list("../")) == []


def test_leftovers_of_a_killed_process_go_after_a_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    work = tmp_path / "files" / ".work"
    work.mkdir(parents=True)
    (work / "old.part").write_bytes(b"x")
    LocalStorage(tmp_path / "files")
    assert (work / "old.part").exists()
    monkeypatch.setattr("services.backends.storage.STALE_SECONDS", -1)
    LocalStorage(tmp_path / "files")
    assert not (work / "old.part").exists()


def test_puts_and_deletes_at_once_never_show_half_a_file(storage: LocalStorage, tmp_path: Path) -> None:
    stop = threading.Event()
    wrong: list[object] = []

    def read() -> None:
        while not stop.is_set():
            try:
                with storage.local(KEY) as path:
                    if len(path.read_bytes()) != 100_000:
                        wrong.append(path.stat())
            except NotFound:
                pass

    reader = threading.Thread(target=read)
    reader.start()
    for turn in range(50):
        storage.put(made(tmp_path, os.urandom(100_000)), KEY)
        if turn % 5 == 0:
            storage.delete(KEY)
    stop.set()
    reader.join()
    assert wrong == []
