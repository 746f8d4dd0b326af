"""Two people work in one conversation, in a real browser: each sees what the other asks, and the answers, arrive."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.server import PYTHON, Server
from tests.journeys.test_first_visit import answers, ask, finished, starters, upload
from tests.journeys.test_sign_in import ACCOUNTS, contexts, first_link, heading, register, status

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.timeout(600)]
__all__ = ["contexts"]


def cookie_header(context: BrowserContext) -> str:
    return "; ".join(f"{each['name']}={each['value']}" for each in context.cookies())


def link_in_dialog(page: Page) -> str:
    return page.get_by_role("dialog").get_by_test_id("stCode").inner_text().strip()


def owner_and_guest(server: Server, contexts: Callable[..., BrowserContext]) -> tuple[Page, Page]:
    """Ann, who owns the server, and Bob, each in a browser of their own."""
    ann, bob = contexts().new_page(), contexts().new_page()
    ann.goto(server.url + first_link(server))
    register(ann)
    expect(starters(ann)).to_have_count(3)
    bob.goto(server.url)
    bob.get_by_role("button", name="Create an account").click()
    register(bob, "Bob")
    expect(starters(bob)).to_have_count(3)
    return ann, bob


def test_two_people_in_one_conversation_see_each_others_questions_and_answers_arrive(
    own_server: Callable[..., Server], contexts: Callable[..., BrowserContext], orders_file: Path
) -> None:
    server = own_server(settings=ACCOUNTS | {"RED_PANDAS_REGISTRATION": "open"}, command=PYTHON)
    ann, bob = owner_and_guest(server, contexts)
    upload(ann, orders_file)
    expect(ann.get_by_text("8 rows × 6 columns")).to_be_visible()
    ask(ann, "average units by product")
    expect(answers(ann)).to_have_count(1)
    finished(ann)
    ann.get_by_role("button", name="Share this conversation").click()
    dialog = ann.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Email").fill("bob@example.org")
    dialog.get_by_role("textbox", name="Email").press("Enter")
    dialog.get_by_text("may edit", exact=True).click()
    dialog.get_by_role("button", name="Share", exact=True).click()
    expect(dialog.get_by_text("Take back")).to_be_visible()
    ann.keyboard.press("Escape")

    bob.goto(server.url + "/shared")
    heading(bob, "Shared with me")
    bob.get_by_role("button", name="Open").click()
    bob.get_by_role("button", name="Ask about it").click()
    expect(bob.get_by_text("8 rows × 6 columns")).to_be_visible()

    finished(ann)
    ask(ann, "average price by region")
    expect(answers(ann)).to_have_count(2)
    expect(bob.get_by_text("average price by region")).to_be_visible()
    expect(answers(bob)).to_have_count(2)
    expect(bob.get_by_text("Ann", exact=True).first).to_be_visible()
    finished(bob)
    ask(bob, "how many rows are there")
    expect(answers(bob)).to_have_count(3)
    expect(ann.get_by_text("how many rows are there")).to_be_visible()
    expect(answers(ann)).to_have_count(3)
    expect(ann.get_by_text("Bob", exact=True).first).to_be_visible()
    expect(answers(ann).nth(2)).to_contain_text("8")

    ann.get_by_role("button", name="Share this conversation").click()
    ann.get_by_role("dialog").get_by_role("button", name="Take back").click()
    expect(bob.get_by_text("This is not shared any more")).to_be_visible()


def test_a_small_download_of_one_person_is_nobody_elses(
    own_server: Callable[..., Server], contexts: Callable[..., BrowserContext]
) -> None:
    server = own_server(settings=ACCOUNTS | {"RED_PANDAS_REGISTRATION": "open"}, command=PYTHON)
    ann, bob = owner_and_guest(server, contexts)
    ann.goto(server.url + "/members")
    ann.get_by_role("tab", name="Activity").click()
    ann.get_by_role("button", name="Prepare a CSV").click()
    with ann.expect_download() as came:
        ann.get_by_role("button", name="activity.csv").click()
    url = came.value.url
    assert "/media/" in url
    assert "person_id" in came.value.path().read_text(encoding="utf-8")
    hers, his = (cookie_header(page.context) for page in (ann, bob))
    assert [status(url, Cookie=hers), status(url, Cookie=his), status(url)] == [200, 404, 401]
