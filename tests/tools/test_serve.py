"""`make run` finds a port, and opens a browser only where there is a screen for one."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tools import serve


class Healthy(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *words: object) -> None:
        """Says nothing."""


@pytest.fixture
def server() -> Iterator[str]:
    listening = HTTPServer(("127.0.0.1", 0), Healthy)
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{listening.server_port}"
    listening.shutdown()
    listening.server_close()


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


def test_a_named_port_is_used_when_it_is_free(taken: int) -> None:
    with pytest.raises(ValueError, match=f"Port {taken} cannot be used"):
        serve.choose_port(str(taken))


@pytest.mark.parametrize("named", ["http", "0", "65536", "-1", "80 80", "٣"])
def test_what_is_no_port_is_refused(named: str) -> None:
    with pytest.raises(ValueError, match=r"is no port|cannot be used"):
        serve.choose_port(named)


def test_without_a_name_the_first_free_port_is_taken(taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "FIRST_PORT", taken)
    assert taken < serve.choose_port("") < taken + serve.PORTS


def test_the_app_listens_on_this_computer_only_and_asks_for_nothing() -> None:
    words = serve.arguments(8600)
    assert {"--server.address=localhost", "--server.port=8600", "--server.headless=true"} <= set(words)


def test_a_browser_needs_a_screen_and_an_opener(tmp_path: Path) -> None:
    for name in ("xdg-open", "open"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    path = str(tmp_path)
    assert serve.browser_command({"PATH": path, "DISPLAY": ":0"}, "linux") == f"{path}/xdg-open"
    assert serve.browser_command({"PATH": path, "WAYLAND_DISPLAY": "wayland-0"}, "linux") == f"{path}/xdg-open"
    assert serve.browser_command({"PATH": path}, "darwin") == f"{path}/open"
    assert serve.browser_command({"PATH": path}, "linux") == ""
    assert serve.browser_command({"PATH": "/nowhere", "DISPLAY": ":0"}, "linux") == ""


def test_the_browser_opens_once_the_server_answers(tmp_path: Path, server: str) -> None:
    opener = tmp_path / "opener"
    opener.write_text(f'#!/bin/sh\necho "$1" > "{tmp_path}/part" && mv "{tmp_path}/part" "{tmp_path}/opened"\n')
    opener.chmod(0o755)
    before = os.getpid()
    serve.detach(str(opener), server)
    assert os.getpid() == before
    end = time.monotonic() + 20
    while not (tmp_path / "opened").exists() and time.monotonic() < end:
        time.sleep(0.05)
    assert (tmp_path / "opened").read_text() == f"{server}\n"


def test_waiting_for_a_server_that_never_comes_ends(taken: int) -> None:
    assert not serve.wait("http://127.0.0.1:1/healthz", 0.3)
