"""Datasets keep what a person said their columns are for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column; nothing was said yet."""
    op.add_column("datasets", sa.Column("meanings", sa.JSON, nullable=False, server_default="{}"))


def downgrade() -> None:
    """Drops it: only guesses are left."""
    with op.batch_alter_table("datasets") as batch:
        batch.drop_column("meanings")
