"""The tables of the database. Every row carries its team, but those of people, who may be in many. Moments are UTC."""

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
        "uq": "uq_%(table_name)s_%(column_0_name)s",
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
    Column("dismissed", JSON, nullable=False, server_default="[]"),
    Column("visibility", String(16), nullable=False, server_default="team"),
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
    Column("visibility", String(16), nullable=False, server_default="team"),
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
    Column("share_id", String(64), nullable=False, server_default=""),
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
    Column("mode", String(16), nullable=False, server_default="answer"),
    Column("chosen", Words, nullable=False, server_default=""),
    Column("base_id", String(64), nullable=False, server_default=""),
    Column("cached_id", String(64), nullable=False, server_default=""),
    Column("tables", JSON, nullable=False, server_default="{}"),
    Column("feedback", JSON(none_as_null=True)),
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

definitions = Table(
    "definitions",
    metadata,
    _id(primary_key=True),
    _id(name="team_id"),
    Column("term", Words, nullable=False),
    Column("meaning", Words, nullable=False),
    *_made(),
    Index(None, "team_id", "created_at"),
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
    Column("label", Words, nullable=False, server_default=""),
    Column("created_at", Moment, nullable=False),
    Index(None, "team_id", "created_at"),
)

users = Table(
    "users",
    metadata,
    _id(primary_key=True),
    Column("email", Words, unique=True),
    Column("name", Words, nullable=False),
    Column("active", Boolean, nullable=False, server_default=true()),
    Column("runs_server", Boolean, nullable=False, server_default=false()),
    Column("is_visitor", Boolean, nullable=False, server_default=false()),
    Column("created_at", Moment, nullable=False),
)

credentials = Table(
    "credentials",
    metadata,
    _owned("users", "user_id", primary_key=True),
    Column("password_hash", String(255), nullable=False),
    Column("changed_at", Moment, nullable=False),
)

identities = Table(
    "identities",
    metadata,
    # Who says so (an issuer of OpenID Connect), and what it calls the person.
    Column("issuer", String(255), primary_key=True),
    Column("subject", String(255), primary_key=True),
    _owned("users", "user_id"),
    Column("created_at", Moment, nullable=False),
    Index(None, "user_id"),
)

sessions = Table(
    "sessions",
    metadata,
    _id(primary_key=True),
    _owned("users", "user_id"),
    Column("way", String(16), nullable=False),
    # Counts the cookies this session has had: only the newest one is good.
    Column("turned", Integer, nullable=False, server_default="0"),
    Column("turned_at", Moment, nullable=False),
    Column("address", String(64), nullable=False),
    Column("agent", Words, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Index(None, "user_id", "seen_at"),
    Index(None, "expires_at"),
)

throttles = Table(
    "throttles",
    metadata,
    # What is counted, as a hash: "sign-in", an account, an address.
    Column("key", String(64), primary_key=True),
    Column("tries", Integer, nullable=False),
    Column("since", Moment, nullable=False),
    Column("locked_until", Moment),
    Index(None, "since"),
)

one_time_tokens = Table(
    "one_time_tokens",
    metadata,
    # A hash: the token itself is known only to whoever it was given to.
    Column("token_hash", String(64), primary_key=True),
    Column("purpose", String(32), nullable=False),
    Column("subject", Words, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
    Index(None, "purpose", "subject"),
    Index(None, "expires_at"),
)
