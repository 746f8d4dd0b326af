"""Files in pieces: in order, within limits, and only for the person the ticket was given to."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from services import tickets, uploads
from services.routes.uploads import MOST_BODY_BYTES, PREFIX, TICKET
from services.workspace import Backends, Workspace

CONTENT = os.urandom(2_500_000)


@pytest.fixture
def page(ws: Workspace) -> dict[str, str]:
    """What the page sends along."""
    return {TICKET: tickets.give(ws, "upload")}


def begin(http: TestClient, page: dict[str, str], name: str = "a.csv", size: int = len(CONTENT)) -> tuple[str, dict]:
    told = http.post(PREFIX, json={"name": name, "size": size}, headers=page)
    assert told.status_code == 201
    return told.json()["id"], {TICKET: told.json()["ticket"]}


def test_a_file_comes_in_pieces_and_is_whole(http: TestClient, ws: Workspace, page: dict[str, str]) -> None:
    id, own = begin(http, page, "sales.csv")
    for start in range(0, len(CONTENT), 1_000_000):
        answer = http.put(f"{PREFIX}/{id}?at={start}", content=CONTENT[start : start + 1_000_000], headers=own)
        assert answer.json() == {"received": min(start + 1_000_000, len(CONTENT))}
    assert http.post(f"{PREFIX}/{id}/finish", headers=own).status_code == 204
    upload = uploads.state(ws, id)
    assert (upload.filename, upload.content_hash) == ("sales.csv", hashlib.sha256(CONTENT).hexdigest())
    with uploads.original(ws, id) as path:
        assert path.read_bytes() == CONTENT


def test_after_a_cut_it_goes_on_where_it_stopped(http: TestClient, ws: Workspace, page: dict[str, str]) -> None:
    id, own = begin(http, page)
    http.put(f"{PREFIX}/{id}?at=0", content=CONTENT[:700_000], headers=own)
    again = http.put(f"{PREFIX}/{id}?at=0", content=CONTENT, headers=own)
    assert (again.status_code, "700,000" in again.json()["message"]) == (400, True)
    told = http.post(f"{PREFIX}/{id}/resume", headers=page).json()
    assert (told["received"], told["size"], told["whole"]) == (700_000, len(CONTENT), False)
    http.put(f"{PREFIX}/{id}?at=700000", content=CONTENT[700_000:], headers={TICKET: told["ticket"]})
    assert http.post(f"{PREFIX}/{id}/finish", headers=own).status_code == 204
    assert uploads.state(ws, id).content_hash == hashlib.sha256(CONTENT).hexdigest()


def test_limits_hold_on_the_server(http: TestClient, ws: Workspace, page: dict[str, str]) -> None:
    most = uploads.allowance(ws).most_per_file
    refused = http.post(PREFIX, json={"name": "big.csv", "size": most + 1}, headers=page)
    assert (refused.status_code, "a file may have 500 MB" in refused.json()["message"]) == (400, True)
    id, own = begin(http, page, size=10)
    assert http.put(f"{PREFIX}/{id}?at=0", content=b"x" * 11, headers=own).status_code == 400
    assert http.put(f"{PREFIX}/{id}?at=0", content=_endless(), headers=own).status_code == 400
    assert http.post(f"{PREFIX}/{id}/finish", headers=own).status_code == 400
    assert uploads.state(ws, id).received <= 10


def _endless() -> Iterator[bytes]:
    for _ in range(MOST_BODY_BYTES // 65_536 + 2):
        yield b"x" * 65_536


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"name": 1, "size": 2}',
        b'{"name": "a", "size": "2"}',
        b'{"name": "a", "size": -1}',
        b"[" * 9_000,
    ],
)
def test_nonsense_is_refused_with_a_sentence(http: TestClient, page: dict[str, str], body: bytes) -> None:
    answer = http.post(PREFIX, content=body, headers=page)
    assert answer.status_code == 400
    assert answer.json()["message"]


@pytest.mark.parametrize("at", ["", "-1", "1.5", "x", "9" * 30])
def test_a_piece_says_where_it_belongs(http: TestClient, page: dict[str, str], at: str) -> None:
    id, own = begin(http, page)
    assert http.put(f"{PREFIX}/{id}", params={"at": at}, content=b"x", headers=own).status_code == 400


def test_without_the_right_ticket_nothing_happens(http: TestClient, ws: Workspace, page: dict[str, str]) -> None:
    id, own = begin(http, page)
    other, _ = begin(http, page)
    for ticket in ({}, {TICKET: "x.y"}, page, {TICKET: tickets.give(ws, f"upload:{other}")}):
        assert http.put(f"{PREFIX}/{id}?at=0", content=b"x", headers=ticket).status_code == 403
        assert http.post(f"{PREFIX}/{id}/finish", headers=ticket).status_code == 403
        assert http.delete(f"{PREFIX}/{id}", headers=ticket).status_code == 403
    for ticket in ({}, {TICKET: "x.y"}, own):
        assert http.post(PREFIX, json={"name": "a", "size": 1}, headers=ticket).status_code == 403
        assert http.post(f"{PREFIX}/{id}/resume", headers=ticket).status_code == 403
        assert http.post(f"{PREFIX}/probe", headers=ticket).status_code == 403
    assert uploads.state(ws, id).received == 0


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"sec-fetch-site": "", "origin": "http://localhost:9999"},
        {"sec-fetch-site": "", "origin": "null"},
    ],
)
def test_another_site_may_not_send(http: TestClient, page: dict[str, str], headers: dict[str, str]) -> None:
    assert http.post(f"{PREFIX}/probe", headers={**page, **headers}).status_code == 403
    assert http.post(f"{PREFIX}/probe", headers=page).status_code == 204


def test_another_persons_upload_is_not_there(
    http: TestClient, backends: Backends, ws: Workspace, page: dict[str, str]
) -> None:
    theirs = uploads.begin(replace(ws, user=ws.user.model_copy(update={"id": "else"})), "theirs.csv", 5)
    assert http.post(f"{PREFIX}/{theirs.id}/resume", headers=page).status_code == 404
    forged = {TICKET: tickets.give(ws, f"upload:{theirs.id}")}
    assert http.put(f"{PREFIX}/{theirs.id}?at=0", content=b"x", headers=forged).status_code == 404


def test_an_upload_is_given_up(http: TestClient, page: dict[str, str]) -> None:
    id, own = begin(http, page)
    assert http.delete(f"{PREFIX}/{id}", headers=own).status_code == 204
    assert http.post(f"{PREFIX}/{id}/resume", headers=page).status_code == 404


@pytest.mark.parametrize("name", ["../../etc/passwd", "a\x00b.csv", "\u202egnp.csv", "x" * 900, "表.csv", ""])
def test_names_are_hostile(http: TestClient, ws: Workspace, page: dict[str, str], name: str) -> None:
    id, own = begin(http, page, name, size=4)
    http.put(f"{PREFIX}/{id}?at=0", content=b"a\n1\n", headers=own)
    assert http.post(f"{PREFIX}/{id}/finish", headers=own).status_code == 204
    files = [path for path in ws.backends.settings.home.rglob("*") if path.is_file() and path.read_bytes() == b"a\n1\n"]
    assert [path.name for path in files] == ["original"]
