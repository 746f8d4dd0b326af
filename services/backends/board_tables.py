"""The tables of pins and dashboards."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Float, ForeignKey, Index, Integer, LargeBinary, String, Table

from services.backends.tables import Moment, Words, _id, _made, _owned, metadata

pins = Table(
    "pins",
    metadata,
    _id(primary_key=True),
    _id(name="team_id"),
    Column("name", Words, nullable=False),
    Column("kind", String(16), nullable=False),
    _owned("datasets", "dataset_id"),
    _owned("versions", "version_id"),
    _owned("conversations", "conversation_id"),
    _owned("turns", "turn_id"),
    Column("body", JSON, nullable=False),
    # Packed: a listing leaves them where they are.
    Column("outputs", LargeBinary, nullable=False),
    *_made(),
    Index(None, "team_id", "created_at"),
    Index(None, "dataset_id"),
    Index(None, "version_id"),
    Index(None, "conversation_id"),
    Index(None, "turn_id"),
)

dashboards = Table(
    "dashboards",
    metadata,
    _id(primary_key=True),
    _id(name="team_id"),
    Column("name", Words, nullable=False),
    Column("filters", JSON, nullable=False),
    Column("every", String(16), nullable=False),
    Column("due_at", Moment),
    Column("visibility", String(16), nullable=False, server_default="team"),
    *_made(),
    Index(None, "team_id", "created_at"),
    Index(None, "due_at"),
)

tiles = Table(
    "tiles",
    metadata,
    _id(primary_key=True),
    _id(name="team_id"),
    _owned("dashboards", "dashboard_id"),
    Column("position", Integer, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("name", Words, nullable=False),
    Column("text", Words, nullable=False),
    _id(ForeignKey("datasets.id", ondelete="CASCADE"), name="dataset_id", nullable=True),
    Column("version_id", String(64), nullable=False),
    Column("body", JSON(none_as_null=True)),
    Column("outputs", LargeBinary),
    Column("filters", JSON, nullable=False),
    Column("threshold", JSON(none_as_null=True)),
    Column("number", Float),
    Column("changes", JSON, nullable=False),
    Column("problem", Words, nullable=False),
    Column("hint", Words, nullable=False),
    Column("made_at", Moment),
    *_made(),
    Index(None, "dashboard_id", "position"),
    Index(None, "dataset_id"),
)

tile_runs = Table(
    "tile_runs",
    metadata,
    _owned("tiles", "tile_id", primary_key=True),
    Column("key", String(64), primary_key=True),
    _id(name="team_id"),
    _id(name="job_id"),
    Column("body", JSON(none_as_null=True)),
    Column("outputs", LargeBinary),
    Column("problem", Words, nullable=False),
    Column("hint", Words, nullable=False),
    Column("created_at", Moment, nullable=False),
    Index(None, "created_at"),
)
