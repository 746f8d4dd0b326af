"""A version may be read from several uploads, one on top of the other."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Readings get a position among those of their version."""
    with op.batch_alter_table("readings") as batch:
        batch.add_column(sa.Column("position", sa.Integer, nullable=False, server_default="0"))
    with op.batch_alter_table("readings") as batch:
        batch.drop_constraint("pk_readings", type_="primary")
        batch.create_primary_key("pk_readings", ["version_id", "position"])
        batch.alter_column("position", server_default=None)


def downgrade() -> None:
    """Keeps the first reading of each version."""
    op.execute("DELETE FROM readings WHERE position > 0")
    with op.batch_alter_table("readings") as batch:
        batch.drop_constraint("pk_readings", type_="primary")
        batch.create_primary_key("pk_readings", ["version_id"])
    with op.batch_alter_table("readings") as batch:
        batch.drop_column("position")
