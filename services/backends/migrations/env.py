"""Run by Alembic for every command: hands it the connection, whose transaction the caller ends."""

from __future__ import annotations

from alembic import context

from services.backends import tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=tables.metadata,
    transactional_ddl=True,
    render_as_batch=True,
)
context.run_migrations()
