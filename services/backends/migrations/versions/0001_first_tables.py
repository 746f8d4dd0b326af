"""The first tables: datasets and their versions, conversations and their turns, jobs, activity."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Makes every table."""
    _make_datasets()
    _make_conversations()
    _make_jobs()
    _make_turns()
    _make_activity()


def downgrade() -> None:
    """Drops every table."""
    with op.batch_alter_table("datasets") as batch:
        batch.drop_constraint("fk_datasets_head_id", type_="foreignkey")
    for name in ("activity", "outputs", "turns", "jobs", "conversations", "profiles", "versions", "datasets"):
        op.drop_table(name)


def _id(name: str = "id", *constraints: sa.schema.SchemaItem, primary_key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(64), *constraints, primary_key=primary_key, nullable=False)


def _team() -> sa.Column[str]:
    return _id("team_id")


def _made() -> tuple[sa.schema.SchemaItem, ...]:
    return _id("created_by"), sa.Column("created_at", MOMENT, nullable=False)


def _parent(table: str, parents: str, column: str, deleted: str = "CASCADE") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{parents}.id"], name=f"fk_{table}_{column}", ondelete=deleted)


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*(columns or ("id",)), name=f"pk_{table}")


def _index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))


def _make_datasets() -> None:
    op.create_table(
        "datasets",
        _id(),
        _team(),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        _id("head_id"),
        *_made(),
        _key("datasets"),
    )
    op.create_table(
        "versions",
        _id(),
        _team(),
        _id("dataset_id"),
        sa.Column("parent_id", sa.String(64)),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("rows", sa.BigInteger, nullable=False),
        sa.Column("columns", sa.JSON, nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.Column("content_hash", sa.String(128), nullable=False),
        sa.Column("storage_key", sa.Text, nullable=False),
        *_made(),
        _key("versions"),
        _parent("versions", "datasets", "dataset_id"),
        sa.ForeignKeyConstraint(["parent_id"], ["versions.id"], name="fk_versions_parent_id"),
    )
    op.create_table(
        "profiles",
        _id("version_id"),
        _team(),
        sa.Column("body", sa.JSON, nullable=False),
        _key("profiles", "version_id"),
        _parent("profiles", "versions", "version_id"),
    )
    with op.batch_alter_table("datasets") as batch:
        batch.create_foreign_key(
            "fk_datasets_head_id", "versions", ["head_id"], ["id"], deferrable=True, initially="DEFERRED"
        )
    _index("datasets", "team_id", "created_at")
    _index("datasets", "head_id")
    _index("versions", "dataset_id", "created_at")
    _index("versions", "parent_id")


def _make_conversations() -> None:
    op.create_table(
        "conversations",
        _id(),
        _team(),
        _id("dataset_id"),
        _id("version_id"),
        sa.Column("title", sa.Text, nullable=False),
        *_made(),
        _key("conversations"),
        _parent("conversations", "datasets", "dataset_id"),
        _parent("conversations", "versions", "version_id"),
    )
    _index("conversations", "dataset_id", "created_at")
    _index("conversations", "version_id")


def _make_jobs() -> None:
    op.create_table(
        "jobs",
        _id(),
        _team(),
        sa.Column("kind", sa.String(64), nullable=False),
        _id("subject_id"),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("stage", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("stop_requested", sa.Boolean, nullable=False),
        sa.Column("owner", sa.String(255), nullable=False),
        sa.Column("lease_until", MOMENT),
        *_made(),
        _key("jobs"),
    )
    _index("jobs", "team_id", "created_at")
    _index("jobs", "subject_id")
    _index("jobs", "status", "lease_until")


def _make_turns() -> None:
    op.create_table(
        "turns",
        _id(),
        _team(),
        _id("conversation_id"),
        _id("version_id"),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("analyst", sa.String(64), nullable=False),
        sa.Column("plan", sa.JSON),
        sa.Column("attempts", sa.JSON, nullable=False),
        sa.Column("answer", sa.JSON),
        sa.Column("exchanges", sa.JSON, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("hint", sa.Text, nullable=False),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.Column("job_id", sa.String(64)),
        *_made(),
        _key("turns"),
        _parent("turns", "conversations", "conversation_id"),
        _parent("turns", "versions", "version_id"),
        _parent("turns", "jobs", "job_id", deleted="SET NULL"),
    )
    op.create_table(
        "outputs",
        _id("turn_id"),
        sa.Column("position", sa.Integer, nullable=False, autoincrement=False),
        _team(),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("body", sa.JSON, nullable=False),
        sa.Column("data", sa.LargeBinary),
        _key("outputs", "turn_id", "position"),
        _parent("outputs", "turns", "turn_id"),
    )
    _index("turns", "conversation_id", "created_at")
    _index("turns", "version_id")
    _index("turns", "job_id")


def _make_activity() -> None:
    op.create_table(
        "activity",
        _id(),
        _team(),
        _id("user_id"),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("subject_id", sa.Text, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        _key("activity"),
    )
    _index("activity", "team_id", "created_at")
