"""Tickets: signed notes that let the browser call a route for the person a page was drawn for, and for nothing else."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Final

from services.access import Action, requires
from services.errors import Forbidden
from services.workspace import Backends, Workspace, open_workspace

SLOT_SECONDS: Final = 1_800
"""Tickets given within this time are the same, so that a page that is drawn again does not change."""


@requires(Action.DATASET_READ)
def give(ws: Workspace, purpose: str, seconds: int = 2 * SLOT_SECONDS) -> str:
    """A ticket for this person and this purpose ("upload", "download:csv:<version>"), good for `seconds` at least."""
    until = (int(time.time()) // SLOT_SECONDS + 1) * SLOT_SECONDS + seconds
    body = json.dumps([ws.user.id, ws.team.id, ws.via, purpose, until], separators=(",", ":")).encode()
    return f"{_text(body)}.{_text(_sign(ws.backends, body))}"


def redeem(backends: Backends, ticket: str, purpose: str) -> Workspace:
    """The workspace of the person the ticket was given to.

    Raises: Forbidden, when it was not given here, for something else, or too long ago.
    """
    body, _, signature = ticket.partition(".")
    try:
        signed, expected = _bytes(body), _bytes(signature)
    except ValueError:
        raise _refused() from None
    if not hmac.compare_digest(_sign(backends, signed), expected):
        raise _refused()
    user_id, team_id, share_id, given_for, until = json.loads(signed)
    if given_for != purpose or until < time.time():
        raise _refused()
    return open_workspace(backends, user_id or None, team_id, share_id)


def _sign(backends: Backends, body: bytes) -> bytes:
    return hmac.digest(backends.signing_key, body, hashlib.sha256)


def _text(body: bytes) -> str:
    return base64.urlsafe_b64encode(body).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    """Raises: ValueError."""
    return base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _refused() -> Forbidden:
    return Forbidden("This page is too old to do that.", "Reload the page and try again.")
