"""A real S3 server over HTTP (moto's), in a process of its own."""

from __future__ import annotations

import http.client
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tests.servers import processes

START_SECONDS = 60
REGION = "us-east-1"
KEY_ID, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI-not-a-real-secret"


@dataclass(frozen=True)
class Bucket:
    """Where a bucket is, and how to look into it without the product."""

    endpoint: str
    name: str
    key_id: str = KEY_ID
    secret: str = SECRET

    @property
    def client(self) -> Any:
        """A plain boto3 client."""
        import boto3
        from botocore.config import Config

        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id=self.key_id,
            aws_secret_access_key=self.secret,
            config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 0}),
        )

    @property
    def keys(self) -> list[str]:
        """Everything in the bucket."""
        return [found["Key"] for found in self.client.list_objects_v2(Bucket=self.name).get("Contents", [])]

    @property
    def parts(self) -> list[str]:
        """The keys of unfinished uploads."""
        found = self.client.list_multipart_uploads(Bucket=self.name).get("Uploads", [])
        return [upload["Key"] for upload in found]


class Moto:
    """The server."""

    def __init__(self) -> None:
        self._port = processes.free_port()
        self.endpoint = f"http://127.0.0.1:{self._port}"
        self._process = processes.start(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", self._port],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._wait()

    def bucket(self, name: str) -> Bucket:
        """A new, empty bucket."""
        made = Bucket(self.endpoint, name)
        made.client.create_bucket(Bucket=name)
        return made

    def reset(self) -> None:
        """Removes every bucket."""
        ask(self.endpoint, "POST", "/moto-api/reset")

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                ask(self.endpoint, "GET", "/moto-api/")
                return
            except OSError:
                assert self._process.poll() is None, "moto's server ended"
                assert time.monotonic() < deadline, "moto's server does not answer"
                time.sleep(0.05)


def ask(endpoint: str, method: str, path: str, body: bytes = b"") -> bytes:
    """The body of a plain HTTP reply."""
    connection = http.client.HTTPConnection(urlsplit(endpoint).netloc, timeout=10)
    try:
        connection.request(method, path, body)
        return connection.getresponse().read()
    finally:
        connection.close()
