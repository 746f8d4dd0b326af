"""Dashboards, their tiles, and what these show under other filters."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from services.backends.migrations import walls

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
WALLS = {
    "dashboards": f"({walls.MEMBER} AND (visibility <> 'private' OR {walls.MINE})) "
    f"OR ({walls.GUEST} AND id = current_setting('red_pandas.object', true))",
    "tiles": "EXISTS (SELECT FROM dashboards b WHERE b.id = dashboard_id) "
    f"AND ({walls.GUEST} OR dataset_id IS NULL OR EXISTS (SELECT FROM datasets d WHERE d.id = dataset_id))",
    "tile_runs": "EXISTS (SELECT FROM tiles t WHERE t.id = tile_id)",
}


def upgrade() -> None:
    """Makes the tables and their walls."""
    op.create_table(
        "dashboards",
        _id("id"),
        _id("team_id"),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("filters", sa.JSON, nullable=False),
        sa.Column("every", sa.String(16), nullable=False),
        sa.Column("due_at", MOMENT),
        sa.Column("visibility", sa.String(16), nullable=False, server_default="team"),
        _id("created_by"),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_dashboards"),
    )
    op.create_index("ix_dashboards_team_id_created_at", "dashboards", ["team_id", "created_at"])
    op.create_index("ix_dashboards_due_at", "dashboards", ["due_at"])
    _make_tiles()
    _make_runs()
    for table, rule in WALLS.items():
        walls.protect(table, rule)


def downgrade() -> None:
    """Drops them."""
    for table in reversed(WALLS):
        walls.open_up(table)
        op.drop_table(table)


def _id(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(64), nullable=nullable)


def _make_tiles() -> None:
    op.create_table(
        "tiles",
        _id("id"),
        _id("team_id"),
        _id("dashboard_id"),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("position", "width", "height")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("name", "text")),
        _id("dataset_id", nullable=True),
        _id("version_id"),
        sa.Column("body", sa.JSON),
        sa.Column("outputs", sa.LargeBinary),
        sa.Column("filters", sa.JSON, nullable=False),
        sa.Column("threshold", sa.JSON),
        sa.Column("number", sa.Float),
        sa.Column("changes", sa.JSON, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("problem", "hint")),
        sa.Column("made_at", MOMENT),
        _id("created_by"),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tiles"),
        sa.ForeignKeyConstraint(["dashboard_id"], ["dashboards.id"], name="fk_tiles_dashboard_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name="fk_tiles_dataset_id", ondelete="CASCADE"),
    )
    op.create_index("ix_tiles_dashboard_id_position", "tiles", ["dashboard_id", "position"])
    op.create_index("ix_tiles_dataset_id", "tiles", ["dataset_id"])


def _make_runs() -> None:
    op.create_table(
        "tile_runs",
        _id("tile_id"),
        _id("key"),
        _id("team_id"),
        _id("job_id"),
        sa.Column("body", sa.JSON),
        sa.Column("outputs", sa.LargeBinary),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("problem", "hint")),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("tile_id", "key", name="pk_tile_runs"),
        sa.ForeignKeyConstraint(["tile_id"], ["tiles.id"], name="fk_tile_runs_tile_id", ondelete="CASCADE"),
    )
    op.create_index("ix_tile_runs_created_at", "tile_runs", ["created_at"])
