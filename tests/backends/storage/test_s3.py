"""The bucket: parts, checksums, copies on this disk, and how quickly boto3 is left alone."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from services.backends.storage import S3Storage, transfer
from services.errors import BadInput, Unavailable
from tests.backends.storage.conftest import CACHE_BYTES, KEY, place
from tests.servers.bucket import Bucket
from tests.servers.faults import FaultyProxy

Made = Callable[..., Path]
BIG = 2 * transfer.PART + 12_345


def fresh(bucket: Bucket, folder: Path, most: int = CACHE_BYTES) -> S3Storage:
    """The same bucket as another process sees it: with nothing on its disk."""
    return S3Storage(place(bucket), folder, most)


def test_a_file_of_several_parts_comes_back_as_it_was(
    s3: S3Storage, bucket: Bucket, made: Made, tmp_path: Path
) -> None:
    content = os.urandom(BIG)
    s3.put(made(content), KEY)
    assert bucket.keys == [f"pandas/{KEY}"]
    assert bucket.parts == []
    with fresh(bucket, tmp_path / "other").local(KEY) as path:
        assert path.read_bytes() == content


def test_parts_grow_so_that_no_file_has_too_many() -> None:
    assert transfer.part_bytes(10**9) == transfer.PART
    huge = 5 * 10**12
    assert -(-huge // transfer.part_bytes(huge)) <= transfer.MOST_PARTS


def test_a_copy_is_read_without_asking_the_bucket(
    bucket: Bucket, proxy: FaultyProxy, made: Made, tmp_path: Path
) -> None:
    storage = S3Storage(place(bucket, proxy.endpoint), tmp_path / "files", CACHE_BYTES)
    storage.put(made(), KEY)
    asked = len(proxy.calls)
    with storage.local(KEY) as path, storage.local(KEY) as again:
        assert path.read_bytes() == again.read_bytes() == b"rows"
    assert len(proxy.calls) == asked


def test_threads_that_want_the_same_object_fetch_it_once(
    s3: S3Storage, bucket: Bucket, proxy: FaultyProxy, made: Made, tmp_path: Path
) -> None:
    s3.put(made(os.urandom(100_000)), KEY)
    other, sizes = S3Storage(place(bucket, proxy.endpoint), tmp_path / "other", CACHE_BYTES), []

    def read() -> None:
        with other.local(KEY) as path:
            sizes.append(path.stat().st_size)

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sizes == [100_000] * 8
    assert [call.method for call in proxy.calls] == ["GET"]


def test_copies_used_longest_ago_make_room_but_none_that_is_in_use(
    s3: S3Storage, bucket: Bucket, made: Made, tmp_path: Path
) -> None:
    for name in "abcd":
        s3.put(made(name.encode() * 1_000), f"t/{name}.x")
    small = fresh(bucket, tmp_path / "small", 2_500)

    def kept() -> int:
        return sum(path.is_file() for path in (tmp_path / "small").iterdir())

    with small.local("t/a.x") as a:
        for name in "bcd":
            with small.local(f"t/{name}.x"):
                pass
        assert a.read_bytes() == b"a" * 1_000
        assert kept() == 2
    with small.local("t/a.x"), small.local("t/b.x"), small.local("t/c.x"):
        assert kept() == 3
    with small.local("t/d.x"):
        pass
    assert kept() == 2


def test_without_room_for_copies_nothing_stays(s3: S3Storage, bucket: Bucket, made: Made, tmp_path: Path) -> None:
    s3.put(made(), KEY)
    none = fresh(bucket, tmp_path / "none", 0)
    with none.local(KEY) as path:
        assert path.read_bytes() == b"rows"
    assert [path for path in (tmp_path / "none").iterdir() if path.is_file()] == []


def test_an_abandoned_upload_is_swept_after_a_day(
    s3: S3Storage, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket.client.create_multipart_upload(Bucket=bucket.name, Key=f"pandas/{KEY}")
    bucket.client.create_multipart_upload(Bucket=bucket.name, Key="of another/thing")
    with monkeypatch.context() as patch:  # this server dates every upload to 2010
        patch.setattr("services.backends.storage.s3.ABANDONED", timedelta(days=365 * 100))
        assert list(s3.sweep()) == []
    assert list(s3.sweep()) == [KEY]
    assert bucket.parts == ["of another/thing"]


def test_objects_of_others_in_the_bucket_are_not_seen(s3: S3Storage, bucket: Bucket, made: Made) -> None:
    for name in ("other/x", "pandas/not a key", "pandas/.hidden"):
        bucket.client.put_object(Bucket=bucket.name, Key=name, Body=b"x")
    s3.put(made(), KEY)
    assert list(s3.list("")) == [KEY]


def test_an_object_without_a_digest_is_taken_as_it_is(s3: S3Storage, bucket: Bucket) -> None:
    bucket.client.put_object(Bucket=bucket.name, Key=f"pandas/{KEY}", Body=b"copied here")
    with s3.local(KEY) as path:
        assert path.read_bytes() == b"copied here"


def test_an_object_that_is_not_what_was_stored_is_refused(s3: S3Storage, bucket: Bucket, tmp_path: Path) -> None:
    bucket.client.put_object(Bucket=bucket.name, Key=f"pandas/{KEY}", Body=b"other", Metadata={"sha256": "0" * 64})
    with pytest.raises(Unavailable, match="as it was stored"), s3.local(KEY):
        pass
    assert [path for path in (tmp_path / "files").iterdir() if path.is_file()] == []


@pytest.mark.parametrize("endpoint", ["not an address", "ftp:/x", "http://"])
def test_an_address_that_is_none_is_told(bucket: Bucket, tmp_path: Path, endpoint: str) -> None:
    storage = S3Storage(place(bucket, endpoint), tmp_path / "files", 0)
    with pytest.raises((BadInput, Unavailable), match="s3://"):
        storage.check()


def test_secrets_are_in_no_text_about_a_place(bucket: Bucket) -> None:
    where = place(bucket, "https://user:hidden-password@s3.example.org")
    for told in (str(where), repr(where)):
        assert bucket.secret not in told
    assert "hidden-password" not in str(where)


def test_boto3_is_loaded_with_the_first_client_only(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from services.backends.storage import Place, S3Storage;"
        "S3Storage(Place('b'), Path(sys.argv[1]), 1); assert not {'boto3', 'botocore'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)
