"""Row-level security of PostgreSQL: a second wall between teams and persons, behind the `where` of every query.

Who looks is told for each transaction by `set_config` (see `services.backends.sight`); nothing told, nothing shown. The
policies hold for the owner of the tables too (`FORCE`). Superusers pass every policy: for them `grant` makes a role
without rights of its own, which each transaction of the product takes on.
"""

from __future__ import annotations

from typing import Final

from alembic import op
from sqlalchemy import Connection, text

ROLE: Final = "red_pandas_rows"
EVERYWHERE: Final = "current_setting('red_pandas.reach', true) = 'everywhere'"
OURS: Final = "team_id = current_setting('red_pandas.team', true)"
WHOLE: Final = "current_setting('red_pandas.reach', true) = 'whole'"
MEMBER: Final = "current_setting('red_pandas.reach', true) = 'member'"
GUEST: Final = "current_setting('red_pandas.reach', true) = 'guest'"
MINE: Final = "created_by = nullif(current_setting('red_pandas.person', true), '')"

_MAKE_ROLE: Final = f"""
DO $$ BEGIN
    CREATE ROLE {ROLE} NOLOGIN NOSUPERUSER NOBYPASSRLS;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$
"""
_PASSES: Final = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"


def protect(table: str, rule: str = "true") -> None:
    """From now on rows of the table are seen within their team alone, and there where the rule holds.

    Does nothing on SQLite, which has no such thing.
    """
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    seen = f"{EVERYWHERE} OR ({OURS} AND ({WHOLE} OR ({rule})))"
    op.execute(f"CREATE POLICY wall ON {table} USING ({seen}) WITH CHECK ({seen})")


def open_up(table: str) -> None:
    """Takes the wall down again."""
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(f"DROP POLICY wall ON {table}")
    op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")


def grant(connection: Connection) -> None:
    """Where we connect as somebody whom no policy stops, makes the role that transactions take on instead."""
    if connection.dialect.name != "postgresql" or not connection.scalar(text(_PASSES)):
        return
    connection.execute(text(_MAKE_ROLE))
    connection.execute(text(f"GRANT {ROLE} TO current_user"))
    connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {ROLE}"))
    connection.execute(text(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {ROLE}"))
