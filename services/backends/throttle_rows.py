"""How often something was tried: counted in the database, so that a restart forgives nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from services.backends.database import Database
from services.backends.job_rows import changed
from services.backends.tables import throttles
from services.domain import Bound


class ThrottleRows:
    """All counters of this server. Keys are kept as hashes: they hold addresses of people."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def count(self, bounds: Collection[Bound], now: datetime) -> datetime | None:
        """Counts one try against every bound; until when it must wait, if it may not be made now.

        Counted before the try is made, so that many at once are not let through together.
        """
        with self._database.session() as session:
            # In one order everywhere, so that two tries never wait for each other's rows.
            waits = [self._count(session, bound, now) for bound in sorted(bounds, key=lambda bound: bound.key)]
        return max((wait for wait in waits if wait), default=None)

    def forget(self, keys: Collection[str]) -> None:
        """Forgives what was counted, after a try that succeeded."""
        with self._database.session() as session:
            session.execute(delete(throttles).where(throttles.c.key.in_([_hashed(key) for key in keys])))

    def give_back(self, key: str) -> None:
        """Takes one try back."""
        mine = (throttles.c.key == _hashed(key)) & (throttles.c.tries > 0)
        with self._database.session() as session:
            session.execute(update(throttles).where(mine).values(tries=throttles.c.tries - 1))

    def sweep(self, before: datetime) -> int:
        """Removes counters that began before this moment and lock nobody out; how many there were."""
        old = (throttles.c.since < before) & (throttles.c.locked_until.is_(None) | (throttles.c.locked_until < before))
        with self._database.session() as session:
            return changed(session, delete(throttles).where(old))

    def _count(self, session: Session, bound: Bound, now: datetime) -> datetime | None:
        key = _hashed(bound.key)
        self._make(session, key, now)
        mine = throttles.c.key == key
        row = session.execute(select(throttles).where(mine).with_for_update()).mappings().one()
        locked_until: datetime | None = row["locked_until"]
        if locked_until and locked_until > now:
            return locked_until
        is_fresh = locked_until is not None or row["since"] + bound.window < now
        tries = 1 if is_fresh else row["tries"] + 1
        locked_until = now + bound.window if tries > bound.tries else None
        since = now if is_fresh else row["since"]
        session.execute(update(throttles).where(mine).values(tries=tries, since=since, locked_until=locked_until))
        return locked_until

    @staticmethod
    def _make(session: Session, key: str, now: datetime) -> None:
        dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
        made = dialect.insert(throttles).values(key=key, tries=0, since=now)
        session.execute(made.on_conflict_do_nothing())


def _hashed(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
