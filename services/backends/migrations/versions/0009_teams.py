"""Teams, invitations, sharing, use and limits; who sees what, also as policies of PostgreSQL."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from services.backends.migrations import walls

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
OPEN = f"{walls.MEMBER} AND (visibility <> 'private' OR {walls.MINE})"
GUESTS_TABLE = f"{walls.GUEST} AND id = current_setting('red_pandas.dataset', true)"
GUESTS_TALK = f"{walls.GUEST} AND (id = current_setting('red_pandas.conversation', true) OR {walls.MINE})"

WALLS = {
    "datasets": f"({OPEN}) OR ({GUESTS_TABLE})",
    "conversations": f"(({OPEN}) OR ({GUESTS_TALK})) AND EXISTS (SELECT FROM datasets d WHERE d.id = dataset_id)",
    "versions": "EXISTS (SELECT FROM datasets d WHERE d.id = dataset_id)",
    "profiles": "EXISTS (SELECT FROM versions v WHERE v.id = version_id)",
    "lineage": "EXISTS (SELECT FROM versions v WHERE v.id = version_id)",
    "readings": "EXISTS (SELECT FROM versions v WHERE v.id = version_id)",
    "turns": "EXISTS (SELECT FROM conversations c WHERE c.id = conversation_id)",
    "outputs": "EXISTS (SELECT FROM turns t WHERE t.id = turn_id)",
    "jobs": f"{walls.MINE} OR EXISTS (SELECT FROM turns t WHERE t.job_id = jobs.id) "
    "OR EXISTS (SELECT FROM versions v WHERE v.id = subject_id)",
    "uploads": f"{walls.MINE} OR ({walls.MEMBER} AND EXISTS (SELECT FROM readings r WHERE r.upload_id = uploads.id))",
    "connections": walls.MEMBER,
    "activity": "true",
    "memberships": walls.MEMBER,
    "invitations": walls.MEMBER,
    "shares": "true",
    "usage": "true",
    "limits": "true",
    "wishes": "true",
}
"""What must hold for a row to be seen, besides being the team's."""


def upgrade() -> None:
    """Makes the tables and the walls. What there is stays seen by its team."""
    for table in ("datasets", "conversations"):
        op.add_column(table, sa.Column("visibility", sa.String(16), nullable=False, server_default="team"))
    op.add_column("jobs", sa.Column("share_id", sa.String(64), nullable=False, server_default=""))
    op.add_column("activity", sa.Column("label", sa.Text, nullable=False, server_default=""))
    _make_teams()
    _make_shares()
    _make_usage()
    for table, rule in WALLS.items():
        walls.protect(table, rule)


def downgrade() -> None:
    """Drops them: who was in which team, and what was shared, is forgotten."""
    for table in WALLS:
        walls.open_up(table)
    for table in ("wishes", "limits", "usage", "shares", "invitations", "memberships", "teams"):
        op.drop_table(table)
    columns = {"activity": "label", "jobs": "share_id", "conversations": "visibility", "datasets": "visibility"}
    for table, column in columns.items():
        with op.batch_alter_table(table) as batch:
            batch.drop_column(column)


def _made() -> tuple[sa.Column[str], sa.Column[object]]:
    return sa.Column("created_by", sa.String(64), nullable=False), sa.Column("created_at", MOMENT, nullable=False)


def _make_teams() -> None:
    op.create_table(
        "teams",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        *_made(),
        sa.PrimaryKeyConstraint("id", name="pk_teams"),
    )
    op.create_table(
        "memberships",
        sa.Column("team_id", sa.String(64), nullable=False),
        sa.Column("user_id", sa.String(64), nullable=False),
        sa.Column("role", sa.Integer, nullable=False),
        sa.Column("joined_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("team_id", "user_id", name="pk_memberships"),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name="fk_memberships_team_id", ondelete="CASCADE"),
    )
    op.create_index("ix_memberships_user_id", "memberships", ["user_id"])
    op.create_table(
        "invitations",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("team_id", sa.String(64), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("role", sa.Integer, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_by", sa.String(64), nullable=False, server_default=""),
        *_made(),
        sa.PrimaryKeyConstraint("id", name="pk_invitations"),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name="fk_invitations_team_id", ondelete="CASCADE"),
    )
    op.create_index("ix_invitations_team_id_created_at", "invitations", ["team_id", "created_at"])
    op.create_index("ix_invitations_token_hash", "invitations", ["token_hash"], unique=True)


def _make_shares() -> None:
    op.create_table(
        "shares",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("team_id", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("object_id", sa.String(64), nullable=False),
        sa.Column("audience", sa.String(16), nullable=False),
        sa.Column("audience_id", sa.String(64), nullable=False, server_default=""),
        sa.Column("right", sa.String(16), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False, server_default=""),
        sa.Column("expires_at", MOMENT),
        *_made(),
        sa.PrimaryKeyConstraint("id", name="pk_shares"),
    )
    op.create_index("ix_shares_team_id_object_id", "shares", ["team_id", "object_id"])
    op.create_index("ix_shares_audience_audience_id", "shares", ["audience", "audience_id"])
    op.create_index("ix_shares_token_hash", "shares", ["token_hash"])


def _make_usage() -> None:
    op.create_table(
        "usage",
        sa.Column("team_id", sa.String(64), nullable=False),
        sa.Column("user_id", sa.String(64), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("questions", sa.Integer, nullable=False, server_default="0"),
        sa.Column("tokens", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("seconds", sa.Float, nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("team_id", "user_id", "day", name="pk_usage"),
    )
    names = ("storage_mb", "questions_a_day", "tokens_a_month", "runs_at_once")
    op.create_table(
        "limits",
        sa.Column("team_id", sa.String(64), nullable=False),
        sa.Column("user_id", sa.String(64), nullable=False),
        *(sa.Column(name, sa.BigInteger) for name in names),
        sa.PrimaryKeyConstraint("team_id", "user_id", name="pk_limits"),
    )
    op.create_table(
        "wishes",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("team_id", sa.String(64), nullable=False),
        sa.Column("user_id", sa.String(64), nullable=False),
        sa.Column("measure", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("decided_by", sa.String(64), nullable=False, server_default=""),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_wishes"),
    )
    op.create_index("ix_wishes_team_id_created_at", "wishes", ["team_id", "created_at"])
