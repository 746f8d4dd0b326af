"""Files to and from a bucket in parts, several at once. A part that is cut off goes on where it stopped."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from services.backends.storage import s3_failures
from services.errors import AppError, Unavailable

PART: Final = 8 * 1024 * 1024
MOST_PARTS: Final = 10_000
"""Amazon's limit, and that of most others."""
AT_ONCE: Final = 4
PIECE: Final = 256 * 1024
TRIES: Final = 4
PAUSE: Final = 0.2
"""Seconds before a cut part is asked for again; doubled each time."""
DIGEST: Final = "sha256"
"""The name under which an object tells the SHA-256 of its content, in hexadecimal."""


@dataclass(frozen=True)
class Target:
    """An object of a bucket."""

    client: Any
    bucket: str
    name: str

    @property
    def words(self) -> dict[str, str]:
        return {"Bucket": self.bucket, "Key": self.name}


def upload(source: Path, target: Target) -> None:
    """Stores the file; it is there whole or not at all. The service checks every part by its MD5."""
    size, digest = source.stat().st_size, file_digest(source)
    if size <= PART:
        data = source.read_bytes()
        _send(target.client.put_object, **target.words, Body=data, Metadata={DIGEST: digest})
        return
    begun = target.client.create_multipart_upload(**target.words, Metadata={DIGEST: digest})["UploadId"]
    with ExitStack() as undo:
        undo.callback(_abort, target, begun)
        _upload_parts(source, size, target, begun, digest)
        undo.pop_all()


def download(target: Target, path: Path) -> None:
    """Writes the object at `path`, checked by its SHA-256 where it tells one. Raises: Unavailable, if it is damaged."""
    for _ in range(2):
        expected = _download_parts(target, path)
        if not expected or file_digest(path) == expected:
            return
    raise Unavailable(
        f"“{target.name.rpartition('/')[2]}” does not arrive as it was stored.",
        "Try again; if it stays, upload it again.",
    )


def file_digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def part_bytes(size: int) -> int:
    """How long the parts of a file of `size` bytes are."""
    return max(PART, -(-size // MOST_PARTS))


def _upload_parts(source: Path, size: int, target: Target, begun: str, digest: str) -> None:
    length = part_bytes(size)

    def send(number: int) -> dict[str, Any]:
        with source.open("rb") as file:
            file.seek((number - 1) * length)
            data = file.read(length)
        sent = _send(target.client.upload_part, **target.words, UploadId=begun, PartNumber=number, Body=data)
        return {"PartNumber": number, "ETag": sent["ETag"]}

    parts = _all(send, range(1, -(-size // length) + 1))
    _complete(target, begun, parts, digest)


def _send(call: Callable[..., Any], *, Body: bytes, **words: Any) -> Any:  # noqa: N803
    """What the call gives; bytes that arrived damaged are sent again, which boto3 does not do by itself."""
    from botocore.exceptions import ClientError

    for attempt in range(TRIES):
        try:
            return call(**words, Body=Body, ContentMD5=_md5(Body))
        except ClientError as error:
            if s3_failures.code(error) not in s3_failures.DAMAGED or attempt == TRIES - 1:
                raise
    return None


def _complete(target: Target, begun: str, parts: list[dict[str, Any]], digest: str) -> None:
    from botocore.exceptions import ClientError

    try:
        target.client.complete_multipart_upload(**target.words, UploadId=begun, MultipartUpload={"Parts": parts})
    except ClientError as error:
        # When the answer to the first try was lost, the second finds that there is nothing left to complete.
        if (
            s3_failures.code(error) != "NoSuchUpload"
            or target.client.head_object(**target.words)["Metadata"].get(DIGEST) != digest
        ):
            raise


def _abort(target: Target, begun: str) -> None:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        target.client.abort_multipart_upload(**target.words, UploadId=begun)
    except (BotoCoreError, ClientError):
        return  # the sweep finds it later


def _download_parts(target: Target, path: Path) -> str:
    """Writes the object at `path`; the SHA-256 it tells, or ""."""
    with path.open("wb"):
        pass
    size, tag, digest = _first(target, path)
    os.truncate(path, size)
    _all(lambda start: _range(target, path, start, min(start + PART, size), tag), range(PART, size, PART))
    return digest


def _first(target: Target, path: Path) -> tuple[int, str, str]:
    """Writes the first part; the size, the tag and the digest of the object."""
    from botocore.exceptions import ClientError

    try:
        found = target.client.get_object(**target.words, Range=f"bytes=0-{PART - 1}")
    except ClientError as error:
        if s3_failures.code(error) not in ("InvalidRange", "416"):
            raise
        found = target.client.get_object(**target.words)  # an empty object has no ranges
    size = int(str(found.get("ContentRange", "")).rpartition("/")[2] or found["ContentLength"])
    written = _write(found["Body"], path, 0)
    if written < min(size, PART):
        _range(target, path, written, min(size, PART), found["ETag"])
    return size, found["ETag"], found.get("Metadata", {}).get(DIGEST, "")


def _range(target: Target, path: Path, start: int, end: int, tag: str) -> None:
    """Writes the bytes from `start` up to `end`; what is cut off is asked for again, from there on."""
    for attempt in range(TRIES):
        if attempt:
            time.sleep(PAUSE * 2**attempt)
        found = target.client.get_object(**target.words, Range=f"bytes={start}-{end - 1}", IfMatch=tag)
        start += _write(found["Body"], path, start)
        if start >= end:
            return
    raise s3_failures.failure(f"s3://{target.bucket}", "cut off")


def _write(body: Any, path: Path, start: int) -> int:
    """Writes what comes at this place of the file; the number of bytes that came before the end, or before a cut."""
    from botocore.exceptions import BotoCoreError

    written = 0
    with path.open("r+b") as file:
        file.seek(start)
        try:
            for piece in body.iter_chunks(PIECE):
                written += file.write(piece)
        except BotoCoreError:
            return written
        finally:
            body.close()
    return written


def _all(work: Callable[[int], Any], items: Iterable[int]) -> list[Any]:
    """What `work` gives for each; after the first failure no further one is begun."""
    failed = threading.Event()

    def guarded(item: int) -> Any:
        if failed.is_set():
            raise AppError("Not begun.")
        return work(item)

    with ThreadPoolExecutor(AT_ONCE, "transfer") as pool:
        futures = [pool.submit(guarded, item) for item in items]
        done, _ = wait(futures, return_when=FIRST_EXCEPTION)
        if any(future.exception() for future in done):
            failed.set()
        first = next((error for future in done if (error := future.exception())), None)
    if first:
        raise first
    return [future.result() for future in futures]


def _md5(data: bytes) -> str:
    return b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()
