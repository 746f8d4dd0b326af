"""Every storage keeps files whole or not at all, and never outside its place."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from services.errors import BadInput, NotFound
from services.protocols import Storage
from tests.backends.storage.conftest import KEY

Made = Callable[..., Path]


def everything(tmp_path: Path) -> list[str]:
    """Names of the files on this disk."""
    return sorted(path.name for path in (tmp_path / "files").rglob("*") if path.is_file())


def test_what_was_put_is_found(storage: Storage, made: Made, tmp_path: Path) -> None:
    storage.put(made(), KEY)
    assert storage.exists(KEY)
    assert storage.size(KEY) == 4
    for _ in range(2):
        with storage.local(KEY) as path:
            assert path.read_bytes() == b"rows"
            assert path.suffix == ".parquet"
    assert len(everything(tmp_path)) == 1


def test_an_empty_file_is_kept_too(storage: Storage, made: Made) -> None:
    storage.put(made(b""), KEY)
    assert storage.size(KEY) == 0
    with storage.local(KEY) as path:
        assert path.read_bytes() == b""


def test_a_second_put_replaces_the_first(storage: Storage, made: Made) -> None:
    for content in (b"one", b"three"):
        storage.put(made(content), KEY)
    assert storage.size(KEY) == 5
    with storage.local(KEY) as path:
        assert path.read_bytes() == b"three"


def test_a_failing_put_leaves_the_old_file_and_nothing_else(storage: Storage, made: Made, tmp_path: Path) -> None:
    storage.put(made(), KEY)
    with pytest.raises(FileNotFoundError):
        storage.put(tmp_path / "missing", KEY)
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match=r"Is a directory|not permitted|denied"):
        storage.put(tmp_path / "folder", KEY)
    assert storage.size(KEY) == 4
    assert list(storage.list("")) == [KEY]
    assert len(everything(tmp_path)) == 1


def test_a_link_is_copied_and_its_target_stays(storage: Storage, made: Made, tmp_path: Path) -> None:
    target = made()
    (tmp_path / "link").symlink_to(target)
    storage.put(tmp_path / "link", KEY)
    with storage.local(KEY) as path:
        assert not path.is_symlink()
        assert path.read_bytes() == b"rows"
    assert target.exists()


def test_a_pinned_file_outlives_its_deletion(storage: Storage, made: Made, tmp_path: Path) -> None:
    storage.put(made(), KEY)
    with storage.local(KEY) as path:
        storage.delete(KEY)
        assert not storage.exists(KEY)
        assert path.read_bytes() == b"rows"
    assert everything(tmp_path) == []
    assert not (tmp_path / "files" / "team").exists()
    storage.delete(KEY)


def test_a_file_that_is_not_there(storage: Storage) -> None:
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
def test_keys_that_play_tricks_are_refused(storage: Storage, made: Made, key: str) -> None:
    source = made()

    def read(key: str) -> None:
        with storage.local(key):
            pass

    for use in (storage.exists, storage.delete, storage.size, read, lambda key: storage.put(source, key)):
        with pytest.raises(BadInput, match="storage key"):
            use(key)
    assert source.exists()


def test_listing_by_prefix(storage: Storage, made: Made) -> None:
    for key in ("t/a/1.x", "t/a/2.x", "t/ab/3.x", "t/a-b/4.x", "u/a/5.x"):
        storage.put(made(), key)
    assert list(storage.list("t/a/")) == ["t/a/1.x", "t/a/2.x"]
    assert list(storage.list("t/a")) == ["t/a-b/4.x", "t/a/1.x", "t/a/2.x", "t/ab/3.x"]
    assert len(list(storage.list(""))) == 5
    assert list(storage.list("no/such/")) == []
    assert list(storage.list("../")) == []


def test_it_says_where_it_is_and_that_it_is_there(storage: Storage, tmp_path: Path) -> None:
    assert str(tmp_path / "files") in storage.place or storage.place.startswith("s3://red-pandas-")
    storage.check()
    assert list(storage.sweep()) == []


def test_puts_and_deletes_at_once_never_show_half_a_file(storage: Storage, made: Made) -> None:
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
    for turn in range(40):
        storage.put(made(os.urandom(100_000)), KEY)
        if turn % 5 == 0:
            storage.delete(KEY)
    stop.set()
    reader.join()
    assert wrong == []
