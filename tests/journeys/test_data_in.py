"""Data comes in, is corrected, found again, taken away and deleted: in a real browser."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import xlsxwriter
from playwright.sync_api import Locator, Page, Request, Route, expect

from tests.journeys.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
PIECE = 8 * 1024 * 1024
ROWS = 400_000


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A CSV file of three pieces."""
    path = tmp_path_factory.mktemp("large") / "large.csv"
    with path.open("w", encoding="ascii") as file:
        file.write("id,word,filler\n")
        file.writelines(f"{n},w{n % 97},{'x' * 40}\n" for n in range(ROWS))
    assert 2 * PIECE < path.stat().st_size < 3 * PIECE
    return path


def box(page: Page) -> Locator:
    """Where files are chosen."""
    return page.locator(".box input[type=file]")


def save(page: Page) -> None:
    button = page.get_by_role("button", name=re.compile("^Save"))
    expect(button).to_be_enabled()
    button.click()


def still(page: Page) -> None:
    """Waits until the page is drawn: what is opened before closes again."""
    expect(page.locator("[data-testid=stApp]")).to_have_attribute("data-test-script-state", "notRunning")


def offset(request: Request) -> int:
    return int(parse_qs(urlsplit(request.url).query).get("at", ["-1"])[0])


def watched(page: Page, cut: Callable[[int], bool]) -> list[int]:
    """Where the pieces begin that the browser sends, in order; those for which `cut` holds never arrive."""
    seen: list[int] = []

    def pass_or_cut(route: Route) -> None:
        if route.request.method != "PUT":
            route.continue_()
            return
        seen.append(offset(route.request))
        if cut(len(seen)):
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/transfer/uploads/**", pass_or_cut)
    return seen


@pytest.mark.long
def test_a_large_file_goes_on_by_itself_after_a_cut(
    own_server: Callable[..., Server], visit: Callable[..., Page], large: Path
) -> None:
    page = visit(f"{own_server().url}/upload")
    seen = watched(page, cut=lambda count: count == 2)
    box(page).set_input_files(large)
    expect(page.get_by_text("Connection lost")).to_be_visible()
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()
    assert seen == [0, PIECE, PIECE, 2 * PIECE]
    save(page)
    expect(page.get_by_text(f"{ROWS:,} rows × 3 columns")).to_be_visible()


@pytest.mark.long
def test_a_large_file_goes_on_when_it_is_chosen_again(
    own_server: Callable[..., Server], visit: Callable[..., Page], large: Path
) -> None:
    page = visit(f"{own_server().url}/upload")
    seen = watched(page, cut=lambda count: count > 1)
    box(page).set_input_files(large)
    expect(page.get_by_text("Connection lost")).to_be_visible()
    page.unroute("**/transfer/uploads/**")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    again = watched(page, cut=lambda _: False)
    box(page).set_input_files(large)
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()
    assert seen[0] == 0
    assert again == [PIECE, 2 * PIECE]


@pytest.mark.long
def test_what_is_too_large_is_said_before_anything_is_sent(
    own_server: Callable[..., Server], visit: Callable[..., Page], large: Path
) -> None:
    page = visit(f"{own_server(settings={'RED_PANDAS_UPLOAD_MB': '5'}).url}/upload")
    sent = watched(page, cut=lambda _: False)
    box(page).set_input_files(large)
    expect(page.locator(".box .bad")).to_contain_text("a file may have 5.0 MB")
    page.locator(".box").get_by_role("button", name="Remove large.csv").click()
    expect(page.locator(".box li")).to_have_count(0)
    assert sent == []


@pytest.mark.long
def test_without_the_route_the_plain_form_takes_files(
    own_server: Callable[..., Server], visit: Callable[..., Page], orders_file: Path
) -> None:
    page = visit("about:blank")
    page.route("**/transfer/**", lambda route: route.fulfill(status=404, body="not here"))
    page.goto(f"{own_server().url}/upload")
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(orders_file)
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()
    save(page)
    expect(page.get_by_text("8 rows × 6 columns")).to_be_visible()


@pytest.mark.long
def test_a_table_is_pasted_and_a_column_corrected(server: Server, visit: Callable[..., Page]) -> None:
    page = visit(f"{server.url}/upload")
    page.get_by_role("button", name="Paste a table").click()
    page.get_by_label("Table to paste").fill("zone\tamount\n1\t2.5\n2\t3.5\n3\t1.5\n")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()
    still(page)
    page.get_by_text("How it was read").click()
    still(page)
    _choose(page, "Kind of zone", "text")
    expect(page).to_have_url(re.compile("readings=.*text"))
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()
    page.get_by_label("Name", exact=True).fill("Zones")
    page.get_by_label("Name", exact=True).press("Enter")
    save(page)
    expect(page.get_by_text("3 rows × 2 columns")).to_be_visible()


@pytest.mark.long
def test_the_sheets_of_a_workbook_are_chosen(server: Server, visit: Callable[..., Page], tmp_path: Path) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "book.xlsx")) as book:
        for name, count in (("Sales", 3), ("Costs", 2)):
            sheet = book.add_worksheet(name)
            for row in range(count + 1):
                sheet.write_row(row, 0, ["id", "amount"] if row == 0 else [row, row * 1.5])
    page = visit(f"{server.url}/upload")
    box(page).set_input_files(tmp_path / "book.xlsx")
    page.get_by_role("button", name=re.compile("^Costs")).click()
    expect(page.get_by_role("button", name=re.compile("^Save 2 datasets"))).to_be_visible()
    save(page)
    expect(page.get_by_text("2 datasets saved")).to_be_visible()
    page.get_by_role("button", name="Open").last.click()
    expect(page.get_by_text("2 rows × 2 columns")).to_be_visible()


@pytest.mark.long
def test_a_dataset_is_described_looked_into_deleted_and_brought_back(
    own_server: Callable[..., Server], visit: Callable[..., Page], orders_file: Path
) -> None:
    page = visit(f"{own_server().url}/datasets")
    box(page).set_input_files(orders_file)
    save(page)
    expect(page.get_by_text("8 rows × 6 columns")).to_be_visible()
    page.get_by_role("link", name="Datasets").click()

    _act(page, "Rename, describe, tag")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Orders of spring")
    dialog.get_by_label("Description").fill("What was sold")
    dialog.get_by_label("Description").press("Control+Enter")
    dialog.get_by_role("button", name=re.compile("^Save")).click()
    expect(page.get_by_text("Orders of spring")).to_be_visible()
    expect(page.get_by_text("What was sold")).to_be_visible()

    _act(page, "Delete")
    expect(page.get_by_text("Orders of spring was deleted")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Undo")).click()
    expect(page.get_by_text("Orders of spring was deleted")).to_have_count(0)

    page.get_by_role("button", name="Look inside").first.click()
    expect(page.get_by_text("Rows 1–8 of 8")).to_be_visible()
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()


@pytest.mark.long
def test_a_dataset_is_taken_away(
    own_server: Callable[..., Server], visit: Callable[..., Page], orders_file: Path
) -> None:
    page = visit(f"{own_server().url}/datasets")
    box(page).set_input_files(orders_file)
    save(page)
    expect(page.get_by_text("8 rows × 6 columns")).to_be_visible()
    page.get_by_role("link", name="Datasets").click()
    _act(page, "Download")
    links = page.get_by_role("dialog").get_by_role("link")
    expect(links).to_have_count(4)
    for place, name in enumerate(("orders.csv", "orders.xlsx", "orders.parquet", "orders.csv")):
        with page.expect_download() as caught:
            links.nth(place).click()
        assert caught.value.suggested_filename == name
        path = Path(caught.value.path())
        assert path.stat().st_size > 100
        if place == 0:
            assert len(list(csv.reader(path.open()))) == 9
    assert path.read_bytes() == orders_file.read_bytes()


def _choose(page: Page, label: str, option: str) -> None:
    """Picks from a list. What is above may still be opening when the click comes, so it may take a second one."""
    wanted = page.get_by_role("option", name=re.compile(f"^{option}", re.IGNORECASE))
    for _ in range(10):
        page.get_by_label(label).last.click()
        page.wait_for_timeout(1_000)
        if wanted.count():
            break
    wanted.click()


def _act(page: Page, name: str) -> None:
    """Picks from the menu of the newest dataset."""
    page.locator("[class*=st-key-more-]").first.get_by_role("button").click()
    page.get_by_text(name, exact=True).click()
