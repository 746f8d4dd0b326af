"""A real browser on a real server. Where there is no Chromium these tests are skipped."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

from tests.conftest import ORDERS
from tests.journeys.server import Server

LOOPBACK = re.compile(r"(https?|wss?)://(localhost|127\.0\.0\.1|\[::1\])[:/]|data:|blob:|about:")
PATIENCE_MS = 60_000
"""Longest wait for anything to appear: machines that run tests are busy."""

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Server]:
    """One server for the journeys that do not restart it."""
    running = Server(tmp_path_factory.mktemp("shared") / "home").start()
    yield running
    running.stop()


@pytest.fixture
def own_server(tmp_path: Path, browser: Browser) -> Iterator[Callable[..., Server]]:
    """Starts a server with a home of its own: `own_server(settings={...}, command="...")`."""
    running: list[Server] = []

    def start(**options: object) -> Server:
        running.append(Server(tmp_path / f"home-{len(running)}", **options).start())
        return running[-1]

    yield start
    for each in running:
        each.stop()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a page in a context of its own; at the end nothing may have left this machine, and no error be shown."""
    contexts: list[BrowserContext] = []
    left: list[str] = []
    pages: list[Page] = []
    asked: list[str] = []

    def note(request: Request) -> None:
        if not LOOPBACK.match(request.url) and not request.url.startswith(tuple(asked)):
            left.append(request.url)

    def open_page(url: str, width: int = 1280, height: int = 860, dark: bool = False) -> Page:
        scheme = "dark" if dark else "light"
        contexts.append(browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme))
        page = contexts[-1].new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("request", note)
        asked.append(url)
        page.goto(url)
        pages.append(page)
        return page

    yield open_page
    errors = sum(page.get_by_test_id("stException").count() for page in pages)
    for context in contexts:
        context.close()
    assert left == []
    assert errors == 0


@pytest.fixture
def orders_file(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    path.write_text(ORDERS)
    return path
