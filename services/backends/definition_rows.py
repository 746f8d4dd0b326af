"""The words of one team, and what they mean there."""

from __future__ import annotations

from sqlalchemy import delete, insert, select, update

from services.backends.door import not_found, values_of
from services.backends.job_rows import changed
from services.backends.seat import Seat
from services.backends.tables import definitions
from services.domain import Definition


class DefinitionRows(Seat):
    """The database as far as one team may see it, on behalf of one person."""

    def all(self) -> list[Definition]:
        """By term."""
        with self._database.reading() as session:
            found = session.execute(select(definitions).where(self._seen(definitions))).mappings().all()
        return sorted((Definition.model_validate(dict(row)) for row in found), key=lambda each: each.term.casefold())

    def add(self, definition: Definition) -> None:
        """Keeps a new one, as this team's."""
        with self._database.session() as session:
            session.execute(insert(definitions).values(**{**values_of(definition), "team_id": self._team_id}))

    def change(self, definition: Definition) -> None:
        """Keeps its term and meaning. Raises: NotFound."""
        one = update(definitions).where(self._seen(definitions), definitions.c.id == definition.id)
        with self._database.session() as session:
            if not changed(session, one.values(term=definition.term, meaning=definition.meaning)):
                raise not_found("definition")

    def remove(self, definition_id: str) -> None:
        """Raises: NotFound."""
        with self._database.session() as session:
            if not changed(
                session, delete(definitions).where(self._seen(definitions), definitions.c.id == definition_id)
            ):
                raise not_found("definition")
