"""People sign in, in a real browser: stay, come back, go; and nobody sees what is another's."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys.conftest import PATIENCE_MS
from tests.journeys.server import PYTHON, Server
from tests.journeys.test_first_visit import finished, shot, starters, upload

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]
GOOD = "correct horse battery"
ACCOUNTS = {"RED_PANDAS_SIGN_IN": "accounts"}
PAGES = (
    "/", "/chat", "/explore", "/statistics", "/upload", "/datasets", "/table", "/profile", "/privacy", "/clean",
    "/history", "/account", "/people", "/settings", "/datasets?dataset=1", "/nowhere",
)  # fmt: skip


@pytest.fixture
def contexts(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Browsers that know nothing of each other."""
    opened: list[BrowserContext] = []

    def make(**options: object) -> BrowserContext:
        opened.append(browser.new_context(viewport={"width": 1280, "height": 860}, **options))  # type: ignore[arg-type]
        opened[-1].set_default_timeout(PATIENCE_MS)
        return opened[-1]

    yield make
    for context in opened:
        assert all(page.get_by_test_id("stException").count() == 0 for page in context.pages)
        context.close()


def first_link(server: Server) -> str:
    """The link in the log that makes the first owner."""
    end = time.monotonic() + 60
    while not (found := re.findall(r"/\?join=\S+", server.log)) and time.monotonic() < end:
        time.sleep(0.2)
    return str(found[-1])


def register(page: Page, name: str = "Ann", password: str = GOOD) -> None:
    page.get_by_role("textbox", name="Name").fill(name)
    page.get_by_role("textbox", name="Email").fill(f"{re.sub('[^a-z]', '', name.lower())}@example.org")
    page.get_by_role("textbox", name="Password").fill(password)
    page.get_by_role("button", name="Create account").click()


