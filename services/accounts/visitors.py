"""Visitors: each browser gets a person of its own, who is removed a day later with everything they made."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Final

from services.accounts import cookies, throttling
from services.accounts.places import Place
from services.domain import Session, User, Way
from services.errors import BadInput
from services.workspace import Backends, open_workspace

STAYS: Final = timedelta(days=1)


def come(backends: Backends, cookie: str, place: Place) -> Session | None:
    """The session of a browser with a cookie that was minted here: a new visitor, if it is the first time.

    Raises: Forbidden, when too many came from there.
    """
    found = cookies.parse(backends, cookie)
    if found is None:
        return None
    if session := cookies.who(backends, cookie):
        return session
    throttling.visit(backends, place)
    user_id = hashlib.sha256(b"visitor " + found[0].encode()).hexdigest()[:32]
    with suppress(BadInput):  # two tabs at once
        backends.people.add(User(id=user_id, name="Visitor", is_visitor=True, created_at=datetime.now(UTC)))
    cookies.begin(backends, user_id, Way.VISITOR, place, found[0])
    return cookies.alive(backends, found[0])


def over(backends: Backends) -> list[User]:
    """The visitors of yesterday, whose time is over."""
    return backends.people.visitors(datetime.now(UTC) - STAYS)


def sweep(backends: Backends) -> int:
    """Removes visitors of yesterday with all they made; how many there were."""
    gone = over(backends)
    for visitor in gone:
        remove(backends, visitor)
    return len(gone)


def remove(backends: Backends, visitor: User) -> None:
    """Removes a visitor with all they made. Files first: when it is cut off between, it can be done again."""
    backends.sessions.end_all(visitor.id)
    for upload in open_workspace(backends, visitor.id).uploads.unread(datetime.now(UTC)):
        backends.parts.discard(upload.id)
    for key in list(backends.storage.list(f"{visitor.id}/")):
        backends.storage.delete(key)
    backends.people.remove_space(visitor.id)
    backends.people.remove(visitor.id)


def housekeeping(backends: Backends) -> None:
    """Removes what time has ended: visitors, sessions, counters, links."""
    now = datetime.now(UTC)
    sweep(backends)
    backends.sessions.sweep(now)
    backends.throttles.sweep(now - STAYS)
    backends.one_time.sweep(now)
