"""From where the rows are looked at: a person in a team, and how far they see."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Table

from services.backends.database import Database
from services.backends.sight import Sight


class Seat:
    """The database as far as one person may see it in one team; without a `sight`, as a member of it."""

    def __init__(self, database: Database, team_id: str, user_id: str, sight: Sight | None = None) -> None:
        self._team_id, self._user_id = team_id, user_id
        self._sight = sight or Sight(team_id, user_id)
        self._database = database.seen_by(self._sight)

    def _seen(self, table: Table) -> ColumnElement[bool]:
        """True for the rows of the table that may be seen."""
        return self._sight.of(table)
