"""The tables of teams, of sharing, and of use and its limits."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, String, Table, true

from services.backends.tables import Moment, Words, _id, _made, _owned, metadata

teams = Table(
    "teams",
    metadata,
    _id(primary_key=True),
    Column("name", Words, nullable=False),
    # What a language model may see at most; "" is whatever the server lets it.
    Column("sight", String(16), nullable=False, server_default=""),
    Column("active", Boolean, nullable=False, server_default=true()),
    *_made(),
)

memberships = Table(
    "memberships",
    metadata,
    _owned("teams", "team_id", primary_key=True),
    _id(name="user_id", primary_key=True),
    Column("role", Integer, nullable=False),
    Column("joined_at", Moment, nullable=False),
    Index(None, "user_id"),
)

invitations = Table(
    "invitations",
    metadata,
    _id(primary_key=True),
    _owned("teams", "team_id"),
    # A hash: the token itself is known only to whoever it was given to.
    Column("token_hash", String(64), nullable=False),
    Column("role", Integer, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_by", String(64), nullable=False, server_default=""),
    *_made(),
    Index(None, "team_id", "created_at"),
    Index(None, "token_hash", unique=True),
)

shares = Table(
    "shares",
    metadata,
    _id(primary_key=True),
    _id(name="team_id"),
    Column("kind", String(32), nullable=False),
    # No foreign key: it may be of any kind.
    _id(name="object_id"),
    Column("audience", String(16), nullable=False),
    Column("audience_id", String(64), nullable=False, server_default=""),
    Column("right", String(16), nullable=False),
    Column("token_hash", String(64), nullable=False, server_default=""),
    Column("expires_at", Moment),
    *_made(),
    Index(None, "team_id", "object_id"),
    Index(None, "audience", "audience_id"),
    Index(None, "token_hash"),
)

usage = Table(
    "usage",
    metadata,
    _id(name="team_id", primary_key=True),
    _id(name="user_id", primary_key=True),
    # In UTC, like 2026-11-20.
    Column("day", String(10), primary_key=True),
    Column("questions", Integer, nullable=False, server_default="0"),
    Column("tokens", BigInteger, nullable=False, server_default="0"),
    Column("seconds", Float, nullable=False, server_default="0"),
)

limits = Table(
    "limits",
    metadata,
    _id(name="team_id", primary_key=True),
    # Of one person; "" is the team as a whole, "*" everybody in it.
    Column("user_id", String(64), primary_key=True),
    Column("storage_mb", BigInteger),
    Column("questions_a_day", BigInteger),
    Column("tokens_a_month", BigInteger),
    Column("runs_at_once", BigInteger),
)

wishes = Table(
    "wishes",
    metadata,
    _id(primary_key=True),
    _id(name="team_id"),
    _id(name="user_id"),
    Column("measure", String(16), nullable=False),
    Column("reason", Words, nullable=False),
    Column("status", String(16), nullable=False),
    Column("decided_by", String(64), nullable=False, server_default=""),
    Column("created_at", Moment, nullable=False),
    Index(None, "team_id", "created_at"),
)
