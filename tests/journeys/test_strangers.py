"""Whoever is not on this machine gets the notice: every address, asked first of a fresh server."""

from __future__ import annotations

import socket
from collections.abc import Callable
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Page, expect

from tests.browser import STRANGE
from tests.journeys.server import ANYWHERE, Server

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
ADDRESSES = ("/", "/chat", "/datasets", "/pages/chat", "/frame", "/_stcore/host-config", "/_stcore/metrics", "/media/x")
NOTICE = "Red Pandas answers only this computer"


def fetch(url: str, **headers: str) -> tuple[int, str]:
    try:
        with urlopen(Request(url, headers=headers), timeout=10) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()


def own_address() -> str:
    """An address of this machine that is not loopback, or ""."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return ""
        found = str(probe.getsockname()[0])
    return "" if found.startswith("127.") else found


def test_every_address_asked_first_by_a_stranger_gives_only_the_notice(own_server: Callable[..., Server]) -> None:
    server = own_server(command=ANYWHERE)
    network = own_address()
    ways = [(server.url, {"Host": "data.example.org"}), (server.url, {"X-Forwarded-For": "10.0.0.9"})]
    if network:
        # From outside with the Host of a browser on this machine: only the peer's address gives it away.
        ways.append((f"http://{network}:{server.port}", {"Host": f"localhost:{server.port}"}))
    for address in ADDRESSES:
        for base, headers in ways:
            status, body = fetch(base + address, **headers)
            assert (status, NOTICE in body) == (403, True), (base, address, headers)
    assert fetch(f"{server.url}/healthz", Host="data.example.org") == (200, '{"status":"ok"}')
    assert fetch(f"{server.url}/readyz", Host="data.example.org") == (200, '{"status":"ready"}')


@pytest.mark.long
@pytest.mark.parametrize("path", ["/", "/datasets"])
def test_a_page_asked_first_under_another_name_gives_only_the_notice(
    own_server: Callable[..., Server], visit: Callable[..., Page], path: str
) -> None:
    server = own_server()
    page = visit(f"http://{STRANGE}:{server.port}{path}")
    expect(page.get_by_role("heading", name=NOTICE)).to_be_visible()
    expect(page.get_by_test_id("stApp")).to_have_count(0)


@pytest.mark.long
def test_a_trusted_network_is_let_in(own_server: Callable[..., Server], visit: Callable[..., Page]) -> None:
    server = own_server(settings={"RED_PANDAS_TRUST_NETWORK": "true"})
    page = visit(f"http://{STRANGE}:{server.port}/")
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()
