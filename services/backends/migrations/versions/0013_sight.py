"""A team may require that a language model sees less than the server lets it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column; no team requires anything yet."""
    op.add_column("teams", sa.Column("sight", sa.String(16), nullable=False, server_default=""))


def downgrade() -> None:
    """Drops it: what the server lets a model see holds for every team."""
    with op.batch_alter_table("teams") as batch:
        batch.drop_column("sight")
