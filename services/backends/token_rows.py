"""Tokens that are good once: for a reset, an invitation, the server's first owner. Only their hashes are kept."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from services.backends.database import Database
from services.backends.job_rows import changed
from services.backends.tables import one_time_tokens as table


class TokenRows:
    """All one-time tokens of this server."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, token: str, purpose: str, subject: str, expires_at: datetime, *, alone: bool = False) -> None:
        """Keeps a token; `alone` withdraws the earlier ones for the same."""
        values = {"token_hash": _hashed(token), "purpose": purpose, "subject": subject, "expires_at": expires_at}
        with self._database.session() as session:
            if alone:
                session.execute(delete(table).where(table.c.purpose == purpose, table.c.subject == subject))
            session.execute(insert(table).values(values))

    def subject(self, token: str, purpose: str, now: datetime) -> str | None:
        """Whom or what the token is for, while it is good."""
        good = (table.c.token_hash == _hashed(token)) & (table.c.purpose == purpose)
        fresh = table.c.used_at.is_(None) & (table.c.expires_at > now)
        with self._database.reading() as session:
            return session.scalar(select(table.c.subject).where(good & fresh))

    def use(self, token: str, purpose: str, now: datetime) -> bool:
        """Whether the token was good; it is not any more. Of many at once, one is told yes."""
        good = (table.c.token_hash == _hashed(token)) & (table.c.purpose == purpose)
        fresh = table.c.used_at.is_(None) & (table.c.expires_at > now)
        with self._database.session() as session:
            return changed(session, update(table).where(good & fresh).values(used_at=now)) == 1

    def spend(self, token: str, purpose: str, now: datetime, expires_at: datetime) -> bool:
        """Whether a token that somebody else gave was never seen before; it is known as used until it expires."""
        values = {"token_hash": _hashed(token), "purpose": purpose, "subject": "", "expires_at": expires_at}
        try:
            with self._database.session() as session:
                session.execute(insert(table).values(**values, used_at=now))
        except IntegrityError:
            return False
        return True

    def is_known(self, token: str, purpose: str) -> bool:
        """Whether it was kept or spent."""
        mine = (table.c.token_hash == _hashed(token)) & (table.c.purpose == purpose)
        with self._database.reading() as session:
            return session.scalar(select(table.c.purpose).where(mine)) is not None

    def withdraw(self, purpose: str, subject: str) -> None:
        """Makes the tokens for this worthless."""
        with self._database.session() as session:
            session.execute(delete(table).where(table.c.purpose == purpose, table.c.subject == subject))

    def expired(self, now: datetime) -> int:
        """How many have expired and are still kept."""
        with self._database.reading() as session:
            return session.scalar(select(func.count()).where(table.c.expires_at <= now)) or 0

    def sweep(self, now: datetime) -> int:
        """Removes those that have expired; how many there were."""
        with self._database.session() as session:
            return changed(session, delete(table).where(table.c.expires_at <= now))


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
