"""The tables of the database. Every row carries its team; every moment is UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    false,
    true,
)

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """A moment in UTC. SQLite keeps no zone and PostgreSQL answers in the session's: both come back as UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"A moment needs a time zone: {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Words(TypeDecorator[str]):
    """Text from outside. What no database takes, NUL and halves of surrogate pairs, becomes U+FFFD."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        if value is None:
            return None
        return value.replace("\x00", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _id(*constraints: Any, primary_key: bool = False, nullable: bool = False, name: str = "id") -> Column[str]:
    return Column(name, String(64), *constraints, primary_key=primary_key, nullable=nullable)


def _owned(parent: str, name: str, **more: bool) -> Column[str]:
    """The id of a parent whose deletion takes this row along."""
    return _id(ForeignKey(f"{parent}.id", ondelete="CASCADE"), name=name, **more)


def _made() -> tuple[Column[Any], ...]:
    """Who made the row, and when."""
    return _id(name="created_by"), Column("created_at", Moment, nullable=False)


datasets = Table(
    "datasets",
    metadata,
    _id(primary_key=True),
    _id(name="team_id"),
    Column("name", Words, nullable=False),
    Column("description", Words, nullable=False),
    _id(name="head_id"),
    Column("tags", JSON, nullable=False, server_default="[]"),
    Column("meanings", JSON, nullable=False, server_default="{}"),
    Column("deleted_at", Moment),
    *_made(),
    # A dataset and its first version point at each other: checked when the transaction ends.
    ForeignKeyConstraint(
        ["head_id"], ["versions.id"], name="fk_datasets_head_id", deferrable=True, initially="DEFERRED", use_alter=True
    ),
    Index(None, "team_id", "created_at"),
    Index(None, "head_id"),
)

versions = Table(
    "versions",
    metadata,
    _id(primary_key=True),
    _id(name="team_id"),
    _owned("datasets", "dataset_id"),
    _id(ForeignKey("versions.id"), name="parent_id", nullable=True),
    Column("step", JSON(none_as_null=True)),
    Column("turn_id", String(64), nullable=False, server_default=""),
    Column("name", Words, nullable=False, server_default=""),
    Column("stored", Boolean, nullable=False, server_default=true()),
    Column("kept", Boolean, nullable=False, server_default=false()),
    Column("note", Words, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("columns", JSON, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("content_hash", String(128), nullable=False),
    Column("storage_key", Words, nullable=False),
    *_made(),
    Index(None, "dataset_id", "created_at"),
    Index(None, "parent_id"),
)

lineage = Table(
    "lineage",
    metadata,
    _owned("versions", "version_id", primary_key=True),
    # No foreign key: that a version was made from another stays true when the other is deleted.
    _id(name="source_id", primary_key=True),
    _id(name="team_id"),
    Column("kind", String(16), nullable=False),
    Index(None, "source_id"),
    Index(None, "team_id"),
)

profiles = Table(
    "profiles",
    metadata,
    _owned("versions", "version_id", primary_key=True),
    _id(name="team_id"),
    Column("body", JSON, nullable=False),
)

uploads = Table(
    "uploads",
    metadata,
    _id(primary_key=True),
    _id(name="team_id"),
    Column("filename", Words, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("content_hash", String(128), nullable=False),
    *_made(),
    Index(None, "team_id", "created_at"),
)

readings = Table(
    "readings",
    metadata,
    _owned("versions", "version_id", primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    _id(name="team_id"),
    _owned("uploads", "upload_id"),
    Column("options", JSON, nullable=False),
    Index(None, "upload_id"),
)

conversations = Table(
    "conversations",
    metadata,
    _id(primary_key=True),
    _id(name="team_id"),
    _owned("datasets", "dataset_id"),
    _owned("versions", "version_id"),
    Column("tip_id", String(64), nullable=False, server_default=""),
    Column("title", Words, nullable=False),
    *_made(),
    Index(None, "dataset_id", "created_at"),
    Index(None, "version_id"),
)

jobs = Table(
    "jobs",
    metadata,
    _id(primary_key=True),
    _id(name="team_id"),
    Column("kind", String(64), nullable=False),
    _id(name="subject_id"),
    Column("status", String(16), nullable=False),
    Column("stage", Words, nullable=False),
    Column("text", Words, nullable=False),
    Column("share", Float),
    Column("message", Words, nullable=False, server_default=""),
    Column("hint", Words, nullable=False, server_default=""),
    Column("body", JSON, nullable=False, server_default="{}"),
    Column("outcome", JSON, nullable=False, server_default="[]"),
    Column("stop_requested", Boolean, nullable=False),
    Column("owner", String(255), nullable=False),
    Column("lease_until", Moment),
    *_made(),
    Index(None, "team_id", "created_at"),
    Index(None, "subject_id"),
    Index(None, "status", "lease_until"),
)

turns = Table(
    "turns",
    metadata,
    _id(primary_key=True),
    _id(name="team_id"),
    _owned("conversations", "conversation_id"),
    _owned("versions", "version_id"),
    Column("question", Words, nullable=False),
    Column("status", String(16), nullable=False),
    Column("analyst", String(64), nullable=False),
    Column("plan", JSON(none_as_null=True)),
    Column("attempts", JSON, nullable=False),
    Column("answer", JSON(none_as_null=True)),
    Column("exchanges", JSON, nullable=False),
    Column("message", Words, nullable=False),
    Column("hint", Words, nullable=False),
    Column("seconds", Float, nullable=False),
    _id(ForeignKey("jobs.id", ondelete="SET NULL"), name="job_id", nullable=True),
    *_made(),
    Index(None, "conversation_id", "created_at"),
    Index(None, "version_id"),
    Index(None, "job_id"),
)

outputs = Table(
    "outputs",
    metadata,
    _owned("turns", "turn_id", primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    _id(name="team_id"),
    Column("kind", String(16), nullable=False),
    Column("body", JSON, nullable=False),
    Column("data", LargeBinary),
)

connections = Table(
    "connections",
    metadata,
    _id(primary_key=True),
    _id(name="team_id"),
    Column("name", Words, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("location", Words, nullable=False),
    Column("sealed", Text, nullable=False),
    *_made(),
    Index(None, "team_id", "created_at"),
)

activity = Table(
    "activity",
    metadata,
    _id(primary_key=True),
    _id(name="team_id"),
    _id(name="user_id"),
    Column("action", String(64), nullable=False),
    Column("subject_id", Words, nullable=False),
    Column("created_at", Moment, nullable=False),
    Index(None, "team_id", "created_at"),
)
