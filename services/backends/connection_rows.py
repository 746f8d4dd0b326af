"""The connections one team may see. What opens them is kept sealed."""

from __future__ import annotations

from sqlalchemy import delete, insert, select

from services.backends.door import not_found
from services.backends.job_rows import changed
from services.backends.seat import Seat
from services.backends.tables import connections
from services.domain import Connection


class ConnectionRows(Seat):
    """The database as far as one team may see it, on behalf of one person."""

    def add(self, connection: Connection, sealed: str) -> None:
        """Keeps a new connection and what opens it, encrypted."""
        if connection.team_id != self._team_id:
            raise not_found("connection")
        with self._database.session() as session:
            session.execute(insert(connections).values(**connection.model_dump(), sealed=sealed))

    def all(self) -> list[Connection]:
        """Those of the team, newest first."""
        mine = select(connections).where(self._seen(connections))
        with self._database.reading() as session:
            found = session.execute(mine.order_by(connections.c.created_at.desc(), connections.c.id)).mappings()
            return [Connection.model_validate({name: row[name] for name in Connection.model_fields}) for row in found]

    def get(self, connection_id: str) -> Connection:
        """Raises: NotFound."""
        for found in self.all():
            if found.id == connection_id:
                return found
        raise not_found("connection")

    def sealed(self, connection_id: str) -> str:
        """What opens the connection, encrypted. Raises: NotFound."""
        mine = select(connections.c.sealed).where(self._seen(connections))
        with self._database.reading() as session:
            found = session.scalar(mine.where(connections.c.id == connection_id))
        if found is None:
            raise not_found("connection")
        return str(found)

    def remove(self, connection_id: str) -> None:
        """Forgets the connection and what opens it. Raises: NotFound."""
        mine = delete(connections).where(self._seen(connections), connections.c.id == connection_id)
        with self._database.session() as session:
            if not changed(session, mine):
                raise not_found("connection")
