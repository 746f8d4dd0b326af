"""The tables of pins and dashboards."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Index, LargeBinary, String, Table

from services.backends.tables import Words, _id, _made, _owned, metadata

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
