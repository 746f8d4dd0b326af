"""The history of the tables, told by Alembic. `move` runs inside the caller's transaction."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from services.backends import tables


def move(connection: Connection, revision: str) -> None:
    """Upgrades or downgrades to `revision`: "head", "base" or an id."""
    config = _config(connection)
    if revision == "base" or revision in _passed(config, connection):
        command.downgrade(config, revision)
    else:
        command.upgrade(config, revision)


def _passed(config: Config, connection: Connection) -> set[str]:
    """The revisions that the database has gone through, its own among them."""
    current = MigrationContext.configure(connection).get_current_revision()
    scripts = ScriptDirectory.from_config(config)
    return {script.revision for script in scripts.iterate_revisions(current, "base")} if current else set()


def differences(connection: Connection) -> list[Any]:
    """What the tables of the database and those of the code do not share; empty when they agree."""
    return list(compare_metadata(MigrationContext.configure(connection), tables.metadata))


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
