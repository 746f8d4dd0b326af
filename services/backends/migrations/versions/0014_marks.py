"""How a question was to be done and what was said of its answer, and the words of a team."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from services.backends.migrations import walls

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the columns, and the table with its wall."""
    for column in _columns():
        op.add_column("turns", column)
    op.create_table(
        "definitions",
        *(sa.Column(name, sa.String(64), nullable=False) for name in ("id", "team_id")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("term", "meaning")),
        sa.Column("created_by", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_definitions"),
    )
    op.create_index("ix_definitions_team_id_created_at", "definitions", ["team_id", "created_at"])
    walls.protect("definitions", walls.MEMBER)


def downgrade() -> None:
    """Drops them."""
    walls.open_up("definitions")
    op.drop_table("definitions")
    with op.batch_alter_table("turns") as batch:
        for column in _columns():
            batch.drop_column(column.name)


def _columns() -> list[sa.Column[str]]:
    return [
        sa.Column("mode", sa.String(16), nullable=False, server_default="answer"),
        sa.Column("chosen", sa.Text, nullable=False, server_default=""),
        sa.Column("base_id", sa.String(64), nullable=False, server_default=""),
        sa.Column("cached_id", sa.String(64), nullable=False, server_default=""),
        sa.Column("tables", sa.JSON, nullable=False, server_default="{}"),
        sa.Column("feedback", sa.JSON),
    ]
