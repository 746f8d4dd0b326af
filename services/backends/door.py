"""The door to the rows of one team: everything that reads or writes them goes through these."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel
from sqlalchemy import RowMapping, Select, Table, and_, insert, select, update
from sqlalchemy.orm import Session

from services.backends import tables
from services.backends.job_rows import changed
from services.backends.seat import Seat
from services.backends.turn_rows import turn_values
from services.domain import Conversation, Dataset, Job, Turn
from services.errors import NotFound

N = TypeVar("N", bound=BaseModel)


class Door(Seat):
    """The database as far as one team may see it, on behalf of one person."""

    def _mine(self, table: Table) -> Select[Any]:
        return select(table).where(self._seen(table))

    def _own(self, noun: Dataset | Conversation | Job) -> None:
        if noun.team_id != self._team_id:
            raise not_found(type(noun).__name__.lower())

    def _row(self, session: Session, table: Table, row_id: str) -> RowMapping:
        """Raises: NotFound."""
        (key,) = table.primary_key.columns
        row = session.execute(self._mine(table).where(key == row_id)).mappings().one_or_none()
        if row is None:
            raise not_found(table.name.removesuffix("s"))
        return row

    def _one(self, table: Table, row_id: str, noun: type[N]) -> N:
        with self._database.reading() as session:
            return noun_of(self._row(session, table, row_id), noun)

    def _many(self, query: Select[Any], noun: type[N]) -> list[N]:
        with self._database.reading() as session:
            return [noun_of(row, noun) for row in session.execute(query).mappings()]

    def _insert(self, session: Session, table: Table, values: dict[str, Any]) -> None:
        session.execute(insert(table).values(**{**values, "team_id": self._team_id}))

    def _update(self, session: Session, table: Table, noun: Dataset | Conversation | Turn, *names: str) -> None:
        values = turn_values(noun) if isinstance(noun, Turn) else values_of(noun)
        mine = and_(table.c.id == noun.id, self._seen(table))
        if not changed(session, update(table).where(mine).values({name: values[name] for name in names})):
            raise not_found(table.name.removesuffix("s"))

    def _check_version(self, session: Session, version_id: str, dataset_id: str) -> None:
        self._row(session, tables.datasets, dataset_id)
        if self._row(session, tables.versions, version_id)["dataset_id"] != dataset_id:
            raise not_found("version")


def values_of(noun: BaseModel) -> dict[str, Any]:
    """The columns of a noun but its team."""
    return noun.model_dump()


def noun_of(row: RowMapping, noun: type[N]) -> N:
    """The noun in a row."""
    return noun.model_validate({name: row[name] for name in noun.model_fields})


def not_found(what: str) -> NotFound:
    """What is said of an id that is unknown or another team's."""
    return NotFound(f"This {what} does not exist.", "It may have been deleted. Go back and choose again.")
