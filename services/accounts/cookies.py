"""The cookie of a browser: signed, exchanged for a fresh one every quarter of an hour, worth nothing without its row.

A cookie is "session.turn.signature". The next one is handed out, and the first time it comes back the earlier ones end.
One that was ended and comes back later was copied: the whole session ends.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import secrets
from datetime import UTC, datetime, timedelta
from typing import Final

from services.access import Action
from services.accounts.places import Place
from services.domain import Session, User, Way
from services.errors import Forbidden
from services.workspace import Backends, open_workspace

log = logging.getLogger(__name__)

PLAIN: Final = "red_pandas"
SECURE: Final = "__Host-red_pandas"
"""The name over HTTPS: browsers then let no other host of the domain set it."""
TICKET: Final = "session"
TICKET_SECONDS: Final = 30
TURN: Final = timedelta(minutes=15)
GRACE: Final = timedelta(minutes=2)
"""How long the cookie before is good: requests may have been under way."""
SEEN: Final = timedelta(minutes=1)
MOST_DAYS: Final = 90
LONGEST: Final = 200


def give_ticket(backends: Backends, user: User, way: Way) -> str:
    """What the browser exchanges for a cookie, once, within half a minute."""
    ticket = secrets.token_urlsafe(32)
    soon = datetime.now(UTC) + timedelta(seconds=TICKET_SECONDS)
    backends.one_time.add(ticket, TICKET, f"{way} {user.id}", soon)
    return ticket


def exchange(backends: Backends, ticket: str, place: Place, old: str = "") -> str:
    """A cookie of a new session; the session of the `old` cookie ends. Raises: Forbidden."""
    now = datetime.now(UTC)
    subject = backends.one_time.subject(ticket, TICKET, now)
    if subject is None or not backends.one_time.use(ticket, TICKET, now):
        raise Forbidden("This sign-in is too old.", "Sign in again.")
    way, _, user_id = subject.partition(" ")
    end(backends, old)
    return begin(backends, user_id, Way(way), place)


def begin(backends: Backends, user_id: str, way: Way, place: Place, session_id: str = "") -> str:
    """The cookie of a new session of this person. Raises: Forbidden, when they may not come in."""
    ws, now = open_workspace(backends, user_id), datetime.now(UTC)
    session = Session(
        id=session_id or secrets.token_hex(16),
        user_id=user_id,
        way=way,
        turned_at=now,
        address=place.address[:64],
        agent=place.agent,
        created_at=now,
        seen_at=now,
        expires_at=now + _idle(backends, way),
    )
    backends.sessions.add(session)
    ws.rows.add_activity(Action.SIGN_IN, session.id)
    return _cookie(backends, session.id, 0)


def who(backends: Backends, cookie: str) -> Session | None:
    """The session of a cookie that is good."""
    found = parse(backends, cookie)
    session = backends.sessions.get(found[0], datetime.now(UTC)) if found else None
    return _judged(backends, session, found[1]) if found and session else None


def alive(backends: Backends, session_id: str) -> Session | None:
    """The session, if it has not ended; for a connection whose cookie was good when it was made."""
    session = backends.sessions.get(session_id, datetime.now(UTC))
    return session and _seen(backends, session)


def fresh(backends: Backends, session: Session) -> str:
    """The next cookie when this one has had its time, else ""."""
    due = datetime.now(UTC) - session.turned_at > TURN
    return _cookie(backends, session.id, session.turned + 1) if due else ""


def end(backends: Backends, cookie: str) -> None:
    """Ends the session of a cookie, if there is one."""
    if found := parse(backends, cookie):
        backends.sessions.end(found[0])


def mint(backends: Backends) -> str:
    """A signed cookie without a session yet: for a visitor, who gets one when a page is opened with it."""
    return _cookie(backends, secrets.token_hex(16), 0)


def parse(backends: Backends, cookie: str) -> tuple[str, int] | None:
    """Session and turn of a cookie that was signed here."""
    session_id, _, rest = cookie.partition(".")
    turn = rest.partition(".")[0]
    if len(cookie) > LONGEST or not cookie.isascii() or not turn.isdecimal():
        return None
    return (session_id, int(turn)) if hmac.compare_digest(_cookie(backends, session_id, int(turn)), cookie) else None


def _judged(backends: Backends, session: Session, turn: int) -> Session | None:
    now = datetime.now(UTC)
    if turn == session.turned + 1:
        backends.sessions.turn(session, now)
        session = session.model_copy(update={"turned": turn, "turned_at": now})
    elif turn < session.turned and (turn < session.turned - 1 or now > session.turned_at + GRACE):
        log.warning("A cookie that was ended came back: session %s of %s is ended.", session.id[:8], session.user_id)
        backends.sessions.end(session.id)
        return None
    elif turn > session.turned:
        return None
    return _seen(backends, session)


def _seen(backends: Backends, session: Session) -> Session:
    now = datetime.now(UTC)
    if now - session.seen_at < SEEN:
        return session
    last = session.created_at + timedelta(days=1 if session.way is Way.VISITOR else MOST_DAYS)
    expires_at = min(now + _idle(backends, session.way), last)
    backends.sessions.seen(session.id, now, expires_at)
    return session.model_copy(update={"seen_at": now, "expires_at": expires_at})


def _idle(backends: Backends, way: Way) -> timedelta:
    return timedelta(days=1 if way is Way.VISITOR else backends.settings.session_days)


def _cookie(backends: Backends, session_id: str, turn: int) -> str:
    body = f"{session_id}.{turn}"
    signature = hmac.digest(backends.signing_key, b"session cookie " + body.encode(), hashlib.sha256)
    return f"{body}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"
