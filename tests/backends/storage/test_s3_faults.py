"""A bucket that fails: a clear sentence, nothing half there, and no more tries than make sense."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from services.backends.storage import S3Storage, transfer
from services.errors import AppError, Unavailable
from tests.backends.storage.conftest import CACHE_BYTES, KEY, place
from tests.servers.bucket import Bucket, Moto, ask
from tests.servers.faults import Call, Fault, FaultyProxy

Made = Callable[..., Path]
BIG = 2 * transfer.PART + 12_345


def is_part(call: Call) -> bool:
    return call.method == "PUT" and "partNumber" in call.query


def is_second_part(call: Call) -> bool:
    return is_part(call) and "partNumber=2" in call.query


def is_put(call: Call) -> bool:
    return call.method == "PUT"


def is_get(call: Call) -> bool:
    return call.method == "GET"


def is_completion(call: Call) -> bool:
    return call.method == "POST" and "uploadId" in call.query


@pytest.fixture
def storage(bucket: Bucket, proxy: FaultyProxy, tmp_path: Path) -> S3Storage:
    """Through the proxy, with little patience."""
    return S3Storage(place(bucket, proxy.endpoint, timeout=0.4), tmp_path / "files", CACHE_BYTES)


@pytest.fixture
def stored(bucket: Bucket) -> bytes:
    """An object of several parts, put there by somebody else."""
    content = os.urandom(BIG)
    digest = hashlib.sha256(content).hexdigest()
    bucket.client.put_object(Bucket=bucket.name, Key=f"pandas/{KEY}", Body=content, Metadata={"sha256": digest})
    return content


def copies(tmp_path: Path) -> list[Path]:
    """Everything on this disk half-written files too."""
    return [path for path in (tmp_path / "files").rglob("*") if path.is_file()]


def refused(storage: S3Storage) -> AppError:
    with pytest.raises(Unavailable) as caught, storage.local(KEY):
        pass
    return caught.value


@pytest.mark.parametrize("kind", ["error", "drop", "silence", "cut"])
def test_a_read_that_fails_twice_succeeds_in_the_end(
    storage: S3Storage, proxy: FaultyProxy, stored: bytes, kind: str
) -> None:
    proxy.faults.append(Fault(kind, is_get, times=2, seconds=0.6))
    with storage.local(KEY) as path:
        assert path.read_bytes() == stored
    assert len(proxy.faults[0].met) == 2


@pytest.mark.parametrize(
    ("kind", "told"), [("error", "InternalError"), ("drop", "reached"), ("silence", "in time"), ("cut", "cut off")]
)
def test_a_read_that_always_fails_ends_with_a_sentence_and_leaves_nothing(
    storage: S3Storage, proxy: FaultyProxy, stored: bytes, tmp_path: Path, kind: str, told: str
) -> None:
    # Cut replies always bring half of what is left: it takes away the hope of getting to the end.
    later = Fault(kind, lambda call: is_get(call), seconds=0.6)
    proxy.faults.append(later)
    started = time.monotonic()
    error = refused(storage)
    assert told in error.message
    assert error.hint
    assert "10.1.2.3" not in str(error)
    assert copies(tmp_path) == []
    assert time.monotonic() - started < 20
    proxy.faults.clear()
    with storage.local(KEY) as path:
        assert path.read_bytes() == stored


def test_a_changed_byte_is_found_and_the_object_read_again(
    storage: S3Storage, proxy: FaultyProxy, stored: bytes
) -> None:
    proxy.faults.append(Fault("flip", is_get, times=1))
    with storage.local(KEY) as path:
        assert path.read_bytes() == stored


def test_bytes_that_keep_changing_are_refused(
    storage: S3Storage, proxy: FaultyProxy, stored: bytes, tmp_path: Path
) -> None:
    proxy.faults.append(Fault("flip", is_get))
    assert "as it was stored" in refused(storage).message
    assert copies(tmp_path) == []


@pytest.mark.parametrize("kind", ["error", "drop", "silence", "damage"])
def test_an_upload_that_fails_twice_succeeds_in_the_end(
    storage: S3Storage, proxy: FaultyProxy, bucket: Bucket, made: Made, kind: str
) -> None:
    content = os.urandom(BIG)
    proxy.faults.append(Fault(kind, is_second_part, times=2, seconds=0.6))
    storage.put(made(content), KEY)
    assert bucket.client.get_object(Bucket=bucket.name, Key=f"pandas/{KEY}")["Body"].read() == content


@pytest.mark.parametrize("kind", ["error", "drop", "silence", "damage"])
@pytest.mark.parametrize("when", [is_second_part, is_completion])
@pytest.mark.long
def test_an_upload_that_always_fails_leaves_neither_object_nor_parts_nor_copy(
    storage: S3Storage, proxy: FaultyProxy, bucket: Bucket, made: Made, tmp_path: Path, kind: str, when: object
) -> None:
    if kind == "damage" and when is is_completion:
        pytest.skip("what is told of the parts carries no sum")
    source = made(os.urandom(BIG))
    proxy.faults.append(Fault(kind, when, seconds=0.6))  # type: ignore[arg-type]
    with pytest.raises(Unavailable) as caught:
        storage.put(source, KEY)
    assert caught.value.hint
    assert bucket.keys == []
    assert bucket.parts == []
    assert copies(tmp_path) == []
    assert source.stat().st_size == BIG


def test_a_small_upload_that_is_damaged_on_the_way_is_not_kept(
    storage: S3Storage, proxy: FaultyProxy, bucket: Bucket, made: Made
) -> None:
    proxy.faults.append(Fault("damage", is_put))
    with pytest.raises(Unavailable, match="damaged"):
        storage.put(made(), KEY)
    assert bucket.keys == []


def test_a_completion_whose_answer_was_lost_counts(
    storage: S3Storage, proxy: FaultyProxy, bucket: Bucket, made: Made
) -> None:
    proxy.faults.append(Fault("lose", is_completion, times=1))
    storage.put(made(os.urandom(BIG)), KEY)
    assert bucket.keys == [f"pandas/{KEY}"]
    assert bucket.parts == []


UPLOADING = """
import sys
from pathlib import Path
from services.backends.storage import Place, S3Storage
name, endpoint, key_id, secret, source, cache, key = sys.argv[1:]
place = Place(name, "pandas/", endpoint, "us-east-1", key_id, secret)
S3Storage(place, Path(cache), 10**9).put(Path(source), key)
"""


def test_a_process_killed_in_an_upload_leaves_a_part_that_the_sweep_removes(
    storage: S3Storage, proxy: FaultyProxy, bucket: Bucket, made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy.faults.append(Fault("silence", is_second_part, seconds=30))
    source = made(os.urandom(BIG))
    words = [bucket.name, proxy.endpoint, bucket.key_id, bucket.secret, source, tmp_path / "theirs", KEY]
    other = subprocess.Popen([sys.executable, "-c", UPLOADING, *map(str, words)], cwd=Path(__file__).parents[3])
    deadline = time.monotonic() + 20
    while not proxy.faults[0].met and time.monotonic() < deadline:
        time.sleep(0.02)
    other.kill()
    other.wait()
    assert bucket.keys == []
    assert bucket.parts == [f"pandas/{KEY}"]
    assert not storage.exists(KEY)
    assert list(storage.sweep()) == [KEY]
    assert bucket.parts == []


def test_a_missing_bucket_is_told_by_every_call(bucket: Bucket, made: Made, tmp_path: Path) -> None:
    bucket.client.delete_bucket(Bucket=bucket.name)
    storage = S3Storage(place(bucket), tmp_path / "files", CACHE_BYTES)

    def read() -> None:
        with storage.local(KEY):
            pass

    calls: list[Callable[[], object]] = [
        *(storage.check, read, lambda: storage.put(made(), KEY), lambda: storage.exists(KEY)),
        *(lambda: storage.size(KEY), lambda: list(storage.list("")), lambda: storage.delete(KEY)),
    ]
    for call in calls:
        with pytest.raises(Unavailable, match="no bucket") as caught:
            call()
        assert bucket.name in caught.value.message
    assert copies(tmp_path) == []


def test_wrong_keys_are_told_without_the_secret(bucket: Bucket, moto: Moto, made: Made, tmp_path: Path) -> None:
    storage = S3Storage(place(bucket, secret="wrong-but-secret"), tmp_path / "files", CACHE_BYTES)
    ask(moto.endpoint, "POST", "/moto-api/reset-auth", b"0")
    try:
        for call in (storage.check, lambda: storage.put(made(), KEY), lambda: storage.exists(KEY)):
            with pytest.raises(Unavailable, match="does not let us in") as caught:
                call()
            assert "wrong-but-secret" not in str(caught.value)
    finally:
        ask(moto.endpoint, "POST", "/moto-api/reset-auth", b"1000000000")
    assert bucket.keys == []


def test_no_key_at_all_is_told(bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("HOME", str(tmp_path))
    storage = S3Storage(place(bucket, key_id="", secret=""), tmp_path / "files", CACHE_BYTES)
    with pytest.raises(Unavailable, match="no key"):
        storage.check()


def test_a_server_that_is_not_there_is_told_soon(bucket: Bucket, tmp_path: Path) -> None:
    storage = S3Storage(place(bucket, "http://127.0.0.1:1"), tmp_path / "files", CACHE_BYTES)
    started = time.monotonic()
    with pytest.raises(Unavailable, match="cannot be reached"):
        storage.check()
    assert time.monotonic() - started < 3


def test_a_disk_without_room_is_told(
    s3: S3Storage, bucket: Bucket, stored: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "truncate", full)
    with pytest.raises(Unavailable, match="No space left"), s3.local(KEY):
        pass
    assert copies(tmp_path) == []
