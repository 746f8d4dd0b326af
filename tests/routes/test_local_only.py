"""Only a browser on this machine is answered, however the request is dressed up."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from services.routes.local_only import LocalOnly, is_local, is_same_origin, page

PLAIN = ("host", "user-agent", "accept", "cookie")
SECRET = "the data"


@pytest.mark.parametrize("host", ["localhost", "localhost:8501", "LOCALHOST:80", "127.0.0.1:9", "[::1]", "[::1]:8501"])
@pytest.mark.parametrize("peer", ["127.0.0.1", "127.8.0.3", "::1", "::ffff:127.0.0.1"])
def test_a_browser_on_this_machine_is_local(host: str, peer: str) -> None:
    assert is_local(host, PLAIN, peer)


@pytest.mark.parametrize(
    "host",
    [
        None,
        "",
        "example.org",
        "192.168.1.5:8501",
        "0.0.0.0:8501",
        "localhost.evil.example",
        "evil.example:8501",
        "127.0.0.1.nip.io",
        "localhost:port",
        "localhost:99999",
        "user@localhost",
        "localhost@evil.example",
        "localhost/../evil",
        "localhost?x",
        "localhost#x",
        " localhost",
        "[::1",
        "::1",
        "2130706433",
    ],
)
def test_another_host_is_not_local(host: str | None) -> None:
    assert not is_local(host, PLAIN, "127.0.0.1")


@pytest.mark.parametrize("peer", [None, "", "192.168.1.5", "10.0.0.1", "172.17.0.1", "8.8.8.8", "::ffff:8.8.8.8", "x"])
def test_another_peer_is_not_local(peer: str | None) -> None:
    assert not is_local("localhost:8501", PLAIN, peer)


@pytest.mark.parametrize(
    "name",
    ["X-Forwarded-For", "x-forwarded-host", "X-FORWARDED-PROTO", "X-Forwarded", "Forwarded", "X-Real-IP", "Via"],
)
def test_a_forwarded_request_is_not_local(name: str) -> None:
    assert not is_local("localhost:8501", (*PLAIN, name), "127.0.0.1")


async def _data(_: Any) -> PlainTextResponse:
    return PlainTextResponse(SECRET)


async def _stream(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text(SECRET)
    await socket.close()


def client(*, trust_network: bool = False, peer: str = "127.0.0.1", host: str = "localhost:8501") -> TestClient:
    paths = ("/", "/datasets", "/healthz", "/readyz", "/_stcore/health", "/_stcore/metrics")
    routes = [*(Route(path, _data) for path in paths), WebSocketRoute("/_stcore/stream", _stream)]
    app = Starlette(routes=routes, middleware=[Middleware(LocalOnly, trusts_network=lambda: trust_network)])
    return TestClient(app, base_url=f"http://{host}", client=(peer, 50_000))


@pytest.mark.parametrize("path", ["/", "/datasets", "/_stcore/metrics", "/nothing"])
def test_a_stranger_gets_only_the_notice(path: str) -> None:
    answer = client(peer="192.168.1.7", host="192.168.1.2:8501").get(path)
    assert answer.status_code == 403
    assert answer.text == page()
    assert "RED_PANDAS_TRUST_NETWORK" in answer.text
    assert answer.headers["cache-control"] == "no-store"


def test_a_stranger_gets_no_socket() -> None:
    with (
        pytest.raises(WebSocketDisconnect),
        client(host="evil.example").websocket_connect("/_stcore/stream") as socket,
    ):
        socket.receive_text()


def test_this_machine_gets_pages_and_socket() -> None:
    answer = client().get("/datasets")
    assert answer.text == SECRET
    assert answer.headers["content-security-policy"] == "frame-ancestors 'self'"
    with client().websocket_connect("/_stcore/stream", headers={"host": "localhost:8501"}) as socket:
        assert socket.receive_text() == SECRET


@pytest.mark.parametrize(
    ("address", "framed"),
    [
        ("/shared?link=abc&embed=true", True),
        ("/shared?link=abc", False),
        ("/shared?embed=true", False),
        ("/shared?link=&embed=true", False),
        ("/shared?shared=abc&embed=true", False),
        ("/datasets?link=abc&embed=true", False),
        ("/?link=abc&embed=true", False),
    ],
)
def test_only_a_published_link_stands_in_a_frame_of_another_page(address: str, framed: bool) -> None:
    assert ("content-security-policy" not in client().get(address).headers) is framed


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/_stcore/health"])
def test_health_is_for_everybody(path: str) -> None:
    assert client(peer="10.0.0.9", host="10.0.0.2").get(path).text == SECRET


def test_a_trusted_network_gets_everything() -> None:
    assert client(trust_network=True, peer="10.0.0.9", host="data.example.org").get("/").text == SECRET


@pytest.mark.parametrize("hosts", [[], [b"localhost", b"evil.example"]])
def test_no_host_or_two_are_refused(hosts: list[bytes]) -> None:
    sent: list[Any] = []

    async def ask() -> None:
        async def receive() -> Any:
            return {"type": "http.request"}

        async def send(message: Any) -> None:
            sent.append(message)

        headers = [(b"host", host) for host in hosts]
        scope = {"type": "http", "path": "/", "headers": headers, "client": ("127.0.0.1", 1)}
        await LocalOnly(Starlette(), lambda: False)(scope, receive, send)

    # A thread of its own: a browser test in the same process may have left an event loop in this one.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(ask())).result()
    assert sent[0]["status"] == 403


def test_the_notice_loads_nothing() -> None:
    assert "http://localhost" in page()
    assert not any(part in page() for part in ("<script", "src=", "@import", "url("))


@pytest.mark.parametrize(
    "name",
    [
        "X-Forwarded-For", "x_forwarded_for", "X-Original-Forwarded-For", "Forwarded", "Via", "X-Real-IP",
        "True-Client-IP", "X-Cluster-Client-IP", "Fastly-Client-IP", "Fly-Client-IP", "X-Envoy-External-Address",
        "X-Azure-ClientIP", "X-ProxyUser-Ip", "X-Original-URL", "CF-Ray", "CDN-Loop", "Tailscale-User-Login",
    ],
)  # fmt: skip
def test_whatever_a_proxy_adds_gives_it_away(name: str) -> None:
    assert is_local("localhost:8501", ["host", "accept"], "127.0.0.1")
    assert not is_local("localhost:8501", ["host", name], "127.0.0.1")


@pytest.mark.parametrize(
    ("origin", "host", "same"),
    [
        (None, "localhost:8501", True),
        ("http://localhost:8501", "localhost:8501", True),
        ("http://LOCALHOST:8501", "localhost:8501", True),
        ("http://localhost:9999", "localhost:8501", False),
        ("http://127.0.0.1:8501", "localhost:8501", False),
        ("http://evil.com", "localhost:8501", False),
        ("null", "localhost:8501", False),
        ("", "localhost:8501", False),
    ],
)
def test_another_page_in_the_browser_is_told_by_its_origin(origin: str | None, host: str, same: bool) -> None:
    assert is_same_origin(origin, host) is same


def test_a_page_of_another_port_may_neither_connect_nor_send() -> None:
    foreign = {"Origin": "http://localhost:9999"}
    assert client().post("/", headers=foreign).status_code == 403
    assert client().get("/", headers=foreign).text == SECRET
    with (
        pytest.raises(WebSocketDisconnect),
        client().websocket_connect("/_stcore/stream", headers={"host": "localhost:8501", **foreign}) as socket,
    ):
        socket.receive_text()
