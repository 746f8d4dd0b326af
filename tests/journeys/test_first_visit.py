"""What a person does first: see the sample, ask, bring a file, come back."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.server import Server
from tests.scripted_provider import ScriptedProvider, analyse, slow

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
SHOTS = os.environ.get("SHOTS", "")


def starters(page: Page) -> Locator:
    return page.locator("[class*=st-key-starter-]")


def answers(page: Page) -> Locator:
    return page.get_by_test_id("stChatMessage")


def ask(page: Page, question: str) -> None:
    box = page.get_by_test_id("stChatInputTextArea")
    box.fill(question)
    box.press("Enter")


def upload(page: Page, file: Path) -> None:
    page.get_by_role("button", name="Upload").first.click()
    page.get_by_test_id("stPopoverBody").locator("input[type=file]").set_input_files(file)


def stop_button(page: Page) -> Locator:
    return page.locator("[class*=st-key-stop-]").get_by_role("button")


def finished(page: Page) -> None:
    expect(page.locator("[data-testid=stApp]")).to_have_attribute("data-test-script-state", "notRunning")
    expect(stop_button(page)).to_have_count(0)


def shot(page: Page, name: str) -> None:
    if SHOTS:
        finished(page)
        page.screenshot(path=f"{SHOTS}/{name}.png")


def test_from_the_sample_to_an_answer_about_a_file_of_ones_own(
    own_server: Callable[..., Server], visit: Callable[..., Page], orders_file: Path
) -> None:
    server = own_server()
    page = visit(server.url)
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()
    expect(starters(page)).to_have_count(3)

    question = starters(page).first.inner_text().splitlines()[-1]
    starters(page).first.get_by_role("button").click()
    expect(page.locator("[class*=st-key-question-]")).to_contain_text(question)
    expect(answers(page)).to_contain_text("Built-in analyst")
    expect(page.locator("[class*=st-key-output-]").first).to_be_visible()
    expect(starters(page)).to_have_count(0)

    upload(page, orders_file)
    expect(page.get_by_text("8 rows × 6 columns")).to_be_visible()
    expect(page.get_by_test_id("stExpander").get_by_role("paragraph").filter(has_text="region")).to_be_visible()

    ask(page, "average price by region as a bar chart")
    expect(answers(page)).to_contain_text("Read as")
    expect(answers(page).get_by_test_id("stPlotlyChart")).to_be_visible()
    expect(answers(page).get_by_test_id("stDataFrame")).to_be_visible()
    answers(page).get_by_text("Code · Built-in analyst").click()
    expect(answers(page).get_by_test_id("stCode")).to_contain_text("df")

    address = page.url
    page.reload()
    expect(answers(page).get_by_test_id("stPlotlyChart")).to_be_visible()
    expect(page.locator("[class*=st-key-question-]")).to_contain_text("average price by region")

    server.stop()
    server.start()
    page.goto(address)
    expect(answers(page).get_by_test_id("stPlotlyChart")).to_be_visible()
    expect(page.get_by_text("8 rows × 6 columns")).to_be_visible()


@pytest.mark.long
def test_a_file_dropped_into_the_chat_is_opened_and_asked_about(
    own_server: Callable[..., Server], visit: Callable[..., Page], orders_file: Path
) -> None:
    page = visit(own_server().url)
    expect(starters(page)).to_have_count(3)
    # While a file is on its way the box ignores Enter, and keeps what was typed.
    with page.expect_response(lambda answer: answer.request.method == "PUT"):
        page.get_by_test_id("stChatInputFileUploadButton").locator("input").set_input_files(orders_file)
    expect(page.get_by_test_id("stChatInput")).to_contain_text("orders.csv")
    box = page.get_by_test_id("stChatInputTextArea")
    box.fill("how many rows are there")
    page.get_by_test_id("stChatInput").get_by_role("button", name="Send message").click()
    expect(page.get_by_text("8 rows × 6 columns")).to_be_visible()
    expect(answers(page)).to_contain_text("8 rows")


@pytest.mark.long
def test_a_question_whose_server_was_killed_says_so_and_can_be_asked_again(
    own_server: Callable[..., Server], visit: Callable[..., Page]
) -> None:
    with ScriptedProvider([slow(analyse("result = len(df)") + " " * 4_000, pause=0.5)]) as provider:
        settings = {"OPENAI_BASE_URL": provider.url, "OPENAI_API_KEY": "sk-scripted", "RED_PANDAS_LEASE_SECONDS": "2"}
        server = own_server(settings=settings)
        page = visit(server.url)
        ask(page, "how many rows are there")
        expect(stop_button(page)).to_be_visible()
        server.stop(signal.SIGKILL)
        provider.play(slow(analyse("result = len(df)", "number of rows"), pause=0))
        server.start()
        page.goto(page.url)
        expect(answers(page)).to_contain_text("The server stopped while it worked on this question.")
        answers(page).get_by_role("button", name="Retry").click()
        expect(answers(page).last).to_contain_text("1,704")


def test_a_slow_answer_survives_a_refresh_and_can_be_stopped(
    own_server: Callable[..., Server], visit: Callable[..., Page]
) -> None:
    with ScriptedProvider([slow(analyse("result = len(df)") + " " * 4_000, pause=0.5)]) as provider:
        server = own_server(settings={"OPENAI_BASE_URL": provider.url, "OPENAI_API_KEY": "sk-scripted"})
        page = visit(server.url)
        ask(page, "how many rows are there")
        expect(page.locator("[class*=st-key-question-]")).to_contain_text("how many rows are there")
        expect(stop_button(page)).to_be_visible()
        page.reload()
        expect(stop_button(page)).to_be_visible()
        stop_button(page).click()
        expect(answers(page)).to_contain_text("You stopped this question.")
        expect(answers(page).get_by_role("button", name="Retry")).to_be_visible()


@pytest.mark.long
def test_what_was_sent_to_a_model_is_shown(own_server: Callable[..., Server], visit: Callable[..., Page]) -> None:
    with ScriptedProvider([slow(analyse("result = len(df)", "number of rows"), pause=0.02)]) as provider:
        server = own_server(settings={"OPENAI_BASE_URL": provider.url, "OPENAI_API_KEY": "sk-scripted"})
        page = visit(server.url)
        ask(page, "how many rows are there")
        expect(answers(page)).to_contain_text("Language model")
        answers(page).get_by_text(re.compile("What was sent")).click()
        sent = answers(page).get_by_test_id("stCode").filter(has_text="how many rows are there")
        expect(sent.first).to_be_visible()


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [1280, 420])
def test_the_screens_fit_light_and_dark_wide_and_narrow(
    server: Server, visit: Callable[..., Page], dark: bool, width: int
) -> None:
    page = visit(server.url, width=width, dark=dark)
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()
    shade = page.evaluate("getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor")
    assert (sum(map(int, re.findall(r"\d+", shade)[:3])) < 200) is dark
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.wait_for_function("[...document.fonts].some(font => font.family === 'Inter' && font.status === 'loaded')")
    shot(page, f"sample-{width}-{'dark' if dark else 'light'}")


@pytest.mark.long
def test_a_bug_shows_an_id_and_no_traceback(own_server: Callable[..., Server], visit: Callable[..., Page]) -> None:
    server = own_server()
    page = visit(server.url)
    expect(starters(page)).to_have_count(3)
    for path in server.home.glob("red-pandas.db*"):
        path.write_bytes(b"This is no database. " * (path.stat().st_size // 20 + 1_000))
    page.goto(server.url)
    shown = page.get_by_test_id("stAlert")
    expect(shown).to_contain_text("Something went wrong here")
    reference = re.search(r"logged as ([0-9a-f]{8})", shown.inner_text())
    assert reference
    assert f"Error {reference[1]} on a page" in server.log
    expect(page.get_by_text("Traceback")).to_have_count(0)
