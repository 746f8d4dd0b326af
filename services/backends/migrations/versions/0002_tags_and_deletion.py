"""Datasets get tags, and the moment they were deleted: until the cleaner removes them they can be restored."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds both columns; what is there has no tags and is not deleted."""
    op.add_column("datasets", sa.Column("tags", sa.JSON, nullable=False, server_default="[]"))
    op.add_column("datasets", sa.Column("deleted_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    """Drops them: what was deleted is there again."""
    with op.batch_alter_table("datasets") as batch:
        batch.drop_column("deleted_at")
        batch.drop_column("tags")
