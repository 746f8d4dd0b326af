"""Immutable files in a bucket, with copies on the local disk of those in use."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Final

from services.backends.storage import keys, s3_client, s3_failures, transfer
from services.backends.storage.object_cache import ObjectCache
from services.backends.storage.s3_client import Place
from services.backends.storage.transfer import Target
from services.protocols import Storage

CHECK_SECONDS: Final = 3.0
ABANDONED: Final = timedelta(days=1)
"""An upload that was begun this long ago and is not whole belongs to a dead process."""


class S3Storage(Storage):
    """Objects under the prefix of a bucket, one per key. A key is never used again for another content."""

    def __init__(self, bucket: Place, cache: Path, cache_bytes: int) -> None:
        self._bucket = bucket
        self._cache = ObjectCache(cache, cache_bytes)

    @property
    def place(self) -> str:
        """The bucket, its prefix and its service."""
        return str(self._bucket)

    @contextmanager
    def local(self, key: str) -> Iterator[Path]:
        """A readable path that stays valid inside the `with` block, even when the key is deleted meanwhile.

        Nothing is asked of the bucket when the object is here. Raises: NotFound, Unavailable.
        """
        with self._cache.pinned(keys.checked(key), partial(self._fetch, key)) as path:
            yield path

    def put(self, source: Path, key: str) -> None:
        """Stores the file whole or not at all; `source` is moved when it lies on the same disk as the copies."""
        target = self._target(keys.checked(key))
        with s3_failures.plain_errors(self._bucket):
            transfer.upload(source, target)
        self._cache.add(key, source)

    def delete(self, key: str) -> None:
        """Removes the object; does nothing when there is none."""
        target = self._target(keys.checked(key))
        with s3_failures.plain_errors(self._bucket):
            target.client.delete_object(**target.words)
        self._cache.drop(key)

    def exists(self, key: str) -> bool:
        return self._head(key) is not None

    def size(self, key: str) -> int:
        """Bytes. Raises: NotFound, Unavailable."""
        head = self._head(key)
        if head is None:
            raise keys.missing()
        return int(head["ContentLength"])

    def list(self, prefix: str) -> Iterator[str]:
        """Keys that begin with `prefix`, in order."""
        with s3_failures.plain_errors(self._bucket):
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket.bucket, Prefix=self._bucket.prefix + prefix
            )
            for page in pages:
                found = (self._key(each["Key"]) for each in page.get("Contents", ()))
                yield from (key for key in found if keys.is_key(key))

    def check(self) -> None:
        """Raises: Unavailable, within some seconds, when the bucket is away or does not let us in."""
        with s3_failures.plain_errors(self._bucket):
            self._quick.list_objects_v2(Bucket=self._bucket.bucket, Prefix=self._bucket.prefix, MaxKeys=1)

    def sweep(self) -> Iterator[str]:
        """The keys of uploads that were begun a day ago and are not whole, each ended as it is named."""
        words = {"Bucket": self._bucket.bucket, "Prefix": self._bucket.prefix}
        with s3_failures.plain_errors(self._bucket):
            for page in self._client.get_paginator("list_multipart_uploads").paginate(**words):
                for upload in page.get("Uploads", ()):
                    if upload["Initiated"] < datetime.now(UTC) - ABANDONED:
                        self._client.abort_multipart_upload(
                            Bucket=self._bucket.bucket, Key=upload["Key"], UploadId=upload["UploadId"]
                        )
                        yield self._key(upload["Key"])

    def _fetch(self, key: str, path: Path) -> None:
        with s3_failures.plain_errors(self._bucket):
            transfer.download(self._target(key), path)

    def _head(self, key: str) -> Any:
        """What the service tells of an object; None when there is none."""
        from botocore.exceptions import ClientError

        target = self._target(keys.checked(key))
        with s3_failures.plain_errors(self._bucket):
            try:
                return target.client.head_object(**target.words)
            except ClientError as error:
                if s3_failures.code(error) not in s3_failures.GONE:
                    raise
            self.check()  # the answer is the same when the whole bucket is missing
        return None

    def _target(self, key: str) -> Target:
        return Target(self._client, self._bucket.bucket, self._bucket.prefix + key)

    def _key(self, name: str) -> str:
        return name.removeprefix(self._bucket.prefix)

    @cached_property
    def _client(self) -> Any:
        return s3_client.connect(self._bucket)

    @cached_property
    def _quick(self) -> Any:
        return s3_client.connect(replace(self._bucket, timeout=CHECK_SECONDS), attempts=1)
