"""Who may sign in, and how. Not bound to a team: a person may be in many, and is asked for before any is known."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, Select, delete, insert, select, union, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session as DatabaseSession

from services.backends.database import Database
from services.backends.door import not_found
from services.backends.job_rows import changed
from services.backends.tables import credentials, datasets, identities, jobs, metadata, uploads, users
from services.domain import User
from services.errors import BadInput


class PeopleRows:
    """All people of this server."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def user(self, user_id: str) -> User | None:
        """The person with this id."""
        return self._first(select(users).where(users.c.id == user_id))

    def by_email(self, email: str) -> User | None:
        """The person with this address, written in small letters."""
        return self._first(select(users).where(users.c.email == email))

    def by_identity(self, issuer: str, subject: str) -> User | None:
        """The person whom a provider calls by this name."""
        mine = (identities.c.issuer == issuer) & (identities.c.subject == subject)
        return self._first(select(users).join(identities, identities.c.user_id == users.c.id).where(mine))

    def all(self) -> list[User]:
        """Everybody but visitors, by name."""
        lasting = select(users).where(users.c.is_visitor.is_(False)).order_by(users.c.name, users.c.id)
        with self._database.reading() as session:
            return [_user(row) for row in session.execute(lasting).mappings()]

    def visitors(self, before: datetime) -> list[User]:
        """Visitors who came before this moment."""
        old = select(users).where(users.c.is_visitor.is_(True), users.c.created_at < before)
        with self._database.reading() as session:
            return [_user(row) for row in session.execute(old).mappings()]

    def has_owner(self) -> bool:
        """Whether the server is anybody's."""
        return self._first(select(users).where(users.c.runs_server.is_(True), users.c.active.is_(True))) is not None

    def add(self, user: User, password_hash: str = "", identity: tuple[str, str] | None = None) -> None:
        """Keeps a new person and what proves that it is them, whole or not at all.

        Raises: BadInput, when the address is taken.
        """
        try:
            with self._database.session() as session:
                session.execute(insert(users).values(**user.model_dump(exclude={"email"}), email=user.email or None))
                if password_hash:
                    self._keep_password(session, user, password_hash)
                if identity:
                    self._keep_identity(session, user, identity)
        except IntegrityError:
            raise BadInput("This address has an account already.", "Sign in, or ask for a reset link.") from None

    def password_hash(self, user_id: str) -> str:
        """What the person's password must match, or ""."""
        with self._database.reading() as session:
            return session.scalar(select(credentials.c.password_hash).where(credentials.c.user_id == user_id)) or ""

    def save_password(self, user_id: str, password_hash: str, now: datetime) -> None:
        """Keeps a new password, also for somebody who had none."""
        values = {"password_hash": password_hash, "changed_at": now}
        with self._database.session() as session:
            if not changed(session, update(credentials).where(credentials.c.user_id == user_id).values(values)):
                session.execute(insert(credentials).values(user_id=user_id, **values))

    def add_identity(self, user: User, identity: tuple[str, str]) -> None:
        """Keeps what a provider calls somebody who is here already."""
        with self._database.session() as session:
            self._keep_identity(session, user, identity)

    def remove(self, user_id: str) -> None:
        """Forgets a person, their password and their sessions."""
        with self._database.session() as session:
            session.execute(delete(users).where(users.c.id == user_id))

    def spaces(self) -> list[str]:
        """Ids of all teams and people who keep anything, sorted."""
        kept = union(select(datasets.c.team_id), select(uploads.c.team_id), select(jobs.c.team_id))
        with self._database.everywhere().reading() as session:
            return sorted(session.scalars(kept))

    def remove_space(self, team_id: str) -> None:
        """Forgets every row of a team, whole or not at all."""
        owned = [table for table in reversed(metadata.sorted_tables) if "team_id" in table.c]
        with self._database.everywhere().session() as session:
            for table in owned:
                session.execute(delete(table).where(table.c.team_id == team_id))

    def save(self, user: User) -> None:
        """Keeps name and whether the person may come in. Raises: NotFound."""
        values = user.model_dump(include={"name", "active", "runs_server"})
        with self._database.session() as session:
            if not changed(session, update(users).where(users.c.id == user.id).values(values)):
                raise not_found("person")

    def _first(self, query: Select[Any]) -> User | None:
        with self._database.reading() as session:
            row = session.execute(query).mappings().first()
        return None if row is None else _user(row)

    @staticmethod
    def _keep_password(session: DatabaseSession, user: User, password_hash: str) -> None:
        values = {"user_id": user.id, "password_hash": password_hash, "changed_at": user.created_at}
        session.execute(insert(credentials).values(values))

    @staticmethod
    def _keep_identity(session: DatabaseSession, user: User, identity: tuple[str, str]) -> None:
        issuer, subject = identity
        values = {"issuer": issuer, "subject": subject, "user_id": user.id, "created_at": user.created_at}
        session.execute(insert(identities).values(values))


def _user(row: RowMapping) -> User:
    return User.model_validate({**row, "email": row["email"] or ""})
