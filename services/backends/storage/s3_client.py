"""A bucket and how to reach it. boto3 costs 27 MB and a third of a second: it is loaded with the first client."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from services.errors import BadInput


@dataclass(frozen=True)
class Place:
    """A bucket. Without a key boto3 looks for one itself: its variables and files, the role of the machine."""

    bucket: str
    prefix: str = ""
    """What every key begins with in the bucket; "" or ending in "/"."""
    endpoint: str = ""
    """Of a service that speaks S3; empty: Amazon's."""
    region: str = ""
    key_id: str = ""
    secret: str = field(default="", repr=False)
    timeout: float = 30.0
    """Seconds of silence before a request is tried again."""

    def __str__(self) -> str:
        host = urlsplit(self.endpoint).netloc.rpartition("@")[2]
        return f"s3://{self.bucket}/{self.prefix}" + (f" at {host}" if host else "")


def connect(place: Place, *, attempts: int = 4, threads: int = 16) -> Any:
    """A thread-safe client. Raises: BadInput, when the address or the region is none."""
    from boto3.session import Session
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError

    # Checksums that boto3 adds by itself are refused by some services that speak S3: ours are MD5 and SHA-256.
    config = Config(
        connect_timeout=min(10.0, place.timeout),
        read_timeout=place.timeout,
        retries={"mode": "standard", "total_max_attempts": attempts},
        max_pool_connections=threads,
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        s3={"addressing_style": "path"} if place.endpoint else {},
        user_agent_extra="red-pandas",
    )
    try:
        client = Session().client(
            "s3",
            endpoint_url=place.endpoint or None,
            region_name=place.region or ("us-east-1" if place.endpoint else None),
            aws_access_key_id=place.key_id or None,
            aws_secret_access_key=place.secret or None,
            config=config,
        )
        if place.endpoint:
            follow_no_redirects(client)
        return client
    except (BotoCoreError, ValueError) as error:
        raise BadInput(
            f"The storage {place} cannot be used ({type(error).__name__}).",
            "Check S3_ENDPOINT_URL (like https://s3.example.org), S3_REGION and the key.",
        ) from None


def follow_no_redirects(client: Any) -> None:
    """Takes boto3's search for the region of a bucket off a client: only Amazon's service has answers to it.

    Another service that answers everything with a redirect sends boto3 into an endless recursion.
    """
    from botocore.utils import S3RegionRedirectorv2

    event = "needs-retry.s3"
    for handler in list(client.meta.events._emitter._handlers.prefix_search(event)):
        if isinstance(getattr(handler, "__self__", None), S3RegionRedirectorv2):
            client.meta.events.unregister(event, handler)
