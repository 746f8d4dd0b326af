"""The browsers that are signed in. A row is the only proof that a cookie still counts: without it there is none."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import RowMapping, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from services.backends.database import Database
from services.backends.job_rows import changed
from services.backends.tables import sessions, users
from services.domain import Session

_LIVE: Final = select(sessions).join(users, users.c.id == sessions.c.user_id).where(users.c.active.is_(True))
"""Sessions of people who may come in."""


class SessionRows:
    """All sessions of this server."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, session: Session) -> None:
        """Keeps a new one. Does nothing when it is there: two tabs of a visitor come at once."""
        with self._database.session() as writing:
            dialect = sqlite if writing.get_bind().dialect.name == "sqlite" else postgresql
            writing.execute(dialect.insert(sessions).values(**session.model_dump()).on_conflict_do_nothing())

    def get(self, session_id: str, now: datetime) -> Session | None:
        """The session, while it has not ended and its person may come in."""
        mine = _LIVE.where(sessions.c.id == session_id, sessions.c.expires_at > now)
        with self._database.reading() as reading:
            row = reading.execute(mine).mappings().first()
        return None if row is None else _session(row)

    def of(self, user_id: str, now: datetime) -> list[Session]:
        """Those of a person that have not ended, the last used first."""
        mine = _LIVE.where(sessions.c.user_id == user_id, sessions.c.expires_at > now)
        with self._database.reading() as reading:
            found = reading.execute(mine.order_by(sessions.c.seen_at.desc(), sessions.c.id)).mappings()
            return [_session(row) for row in found]

    def turn(self, session: Session, now: datetime) -> None:
        """Makes the next cookie the good one. Does nothing when that was done meanwhile."""
        mine = update(sessions).where(sessions.c.id == session.id, sessions.c.turned == session.turned)
        with self._database.session() as writing:
            writing.execute(mine.values(turned=session.turned + 1, turned_at=now))

    def seen(self, session_id: str, now: datetime, expires_at: datetime) -> None:
        """Notes that the browser was here."""
        mine = update(sessions).where(sessions.c.id == session_id)
        with self._database.session() as writing:
            writing.execute(mine.values(seen_at=now, expires_at=expires_at))

    def end(self, session_id: str) -> bool:
        """Whether there was such a session; there is none now."""
        with self._database.session() as writing:
            return changed(writing, delete(sessions).where(sessions.c.id == session_id)) > 0

    def end_all(self, user_id: str, but: str = "") -> int:
        """Ends the sessions of a person, but perhaps one; how many there were."""
        mine = delete(sessions).where(sessions.c.user_id == user_id, sessions.c.id != but)
        with self._database.session() as writing:
            return changed(writing, mine)

    def ended(self, now: datetime) -> int:
        """How many have ended by themselves and are still kept."""
        with self._database.reading() as reading:
            return reading.scalar(select(func.count()).where(sessions.c.expires_at <= now)) or 0

    def sweep(self, now: datetime) -> int:
        """Removes those that have ended by themselves; how many there were."""
        with self._database.session() as writing:
            return changed(writing, delete(sessions).where(sessions.c.expires_at <= now))


def _session(row: RowMapping) -> Session:
    return Session.model_validate(dict(row))
