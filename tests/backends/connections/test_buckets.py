"""A person's bucket over real HTTP: never with the server's own key, never into its private network."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.backends.connections import Bounds, Connections, Guard
from services.domain import Address, ReadReport
from services.errors import BadInput, NotFound, Unavailable
from tests.backends.connections.conftest import CSV
from tests.servers.bucket import Bucket
from tests.servers.faults import Fault, FaultyProxy

Read = Callable[..., tuple[ReadReport, Path]]


def address_of(bucket: Bucket, key: str = "", endpoint: str = "") -> Address:
    words = {"endpoint": endpoint or bucket.endpoint, "key_id": bucket.key_id, "secret": bucket.secret}
    return Address(url=f"s3://{bucket.name}/{key}", **words)


@pytest.fixture
def filled(bucket: Bucket) -> Bucket:
    for key in ("data/orders.csv", "data/2024/more.csv", "data/", "other.csv"):
        bucket.client.put_object(Bucket=bucket.name, Key=key, Body=b"" if key.endswith("/") else CSV.encode())
    return bucket


def test_objects_are_listed_and_read(connections: Connections, read: Read, filled: Bucket) -> None:
    there = connections.tables(address_of(filled, "data/"))
    assert [(table.name, table.bytes) for table in there] == [("2024/more.csv", len(CSV)), ("orders.csv", len(CSV))]
    assert read(address_of(filled, "data/"), "orders.csv")[0].rows == 2
    assert read(address_of(filled, "other.csv"))[0].columns == ("order_id", "region", "price")


def test_what_is_missing_is_told(read: Read, filled: Bucket) -> None:
    for key, table in (("missing.csv", ""), ("data/", "missing.csv"), ("data/", "../other.csv")):
        with pytest.raises(NotFound):
            read(address_of(filled, key), table)
    with pytest.raises(Unavailable, match="no bucket"):
        read(Address(url="s3://no-such-bucket-here/", endpoint=filled.endpoint, key_id="a", secret="b"), "x.csv")


def test_an_object_beyond_the_limit_is_refused(
    make: Callable[..., Connections], filled: Bucket, tmp_path: Path
) -> None:
    small = make(bounds=Bounds(bytes=10, rows=10, columns=10, seconds=1.0))
    with pytest.raises(BadInput, match="can be read at once"):
        small.read(address_of(filled, "other.csv"), "", "", tmp_path / "made.parquet", lambda _: None)


def test_a_private_host_is_refused_before_a_byte_is_sent(
    make: Callable[..., Connections], filled: Bucket, proxy: FaultyProxy
) -> None:
    for host in ("127.0.0.1", "localhost", "[::1]"):
        endpoint = proxy.endpoint.replace("127.0.0.1", host)
        with pytest.raises(BadInput, match="private network"):
            make(guard=Guard()).tables(address_of(filled, "data/", endpoint))
    assert proxy.calls == []


def test_the_metadata_of_the_machine_is_out_of_reach(make: Callable[..., Connections], filled: Bucket) -> None:
    with pytest.raises(BadInput, match="private network"):
        make(guard=Guard()).tables(address_of(filled, "data/", "http://169.254.169.254"))


def test_a_proxy_of_the_environment_is_not_used(
    connections: Connections, filled: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert connections.tables(address_of(filled, "data/"))


class Elsewhere(http.server.BaseHTTPRequestHandler):
    """Sends everybody to another address."""

    target = ""

    def do_GET(self) -> None:
        self.send_response(307)
        self.send_header("Location", f"{self.target}{self.path}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_HEAD = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def redirecting(proxy: FaultyProxy) -> Iterator[str]:
    """A service that sends everybody to the proxy."""
    handler = type("Handler", (Elsewhere,), {"target": proxy.endpoint})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_a_redirect_is_not_followed_into_the_private_network(
    connections: Connections, filled: Bucket, proxy: FaultyProxy, redirecting: str
) -> None:
    with pytest.raises((Unavailable, NotFound)):
        connections.tables(address_of(filled, "data/", redirecting))
    assert proxy.calls == []


def test_every_new_connection_is_checked(
    connections: Connections, filled: Bucket, proxy: FaultyProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that is public when it is first looked up and private at the next connection is refused there."""
    looked_up = []

    def resolve(self: Guard, host: str, port: int) -> str:
        looked_up.append(host)
        if len(looked_up) > 1:
            raise BadInput("The host is in a private network.", "")
        return "127.0.0.1"

    monkeypatch.setattr(Guard, "resolve", resolve)
    proxy.faults.append(Fault("drop", times=1))
    endpoint = proxy.endpoint.replace("127.0.0.1", "rebind.invalid")
    with pytest.raises(BadInput, match="private network"):
        connections.tables(address_of(filled, "data/", endpoint))
    assert set(looked_up) == {"rebind.invalid"}
    assert len(proxy.calls) == 1


def test_the_servers_own_key_is_never_used(
    connections: Connections, filled: Bucket, proxy: FaultyProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "SERVERS-OWN-KEY")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "servers-own-secret")
    seen: list[str] = []
    serve = proxy.serve

    def watched(handler: http.server.BaseHTTPRequestHandler) -> None:
        seen.append(str(handler.headers))
        serve(handler)

    monkeypatch.setattr(proxy, "serve", watched)
    connections.tables(Address(url=f"s3://{filled.name}/data/", endpoint=proxy.endpoint))
    assert seen
    assert not any("Authorization" in headers or "SERVERS-OWN-KEY" in headers for headers in seen)
