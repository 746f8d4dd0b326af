"""Whoever runs the server may close a team: it is kept, and nobody opens it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column; every team is open."""
    op.add_column("teams", sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()))


def downgrade() -> None:
    """Drops it: what was closed is open again."""
    with op.batch_alter_table("teams") as batch:
        batch.drop_column("active")
