"""Signing in through a provider of OpenID Connect, over real HTTP: once for each session, and no more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys.server import PYTHON, Server
from tests.journeys.test_first_visit import starters
from tests.journeys.test_sign_in import contexts, first_link, heading, sign_in_form  # noqa: F401
from tests.servers.openid import Provider, provider

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]


@pytest.fixture
def vouching() -> Iterator[Provider]:
    with provider() as made:
        yield made


@pytest.fixture
def server(tmp_path: Path, browser: Browser, vouching: Provider) -> Iterator[Server]:
    secrets = tmp_path / "secrets.toml"
    made = Server(tmp_path / "home", {"RED_PANDAS_SIGN_IN": "openid"}, f"{PYTHON} --secrets.files={secrets}")
    secrets.write_text(vouching.secrets(made.url))
    yield made.start()
    made.stop()


def press(page: Page) -> None:
    page.get_by_role("button", name="Sign in", exact=True).click()


@pytest.mark.long
def test_a_provider_brings_people_in_once_for_each_session(
    server: Server,
    vouching: Provider,
    contexts: Callable[..., BrowserContext],  # noqa: F811
) -> None:
    context = contexts()
    page = context.new_page()
    page.goto(server.url + first_link(server))
    sign_in_form(page)
    press(page)
    expect(starters(page)).to_have_count(3)
    assert "join" not in page.url
    assert vouching.asked == 1
    names = {cookie["name"]: cookie for cookie in context.cookies()}
    assert names["red_pandas"]["httpOnly"]

    page.goto(server.url + "/people")
    expect(page.get_by_text("Runs the server")).to_be_visible()
    replayed = contexts()
    replayed.add_cookies([cookie for cookie in context.cookies() if cookie["name"] != "red_pandas"])  # type: ignore[misc]
    stolen = replayed.new_page()
    stolen.goto(server.url + "/datasets")
    sign_in_form(stolen)

    page.goto(server.url + "/account")
    page.get_by_role("button", name="Sign out everywhere").click()
    sign_in_form(page)
    page.goto(server.url + "/datasets?kept=1")
    sign_in_form(page)
    press(page)
    heading(page, "Datasets")
    assert page.url == server.url + "/datasets?kept=1"
    assert vouching.asked == 2

    vouching.person = {"sub": "2", "email": "eve@example.org", "email_verified": True, "name": "Eve"}
    stranger = contexts().new_page()
    stranger.goto(server.url)
    press(stranger)
    expect(stranger.get_by_text("Registering needs an invitation here")).to_be_visible()
    expect(starters(stranger)).to_have_count(0)
