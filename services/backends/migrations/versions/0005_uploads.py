"""Uploads and what was read from them; jobs say how far they are, what they made and why they failed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
NEW = ("share", "message", "hint", "body", "outcome")


def upgrade() -> None:
    """Makes the tables `uploads` and `readings`; jobs get five columns."""
    _make_uploads()
    _make_readings()
    with op.batch_alter_table("jobs") as batch:
        batch.add_column(sa.Column("share", sa.Float))
        batch.add_column(sa.Column("message", sa.Text, nullable=False, server_default=""))
        batch.add_column(sa.Column("hint", sa.Text, nullable=False, server_default=""))
        batch.add_column(sa.Column("body", sa.JSON, nullable=False, server_default="{}"))
        batch.add_column(sa.Column("outcome", sa.JSON, nullable=False, server_default="[]"))


def downgrade() -> None:
    """Takes them away again."""
    with op.batch_alter_table("jobs") as batch:
        for name in NEW:
            batch.drop_column(name)
    op.drop_table("readings")
    op.drop_table("uploads")


def _make_uploads() -> None:
    op.create_table(
        "uploads",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("team_id", sa.String(64), nullable=False),
        sa.Column("filename", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("content_hash", sa.String(128), nullable=False),
        sa.Column("created_by", sa.String(64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_uploads"),
    )
    op.create_index("ix_uploads_team_id_created_at", "uploads", ["team_id", "created_at"])


def _make_readings() -> None:
    op.create_table(
        "readings",
        sa.Column("version_id", sa.String(64), nullable=False),
        sa.Column("team_id", sa.String(64), nullable=False),
        sa.Column("upload_id", sa.String(64), nullable=False),
        sa.Column("options", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("version_id", name="pk_readings"),
        sa.ForeignKeyConstraint(["version_id"], ["versions.id"], name="fk_readings_version_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["upload_id"], ["uploads.id"], name="fk_readings_upload_id", ondelete="CASCADE"),
    )
    op.create_index("ix_readings_upload_id", "readings", ["upload_id"])
