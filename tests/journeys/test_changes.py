"""A table is changed, its history looked at, its file read again, and files are stacked: in a real browser."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
SHOTS = os.environ.get("SHOTS", "")
SLOW = "for number in range(10**12):\n    df = df"


def still(page: Page) -> None:
    """Waits until the page is drawn."""
    expect(page.locator("[data-testid=stApp]")).to_have_attribute("data-test-script-state", "notRunning")


def shot(page: Page, name: str) -> None:
    if SHOTS:
        still(page)
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def add(page: Page, *files: Path) -> None:
    page.locator(".box input[type=file]").set_input_files(list(files))
    expect(page.get_by_test_id("stDataFrame").first).to_be_visible()
    still(page)


def save(page: Page) -> None:
    button = page.get_by_role("button", name=re.compile("^Save"))
    expect(button).to_be_enabled()
    button.click()


def question(page: Page) -> Locator:
    """Which of two dates is meant."""
    return page.get_by_text("In “day”, is “01/02/2024” 1 February 2024 or 2 January 2024?").first


def drawer(page: Page) -> Locator:
    return page.get_by_role("dialog")


def try_code(page: Page, code: str) -> None:
    """Fills in code of one's own and tries it."""
    box = page.get_by_label("Code", exact=True)
    box.fill(code)
    box.press("Control+Enter")
    still(page)
    page.get_by_role("button", name=re.compile("Try$")).click()


@pytest.fixture
def clean(own_server: Callable[..., Server], visit: Callable[..., Page], orders_file: Path) -> Page:
    """The page Clean with the orders open, and code of one's own to be filled in."""
    page = visit(f"{own_server().url}/upload")
    add(page, orders_file)
    save(page)
    expect(page.get_by_text("8 rows × 6 columns")).to_be_visible()
    page.goto(page.url.replace("/chat", "/clean").replace("/?", "/clean?"))
    expect(page.get_by_text("Steps so far")).to_be_visible()
    still(page)
    own_code(page)
    return page


def own_code(page: Page) -> None:
    page.get_by_role("tab", name="Build a step").click()
    page.get_by_text("Values", exact=True).first.click()
    page.get_by_text("Own code").first.click()
    expect(page.get_by_label("Code", exact=True)).to_be_visible()


def test_a_step_is_tried_applied_and_seen_in_the_history(clean: Page) -> None:
    page = clean
    try_code(page, "df = df[df['units'] > 1]")
    expect(drawer(page)).to_contain_text("8 → 5 rows")
    shot(page, "clean-drawer")
    drawer(page).get_by_role("button", name=re.compile("Apply$")).click()
    expect(drawer(page)).to_have_count(0)
    expect(page.get_by_text("5 rows × 6 columns")).to_be_visible()
    page.get_by_role("link", name=re.compile("History")).first.click()
    expect(page.get_by_text("Where it comes from")).to_be_visible()
    expect(page.get_by_alt_text(re.compile("orders was read from orders.csv"))).to_be_visible()
    page.locator("[class*=st-key-acts-]").first.get_by_role("button").click()
    page.get_by_text("Save as a new dataset").click()
    drawer(page).get_by_label("Name").fill("Larger orders")
    drawer(page).get_by_label("Name").press("Enter")
    drawer(page).get_by_role("button", name=re.compile("^Save")).click()
    expect(page.get_by_alt_text(re.compile("Larger orders was derived from orders"))).to_be_visible()
    shot(page, "history-lineage")
    page.get_by_role("button", name=re.compile("Open orders")).click()
    expect(page.get_by_text("You are here")).to_be_visible()


@pytest.mark.long
def test_a_step_that_takes_long_says_so_and_is_stopped(clean: Page) -> None:
    page = clean
    try_code(page, SLOW)
    stop = drawer(page).get_by_role("button", name=re.compile("Stop"))
    expect(stop).to_be_visible()
    expect(drawer(page)).to_contain_text("Running the step on every row")
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/clean-running.png")
    stop.click()
    expect(drawer(page)).to_contain_text("You stopped this.")
    expect(drawer(page).get_by_role("button", name=re.compile("Apply"))).to_have_count(0)


@pytest.mark.long
def test_a_step_of_the_list_that_takes_long_is_stopped_in_its_dialog(clean: Page) -> None:
    """The dialog stays, says so, and nothing was changed; what is tried next is done."""
    page = clean
    try_code(page, "df = df[df['units'] > 1]")
    drawer(page).get_by_role("button", name=re.compile("Apply$")).click()
    expect(page.get_by_text("5 rows × 6 columns")).to_be_visible()
    still(page)
    page.locator(".st-key-recipe-edit-0").get_by_role("button").click()
    box = drawer(page).get_by_label("Code", exact=True)
    for code, is_slow in ((SLOW, True), ("df = df[df['units'] > 2]", False)):
        box.fill(code)
        box.press("Control+Enter")
        still(page)
        drawer(page).get_by_role("button", name="Save").click()
        if is_slow:
            stop = drawer(page).get_by_role("button", name=re.compile("Stop"))
            expect(stop).to_be_visible()
            stop.click()
            expect(drawer(page)).to_contain_text("You stopped this.")
            expect(page.get_by_text("5 rows × 6 columns")).to_be_visible()
    expect(drawer(page)).to_have_count(0)
    expect(page.get_by_text(re.compile(r"^[34] rows × 6 columns")).first).to_be_visible()


@pytest.mark.long
def test_a_file_is_read_again_with_other_settings(
    own_server: Callable[..., Server], visit: Callable[..., Page], tmp_path: Path
) -> None:
    file = tmp_path / "days.csv"
    file.write_text("title of the sheet\nday;n\n01/02/2024;1\n03/04/2024;2\n")
    page = visit(f"{own_server().url}/upload")
    add(page, file)
    expect(question(page)).to_be_visible()
    shot(page, "upload-question")
    save(page)
    expect(page.get_by_text("2 rows × 2 columns")).to_be_visible()
    page.get_by_role("link", name="Datasets").click()
    page.locator("[class*=st-key-more-]").first.get_by_role("button").click()
    page.get_by_text("Read the file again", exact=True).click()
    expect(question(page)).to_be_visible()
    still(page)
    page.get_by_text(re.compile("day first")).first.click()
    expect(question(page)).to_have_count(0)
    still(page)
    save(page)
    expect(page.get_by_text("2 rows × 2 columns")).to_be_visible()
    page.get_by_role("link", name="Datasets").click()
    expect(page.locator("[class*=st-key-more-]")).to_have_count(2)


@pytest.mark.long
def test_files_are_stacked_with_a_column_that_says_which(
    own_server: Callable[..., Server], visit: Callable[..., Page], tmp_path: Path
) -> None:
    files = [tmp_path / f"{name}.csv" for name in ("north", "south")]
    for number, file in enumerate(files):
        file.write_text(f"id,amount\n{number},1.5\n{number + 5},2.5\n")
    page = visit(f"{own_server().url}/upload")
    add(page, *files)
    page.get_by_text("One dataset, stacked").click()
    expect(page.get_by_text("Add a column “Source”")).to_be_visible()
    still(page)
    page.get_by_label("Name", exact=True).fill("Both")
    page.get_by_label("Name", exact=True).press("Enter")
    shot(page, "upload-stacked")
    still(page)
    save(page)
    expect(page.get_by_text("4 rows × 3 columns")).to_be_visible()
    page.goto(page.url.replace("/?", "/history?"))
    expect(
        page.get_by_alt_text(re.compile("Both was read from north.csv; Both was read from south.csv"))
    ).to_be_visible()
