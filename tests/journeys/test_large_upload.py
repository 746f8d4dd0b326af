"""An upload of 500 MB passes the web process by: its memory stays within 120 MB of what it has at rest."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.server import PYTHON, Server

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.timeout(900)]
SIZE_MB, MOST_MB = 499, 120
SECONDS = 600_000
ZEROS = b"0123456789abcdef" * 65_536


def resident_mb(pid: int) -> float:
    """Memory of the process, in megabytes."""
    told = Path(f"/proc/{pid}/status").read_text()
    return int(re.findall(r"VmRSS:\s+(\d+) kB", told)[0]) / 1_000


class Watch:
    """Notes the largest memory of a process while it is entered."""

    def __init__(self, pid: int) -> None:
        self.peak, self._pid, self._end = 0.0, pid, threading.Event()
        self._thread = threading.Thread(target=self._look)

    def _look(self) -> None:
        while not self._end.wait(0.05):
            self.peak = max(self.peak, resident_mb(self._pid))

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()


def test_the_web_process_does_not_hold_the_file(
    own_server: Callable[..., Server],
    visit: Callable[..., Page],
    orders_file: Path,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    large = tmp_path / "large.csv"
    with large.open("wb") as file:
        file.write(b"text\n")
        for _ in range(SIZE_MB):
            file.write(ZEROS[: 1_000_000 - 1] + b"\n")
    server = own_server(command=PYTHON)
    assert server._process is not None
    page = visit(f"{server.url}/upload")
    page.locator(".box input[type=file]").set_input_files(orders_file)
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator(".box")).to_be_visible()
    time.sleep(5)
    rest, began = resident_mb(server._process.pid), time.monotonic()
    with Watch(server._process.pid) as watch:
        with page.expect_response(lambda answer: answer.url.endswith("/finish"), timeout=SECONDS) as finished:
            page.locator(".box input[type=file]").set_input_files(large)
        took = time.monotonic() - began
        assert finished.value.status == 204
        time.sleep(5)
    after = resident_mb(server._process.pid)
    record_property(
        "upload", f"{SIZE_MB} MB in {took:.1f} s: {rest:.0f} MB at rest, {watch.peak:.0f} at most, {after:.0f} after"
    )
    assert watch.peak - rest < MOST_MB
