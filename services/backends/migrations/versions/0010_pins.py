"""Pins: what is kept of answers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from services.backends.migrations import walls

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

RULE = (
    f"{walls.MEMBER} AND EXISTS (SELECT FROM datasets d WHERE d.id = dataset_id) "
    "AND EXISTS (SELECT FROM conversations c WHERE c.id = conversation_id)"
)


def upgrade() -> None:
    """Makes the table and its wall."""
    parents = {"dataset_id": "datasets", "version_id": "versions", "conversation_id": "conversations"}
    parents |= {"turn_id": "turns"}
    op.create_table(
        "pins",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("team_id", sa.String(64), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        *(sa.Column(name, sa.String(64), nullable=False) for name in parents),
        sa.Column("body", sa.JSON, nullable=False),
        sa.Column("outputs", sa.LargeBinary, nullable=False),
        sa.Column("created_by", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_pins"),
        *(
            sa.ForeignKeyConstraint([name], [f"{table}.id"], name=f"fk_pins_{name}", ondelete="CASCADE")
            for name, table in parents.items()
        ),
    )
    op.create_index("ix_pins_team_id_created_at", "pins", ["team_id", "created_at"])
    for name in parents:
        op.create_index(f"ix_pins_{name}", "pins", [name])
    walls.protect("pins", RULE)


def downgrade() -> None:
    """Drops it: what was pinned is forgotten."""
    walls.open_up("pins")
    op.drop_table("pins")