def sign_in(page: Page, email: str = "ann@example.org", password: str = GOOD) -> None:
    page.get_by_role("textbox", name="Email").fill(email)
    page.get_by_role("textbox", name="Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_in_form(page: Page) -> None:
    """Waits for the form, and sees that there is nothing else."""
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(page.get_by_test_id("stSidebarNavLink")).to_have_count(0)
    expect(page.get_by_test_id("stDataFrame")).to_have_count(0)


def heading(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()


def status(url: str, **headers: str) -> int:
    try:
        with urlopen(Request(url, headers=headers), timeout=20) as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code


@pytest.mark.parametrize("way", ["accounts", pytest.param("authenticator", marks=pytest.mark.long)])
def test_register_stay_come_back_and_sign_out_everywhere(
    own_server: Callable[..., Server], contexts: Callable[..., BrowserContext], orders_file: Path, way: str
) -> None:
    server = own_server(settings={"RED_PANDAS_SIGN_IN": way}, command=PYTHON)
    home = contexts()
    page = home.new_page()
    page.goto(server.url)
    heading(page, "This server has no owner yet")
    page.goto(server.url + first_link(server))
    heading(page, "Become the owner of this server")
    register(page, "Ann <script>alert(1)</script>")
    expect(starters(page)).to_have_count(3)
    assert "join" not in page.url
    given = {cookie["name"]: cookie for cookie in home.cookies()}["red_pandas"]
    assert given["httpOnly"] is (way == "accounts")
    assert given["sameSite"] == ("Lax" if way == "accounts" else "Strict")
    upload(page, orders_file)
    expect(page.get_by_text("8 rows × 6 columns")).to_be_visible()

    address = page.url
    page.reload()
    expect(page.get_by_text("8 rows × 6 columns")).to_be_visible()
    server.stop()
    server.start()
    page.goto(address)
    expect(page.get_by_text("8 rows × 6 columns")).to_be_visible()

    away = contexts()
    other = away.new_page()
    other.goto(server.url + "/people")
    sign_in_form(other)
    sign_in(other, "annscriptalertscript@example.org")
    heading(other, "People")
    expect(other.get_by_text("Ann <script>alert(1)</script>").first).to_be_visible()
    other.goto(server.url + "/account")
    expect(other.get_by_text("This browser")).to_be_visible()
    finished(other)
    expect(other.get_by_text("used", exact=False)).to_have_count(2)
    copied = away.cookies()
    other.get_by_role("button", name="Sign out everywhere").click()
    sign_in_form(other)
    page.goto(address)
    sign_in_form(page)

    thief = contexts()
    thief.add_cookies(copied)  # type: ignore[arg-type]
    stolen = thief.new_page()
    stolen.goto(address)
    sign_in_form(stolen)


def test_every_address_of_a_fresh_server_shows_the_sign_in_and_then_what_was_asked_for(
    own_server: Callable[..., Server], contexts: Callable[..., BrowserContext]
) -> None:
    server = own_server(settings=ACCOUNTS, command=PYTHON)
    owner = contexts().new_page()
    owner.goto(server.url + first_link(server))
    register(owner)
    expect(starters(owner)).to_have_count(3)
    server.stop()
    server.start()
    page = contexts().new_page()
    for path in PAGES:
        page.goto(server.url + path)
        sign_in_form(page)
    for path in ("/media/x.png", "/_stcore/metrics", "/transfer/downloads/v/csv", "/_stcore/upload_file/a/b"):
        assert status(server.url + path) == 401, path
    page.goto(server.url + "/datasets?kept=1")
    sign_in(page)
    heading(page, "Datasets")
    assert page.url == server.url + "/datasets?kept=1"


@pytest.mark.long
def test_the_address_cannot_lead_to_another_site(
    own_server: Callable[..., Server], contexts: Callable[..., BrowserContext]
) -> None:
    server = own_server(settings=ACCOUNTS, command=PYTHON)
    page = contexts().new_page()
    page.goto(server.url + first_link(server))
    register(page)
    expect(starters(page)).to_have_count(3)
    context = contexts()
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    visitor = context.new_page()
    for path in ("//evil.example/", "//evil.example/%2e%2e", "/\\evil.example"):
        answer = visitor.goto(server.url + path)
        assert answer is not None
        assert answer.url.startswith(server.url)
    visitor.goto(server.url + "/?next=https://evil.example&url=//evil.example&redirect_uri=https://evil.example")
    sign_in_form(visitor)
    sign_in(visitor)
    expect(starters(visitor)).to_have_count(3)
    own = (server.url, server.url.replace("http", "ws"), "data:", "blob:")
    assert [url for url in asked if not url.startswith(own)] == []


@pytest.mark.long
def test_two_people_see_nothing_of_each_other(
    own_server: Callable[..., Server], contexts: Callable[..., BrowserContext], orders_file: Path
) -> None:
    server = own_server(settings=ACCOUNTS, command=PYTHON)
    ann = contexts().new_page()
    ann.goto(server.url + first_link(server))
    register(ann)
    expect(starters(ann)).to_have_count(3)
    upload(ann, orders_file)
    expect(ann.get_by_text("8 rows × 6 columns")).to_be_visible()
    hers = ann.url
    ann.goto(server.url + "/people")
    ann.get_by_role("button", name="Invite somebody").click()
    ann.get_by_role("button", name="Make the link").click()
    link = ann.get_by_role("dialog").get_by_test_id("stCode").inner_text().strip()
    assert link.startswith(server.url)

    context = contexts()
    bob = context.new_page()
    bob.goto(link)
    heading(bob, "Create your account")
    register(bob, "Bob")
    expect(starters(bob)).to_have_count(3)
    bob.goto(hers)
    expect(bob.get_by_text("not here any more")).to_be_visible()
    expect(bob.get_by_text("8 rows × 6 columns")).to_have_count(0)
    bob.goto(server.url + "/people")
    expect(bob.get_by_text("Only whoever runs this server")).to_be_visible()

    ann.goto(server.url + "/people")
    ann.get_by_test_id("stPopover").get_by_role("button").click()
    ann.get_by_role("button", name="Deactivate").click()
    expect(ann.get_by_text("Deactivated")).to_be_visible()
    bob.get_by_role("link", name="Datasets").click()
    sign_in_form(bob)
    sign_in(bob, "bob@example.org")
    expect(bob.get_by_text("This account is deactivated")).to_be_visible()


@pytest.mark.long
def test_a_link_of_the_owner_sets_a_new_password(
    own_server: Callable[..., Server], contexts: Callable[..., BrowserContext]
) -> None:
    server = own_server(settings=ACCOUNTS | {"RED_PANDAS_REGISTRATION": "open"}, command=PYTHON)
    ann = contexts().new_page()
    ann.goto(server.url + first_link(server))
    register(ann)
    expect(starters(ann)).to_have_count(3)
    bob = contexts().new_page()
    bob.goto(server.url)
    bob.get_by_role("button", name="Create an account").click()
    register(bob, "Bob")
    expect(starters(bob)).to_have_count(3)

    ann.goto(server.url + "/people")
    ann.get_by_test_id("stPopover").get_by_role("button").click()
    ann.get_by_role("button", name="Link to set a new password").click()
    link = ann.get_by_role("dialog").get_by_test_id("stCode").inner_text().strip()
    other = contexts().new_page()
    other.goto(link)
    heading(other, "Set a new password")
    other.get_by_role("textbox", name="New password").fill("another fine day")
    other.get_by_role("button", name="Set password").click()
    expect(starters(other)).to_have_count(3)
    bob.reload()
    sign_in_form(bob)
    bob.goto(link)
    expect(bob.get_by_text("This link was used, has expired, or never was one")).to_be_visible()
    bob.goto(server.url)
    sign_in(bob, "bob@example.org", "another fine day")
    expect(starters(bob)).to_have_count(3)


@pytest.mark.long
def test_five_wrong_passwords_lock_and_a_restart_does_not_open(
    own_server: Callable[..., Server], contexts: Callable[..., BrowserContext]
) -> None:
    server = own_server(settings=ACCOUNTS, command=PYTHON)
    page = contexts().new_page()
    page.goto(server.url + first_link(server))
    register(page)
    expect(starters(page)).to_have_count(3)
    guess = contexts().new_page()
    guess.goto(server.url)
    for number in range(6):
        sign_in(guess, password=f"wrong horse {number}")
        said = "There were too many tries" if number == 5 else "Address or password is wrong"
        expect(guess.get_by_text(said)).to_be_visible()
        guess.reload()
    server.stop()
    server.start()
    guess.goto(server.url)
    sign_in(guess)
    expect(guess.get_by_text("There were too many tries")).to_be_visible()
    page.goto(server.url)
    expect(starters(page)).to_have_count(3)


@pytest.mark.long
def test_two_visitors_never_see_each_others_tables(
    own_server: Callable[..., Server], contexts: Callable[..., BrowserContext], orders_file: Path
) -> None:
    server = own_server(settings={"RED_PANDAS_SIGN_IN": "visitors"}, command=PYTHON)
    first, second = contexts().new_page(), contexts().new_page()
    first.goto(server.url)
    expect(first.get_by_text("You are a visitor")).to_be_visible()
    expect(starters(first)).to_have_count(3)
    upload(first, orders_file)
    expect(first.get_by_text("8 rows × 6 columns")).to_be_visible()
    second.goto(first.url)
    expect(second.get_by_text("not here any more")).to_be_visible()
    second.goto(server.url + "/datasets")
    heading(second, "Datasets")
    finished(second)
    expect(second.get_by_text("orders")).to_have_count(0)
    first.reload()
    expect(first.get_by_text("8 rows × 6 columns")).to_be_visible()


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [1280, 420])
@pytest.mark.long
def test_the_forms_fit_light_and_dark_wide_and_narrow(
    own_server: Callable[..., Server], visit: Callable[..., Page], dark: bool, width: int
) -> None:
    server = own_server(settings=ACCOUNTS, command=PYTHON)
    page = visit(server.url + first_link(server), width=width, dark=dark)
    heading(page, "Become the owner of this server")
    name = f"{width}-{'dark' if dark else 'light'}"
    shot(page, f"register-{name}")
    register(page)
    expect(starters(page)).to_have_count(3)
    for path in ("account", "people"):
        page.goto(f"{server.url}/{path}")
        heading(page, path.capitalize())
        finished(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        shot(page, f"{path}-{name}")
    page.context.clear_cookies()
    page.goto(server.url)
    sign_in_form(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    shot(page, f"sign-in-{name}")
