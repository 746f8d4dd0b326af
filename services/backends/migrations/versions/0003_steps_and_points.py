"""Versions get their step, turn, name and whether their file is there; conversations where redo leads; lineage."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the columns and the table; what is there was uploaded, stored, and has no name."""
    op.add_column("versions", sa.Column("step", sa.JSON))
    op.add_column("versions", sa.Column("turn_id", sa.String(64), nullable=False, server_default=""))
    op.add_column("versions", sa.Column("name", sa.Text, nullable=False, server_default=""))
    op.add_column("versions", sa.Column("stored", sa.Boolean, nullable=False, server_default=sa.true()))
    op.add_column("versions", sa.Column("kept", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("conversations", sa.Column("tip_id", sa.String(64), nullable=False, server_default=""))
    op.create_table(
        "lineage",
        sa.Column("version_id", sa.String(64), nullable=False),
        sa.Column("source_id", sa.String(64), nullable=False),
        sa.Column("team_id", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("version_id", "source_id", name="pk_lineage"),
        sa.ForeignKeyConstraint(["version_id"], ["versions.id"], name="fk_lineage_version_id", ondelete="CASCADE"),
    )
    op.create_index("ix_lineage_source_id", "lineage", ["source_id"])
    op.create_index("ix_lineage_team_id", "lineage", ["team_id"])


def downgrade() -> None:
    """Drops them: steps, names and links are forgotten, and versions whose file is not there cannot be opened."""
    op.drop_table("lineage")
    with op.batch_alter_table("conversations") as batch:
        batch.drop_column("tip_id")
    with op.batch_alter_table("versions") as batch:
        for name in ("kept", "stored", "name", "turn_id", "step"):
            batch.drop_column(name)
