"""Tickets are good for one person, one purpose and a time, and cannot be made elsewhere."""

from __future__ import annotations

import base64
import json
import time

import pytest

from services import tickets
from services.errors import Forbidden
from services.workspace import Workspace


def test_a_ticket_opens_the_workspace_of_whom_it_was_given_to(ws: Workspace) -> None:
    ticket = tickets.give(ws, "upload")
    assert tickets.redeem(ws.backends, ticket, "upload") == ws
    assert ticket == tickets.give(ws, "upload")


def test_a_ticket_is_good_for_nothing_else(ws: Workspace) -> None:
    with pytest.raises(Forbidden):
        tickets.redeem(ws.backends, tickets.give(ws, "upload:1"), "upload:2")


def test_a_ticket_ends(ws: Workspace) -> None:
    ticket = tickets.give(ws, "upload", seconds=-2 * tickets.SLOT_SECONDS)
    with pytest.raises(Forbidden, match="too old"):
        tickets.redeem(ws.backends, ticket, "upload")


def forged(ws: Workspace, **changes: object) -> list[str]:
    body, _, signature = tickets.give(ws, "upload").partition(".")
    told = json.loads(base64.urlsafe_b64decode(body + "=="))
    told[0], told[3] = "somebody", time.time() + 9e9
    other = base64.urlsafe_b64encode(json.dumps(told).encode()).decode().rstrip("=")
    return [
        f"{other}.{signature}",
        f"{body}.",
        f"{body}.{body}",
        body,
        ".",
        "",
        "ü.ü",
        "a" * 100_000,
        f"{body}=.{signature}!",
    ]


def test_a_forged_ticket_is_refused(ws: Workspace) -> None:
    for ticket in forged(ws):
        with pytest.raises(Forbidden):
            tickets.redeem(ws.backends, ticket, "upload")


def test_the_key_is_made_once_and_kept_for_this_account_alone(ws: Workspace) -> None:
    path = ws.backends.settings.home / "signing.key"
    assert path.read_bytes() == ws.backends.signing_key
    assert len(ws.backends.signing_key) == 32
    assert path.stat().st_mode & 0o777 == 0o600
    assert repr(ws.backends.signing_key) not in repr(ws.backends)
    assert [each.name for each in path.parent.glob(".*.key")] == []
