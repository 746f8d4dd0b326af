"""Reports that are kept, their sections, and the files made of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from services.backends.migrations import walls

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
OPEN = f"{walls.MEMBER} AND (visibility <> 'private' OR {walls.MINE})"
WALLS = {
    "reports": f"{OPEN} AND (dataset_id IS NULL OR EXISTS (SELECT FROM datasets d WHERE d.id = dataset_id))",
    "sections": "EXISTS (SELECT FROM reports r WHERE r.id = report_id) "
    "AND (version_id IS NULL OR EXISTS (SELECT FROM versions v WHERE v.id = version_id))",
    "report_files": f"{OPEN} AND EXISTS (SELECT FROM reports r WHERE r.id = report_id)",
}


def upgrade() -> None:
    """Makes the tables and their walls."""
    _make_reports()
    op.create_table(
        "sections",
        _id("id"),
        _id("team_id"),
        _id("report_id"),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("version_id", sa.String(64)),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sections"),
        _parent("sections", "reports", "report_id"),
        _parent("sections", "versions", "version_id"),
    )
    op.create_index("ix_sections_report_id_position", "sections", ["report_id", "position"])
    op.create_index("ix_sections_version_id", "sections", ["version_id"])
    op.create_table(
        "report_files",
        _id("id"),
        _id("team_id"),
        _id("report_id"),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("ending", sa.String(16), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("visibility", sa.String(16), nullable=False, server_default="team"),
        _id("created_by"),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_report_files"),
        _parent("report_files", "reports", "report_id"),
    )
    op.create_index("ix_report_files_report_id_created_at", "report_files", ["report_id", "created_at"])
    for table, rule in WALLS.items():
        walls.protect(table, rule)


def downgrade() -> None:
    """Drops them: what was written is forgotten."""
    for table in reversed(WALLS):
        walls.open_up(table)
        op.drop_table(table)


def _make_reports() -> None:
    flags = ("has_title_page", "has_contents", "has_appendix")
    op.create_table(
        "reports",
        _id("id"),
        _id("team_id"),
        sa.Column("dataset_id", sa.String(64)),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("subtitle", sa.Text, nullable=False),
        sa.Column("template", sa.String(16), nullable=False),
        sa.Column("paper", sa.String(16), nullable=False),
        sa.Column("summary", sa.JSON),
        *(sa.Column(name, sa.Boolean, nullable=False, server_default=sa.true()) for name in flags),
        sa.Column("visibility", sa.String(16), nullable=False, server_default="team"),
        sa.Column("deleted_at", MOMENT),
        _id("created_by"),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_reports"),
        _parent("reports", "datasets", "dataset_id"),
    )
    op.create_index("ix_reports_team_id_created_at", "reports", ["team_id", "created_at"])
    op.create_index("ix_reports_dataset_id", "reports", ["dataset_id"])


def _id(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(64), nullable=False)


def _parent(table: str, parent: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{parent}.id"], name=f"fk_{table}_{column}", ondelete="CASCADE")
