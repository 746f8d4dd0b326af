"""Datasets keep which alerts about them were put aside."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column; nothing was put aside yet."""
    op.add_column("datasets", sa.Column("dismissed", sa.JSON, nullable=False, server_default="[]"))


def downgrade() -> None:
    """Drops it: every alert is shown again."""
    with op.batch_alter_table("datasets") as batch:
        batch.drop_column("dismissed")
