"""How quickly files go to a bucket and come back, as a ratio to plain boto3 on the same server on loopback.

`python -m benchmarks.storage [--mb 200]`. The server is moto's, in a process of its own; it is slower than any network.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from services.backends.storage import Place, S3Storage
from tests.servers.bucket import REGION, Bucket, Moto

ROUNDS = 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints seconds and ratios, best of some rounds each."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.storage")
    parser.add_argument("--mb", type=int, default=200, help="size of the file")
    options = parser.parse_args(arguments)
    server = Moto()
    try:
        with tempfile.TemporaryDirectory() as folder:
            compare(server.bucket("benchmark"), Path(folder), options.mb)
    finally:
        server.stop()
    return 0


def compare(bucket: Bucket, folder: Path, megabytes: int) -> None:
    source = folder / "source"
    source.write_bytes(os.urandom(megabytes * 1_000_000))
    place = Place(bucket.name, "", bucket.endpoint, REGION, bucket.key_id, bucket.secret)
    client, caches = bucket.client, iter(range(10**6))

    def fresh() -> S3Storage:
        return S3Storage(place, folder / f"cache-{next(caches)}", 10**10)

    def get() -> None:
        with fresh().local("ours"):
            pass

    def put() -> None:
        (folder / "given").hardlink_to(source)  # what is given is moved away
        warm.put(folder / "given", "ours")

    warm = fresh()
    puts = best(put), best(lambda: client.upload_file(str(source), bucket.name, "plain"))
    gets = best(get), best(lambda: client.download_file(bucket.name, "plain", str(folder / "plain")))
    again = best(lambda: read(warm))
    print(f"| {megabytes} MB | ours | plain boto3 | ratio |\n|---|---|---|---|")
    for name, (ours, plain) in (("put", puts), ("get", gets)):
        print(f"| {name} | {ours:.2f} s | {plain:.2f} s | {ours / plain:.2f} |")
    print(f"| get, from the copy on this disk | {again * 1000:.2f} ms | | |")


def read(storage: S3Storage) -> None:
    with storage.local("ours"):
        pass


def best(call: Callable[[], object]) -> float:
    """Seconds of the quickest round."""
    seconds = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - started)
    return min(seconds)


if __name__ == "__main__":
    raise SystemExit(main())
