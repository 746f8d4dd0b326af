"""Objects in a person's bucket, never with the server's own rights, never in its private network."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from services.backends.connections.addresses import BucketPlace
from services.backends.connections.folders import too_large
from services.backends.connections.network import Guard
from services.backends.storage import s3_client, s3_failures, transfer
from services.domain import Address
from services.errors import AppError, NotFound

MOST_LISTED: Final = 1_000
TIMEOUT: Final = 15.0


def objects(address: Address, place: BucketPlace, guard: Guard) -> list[tuple[str, int]]:
    """Name and bytes of the object, or of what lies under the prefix, in order. Raises: NotFound; Unavailable."""
    with _plain_errors(place):
        client = connect(address, guard)
        if place.key and not place.key.endswith("/"):
            head = client.head_object(Bucket=place.bucket, Key=place.key)
            return [(place.key.rpartition("/")[2], int(head["ContentLength"]))]
        found = client.list_objects_v2(Bucket=place.bucket, Prefix=place.key, MaxKeys=MOST_LISTED)
        listed = [(each["Key"].removeprefix(place.key), int(each["Size"])) for each in found.get("Contents", ())]
        return [(name, size) for name, size in listed if name and not name.endswith("/")]


def copy(address: Address, place: BucketPlace, name: str, target: Path, most: int, guard: Guard) -> None:
    """Downloads the object, or the one of that name under the prefix. Raises: BadInput; NotFound; Unavailable."""
    sizes = dict(objects(address, place, guard))
    wanted = name or next(iter(sizes), "")
    if wanted not in sizes:
        raise NotFound(f"There is no “{wanted[:200]}” at this place.", "Choose one of the objects that are there.")
    if sizes[wanted] > most:
        raise too_large(wanted, sizes[wanted], most)
    key = place.key + wanted if not place.key or place.key.endswith("/") else place.key
    with _plain_errors(place):
        transfer.download(transfer.Target(connect(address, guard), place.bucket, key), target)


def connect(address: Address, guard: Guard) -> Any:
    """A client with the key of the address, or none at all: the server's own is never used for a person."""
    from boto3.session import Session
    from botocore import UNSIGNED
    from botocore.config import Config

    config = Config(
        signature_version=None if address.key_id else UNSIGNED,
        connect_timeout=5,
        read_timeout=TIMEOUT,
        retries={"mode": "standard", "total_max_attempts": 3},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        s3={"addressing_style": "path"} if address.endpoint else {},
        proxies={},
        ignore_configured_endpoint_urls=True,
    )
    client = Session(aws_access_key_id=address.key_id or "none", aws_secret_access_key=address.secret or "none").client(
        "s3", endpoint_url=address.endpoint.strip() or None, region_name=address.region or "us-east-1", config=config
    )
    _put_before(client, guard)
    if address.endpoint:
        s3_client.follow_no_redirects(client)
    return client


def _put_before(client: Any, guard: Guard) -> None:
    """Every connection of the client, redirected ones too, goes to an address that the guard has let through."""
    from botocore import awsrequest

    def guarded(pool: Any) -> type[Any]:
        base: Any = pool.ConnectionCls

        def new_connection(self: Any) -> Any:
            name = self._dns_host
            self._dns_host = guard.resolve(name, self.port)
            try:
                return base._new_conn(self)
            finally:
                self._dns_host = name

        connection = type("GuardedConnection", (base,), {"_new_conn": new_connection})
        return type("GuardedPool", (pool,), {"ConnectionCls": connection})

    client._endpoint.http_session._manager.pool_classes_by_scheme = {
        "http": guarded(awsrequest.AWSHTTPConnectionPool),
        "https": guarded(awsrequest.AWSHTTPSConnectionPool),
    }


@contextmanager
def _plain_errors(place: BucketPlace) -> Iterator[None]:
    """Raises: AppError; what the guard said, where it refused."""
    from botocore.exceptions import HTTPClientError

    with s3_failures.plain_errors(f"s3://{place.bucket}"):
        try:
            yield
        except HTTPClientError as error:
            if isinstance(refusal := error.kwargs.get("error"), AppError):
                raise refusal from None
            raise
