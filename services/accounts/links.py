"""Links that are good once: to become the server's first owner, to register, to set a new password."""

from __future__ import annotations

import logging
import secrets
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from services.errors import Forbidden
from services.workspace import Backends

log = logging.getLogger(__name__)

Purpose = Literal["owner", "join", "reset"]
LASTS: Final[dict[Purpose, timedelta]] = {
    "owner": timedelta(days=7),
    "join": timedelta(days=7),
    "reset": timedelta(days=1),
}
JOIN: Final = "join"
RESET: Final = "reset"
"""Names in the address: `/?join=…`, `/?reset=…`."""


def give(backends: Backends, purpose: Purpose, subject: str = "") -> str:
    """A new token; the earlier ones for the same subject are worth nothing any more."""
    token = secrets.token_urlsafe(24)
    alone = purpose != "join" or bool(subject)
    backends.one_time.add(token, purpose, subject, datetime.now(UTC) + LASTS[purpose], alone=alone)
    return token


def subject(backends: Backends, token: str, purpose: Purpose) -> str | None:
    """Whom the token is for, while it is good."""
    return backends.one_time.subject(token, purpose, datetime.now(UTC)) if token else None


def use(backends: Backends, token: str, purpose: Purpose) -> None:
    """Raises: Forbidden, when the token is not good; it is not any more."""
    if not backends.one_time.use(token, purpose, datetime.now(UTC)):
        raise stale()


def stale() -> Forbidden:
    """What is said of a token that is not good, whatever the reason."""
    return Forbidden("This link was used, has expired, or never was one.", "Ask for a new one.")


def announce(backends: Backends) -> str:
    """Logs the link that makes the first person the owner of a server that has none; "" once it has one."""
    if backends.people.has_owner():
        return ""
    token = give(backends, "owner")
    log.warning("This server has no owner yet. Whoever opens its address followed by  /?join=%s  becomes it.", token)
    return token
