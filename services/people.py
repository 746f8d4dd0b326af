"""The nouns of people and of how they come in. `services.domain` passes them on."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from services.access import Role
from services.conditions import Fact


class User(Fact):
    """A person who may sign in."""

    id: str
    name: str
    email: str = ""
    """Small letters; empty for the local user and for visitors."""
    active: bool = True
    """Whether the person may come in. Somebody deactivated keeps everything and sees nothing."""
    runs_server: bool = False
    """Whether the server is theirs: they may see and deactivate people."""
    is_visitor: bool = False
    """Whether this is a throw-away user, removed with everything it made."""
    created_at: datetime | None = None


class Team(Fact):
    """People who share work. A person alone is a team too: its id is the person's."""

    id: str
    name: str
    active: bool = True
    """Whether anybody may open it. One that was deactivated keeps everything and shows nothing."""


class Membership(Fact):
    """One person in one team."""

    team_id: str
    user_id: str
    role: Role


class Way(StrEnum):
    """How somebody came in."""

    PASSWORD = "password"
    OPENID = "openid"
    VISITOR = "visitor"


class Session(Fact):
    """One browser that is signed in."""

    id: str
    user_id: str
    way: Way
    turned: int = 0
    """How many times its cookie was exchanged for a fresh one."""
    turned_at: datetime
    address: str = ""
    """Where it came from, as far as the server can tell."""
    agent: str = ""
    """What the browser calls itself."""
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


class Bound(Fact):
    """At most so many tries of `key` within `window`; then none for as long."""

    key: str
    tries: int
    window: timedelta
