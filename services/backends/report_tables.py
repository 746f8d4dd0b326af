"""The tables of reports."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Column, Index, Integer, LargeBinary, String, Table, true

from services.backends.tables import Moment, Words, _id, _made, _owned, metadata

reports = Table(
    "reports",
    metadata,
    _id(primary_key=True),
    _id(name="team_id"),
    _owned("datasets", "dataset_id", nullable=True),
    Column("title", Words, nullable=False),
    Column("subtitle", Words, nullable=False),
    Column("template", String(16), nullable=False),
    Column("paper", String(16), nullable=False),
    Column("summary", JSON(none_as_null=True)),
    *(
        Column(name, Boolean, nullable=False, server_default=true())
        for name in ("has_title_page", "has_contents", "has_appendix")
    ),
    Column("visibility", String(16), nullable=False, server_default="team"),
    Column("deleted_at", Moment),
    *_made(),
    Column("changed_at", Moment, nullable=False),
    Index(None, "team_id", "created_at"),
    Index(None, "dataset_id"),
)

sections = Table(
    "sections",
    metadata,
    _id(primary_key=True),
    _id(name="team_id"),
    _owned("reports", "report_id"),
    Column("position", Integer, nullable=False),
    _owned("versions", "version_id", nullable=True),
    # Packed JSON: what the section shows.
    Column("body", LargeBinary, nullable=False),
    Index(None, "report_id", "position"),
    Index(None, "version_id"),
)

report_files = Table(
    "report_files",
    metadata,
    _id(primary_key=True),
    _id(name="team_id"),
    _owned("reports", "report_id"),
    Column("name", Words, nullable=False),
    Column("ending", String(16), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("visibility", String(16), nullable=False, server_default="team"),
    *_made(),
    Index(None, "report_id", "created_at"),
)
