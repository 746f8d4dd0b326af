"""The history of the tables, told by Alembic. `move` runs inside the caller's transaction."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from services.backends import tables


def move(connection: Connection, revision: str) -> None:
    """Upgrades or downgrades to `revision`: "head", "base" or an id."""
    config = _config(connection)
    if revision == "base":
        command.downgrade(config, revision)
    else:
        command.upgrade(config, revision)


def differences(connection: Connection) -> list[Any]:
    """What the tables of the database and those of the code do not share; empty when they agree."""
    return list(compare_metadata(MigrationContext.configure(connection), tables.metadata))


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
