"""A person pins an answer, puts it on a dashboard, filters it, and shows it inside another page: in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
NAME = "Stations <img src=x onerror=alert(1)>"


def still(page: Page) -> None:
    """Waits until the page is drawn."""
    expect(page.locator("[data-testid=stApp]")).to_have_attribute("data-test-script-state", "notRunning")


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=re.compile(f"{name}$")).first.click()
    still(page)


@pytest.fixture
def other_site() -> Iterator[Callable[[str], str]]:
    """The address of a page of another site that shows an address in a frame."""
    running: list[ThreadingHTTPServer] = []

    def serve(address: str) -> str:
        class Framing(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("content-type", "text/html")
                self.end_headers()
                self.wfile.write(f'<iframe src="{address}" width="1000" height="600"></iframe>'.encode())

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        running.append(ThreadingHTTPServer(("127.0.0.1", 0), Framing))
        Thread(target=running[-1].serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{running[-1].server_port}/"

    yield serve
    for each in running:
        each.shutdown()
        each.server_close()


@pytest.mark.long
def test_an_answer_goes_onto_a_dashboard_and_into_another_page(
    server: Server, visit: Callable[..., Page], other_site: Callable[[str], str]
) -> None:
    page = visit(server.url)
    page.on("dialog", lambda _: pytest.fail("A script ran."))
    box = page.get_by_test_id("stChatInputTextArea")
    box.fill("how many rows are there?")
    box.press("Enter")
    press(page, "Pin")
    press(page, "The whole answer")
    expect(page.get_by_role("button", name=re.compile("Pinned"))).to_be_visible()

    page.goto(f"{server.url}/dashboards")
    page.get_by_label("Name").fill(NAME)
    press(page, "New dashboard")
    expect(page.get_by_role("heading", name=NAME)).to_be_visible()
    press(page, "Add")
    drawer = page.get_by_role("dialog")
    drawer.get_by_label("Pins").first.click()
    page.get_by_role("option").first.click()
    page.keyboard.press("Escape")
    press(page, "Add these")
    number = page.locator("[data-testid=stMain] h1").nth(1)
    expect(number).to_have_text(re.compile(r"^[\d,]+$"))
    told = number.inner_text()

    press(page, "Share")
    drawer.get_by_label("Share with").click()
    page.get_by_role("option", name="A link, read-only").click()
    still(page)
    press(page, "Make the link")
    link = re.sub(r"^https?://[^/]+", server.url, drawer.get_by_test_id("stCode").inner_text().strip())

    framed = visit(other_site(f"{link}&embed=true")).frame_locator("iframe")
    expect(framed.get_by_role("heading", name=told)).to_be_visible()
    expect(framed.get_by_test_id("stSidebar")).to_have_count(0)
    expect(framed.get_by_text(NAME)).to_have_count(0)
    expect(framed.get_by_role("button", name=re.compile("Add|Share|Filters"))).to_have_count(0)
