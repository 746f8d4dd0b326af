"""What was used, how much may be, and who asked for more."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import and_, case, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from services.backends.door import not_found
from services.backends.job_rows import ACTIVE, changed
from services.backends.seat import Seat
from services.backends.sight import EVERYWHERE
from services.backends.tables import jobs, users
from services.backends.team_tables import limits, usage, wishes
from services.circles import EACH, Limits, Usage, Wish, WishStatus


class UsageRows(Seat):
    """Use and limits of one team."""

    def add(self, day: str, *, questions: int = 0, tokens: int = 0, seconds: float = 0.0) -> None:
        """Adds to what this person used that day (like 2026-11-20)."""
        with self._database.session() as session:
            more = {"questions": questions, "tokens": tokens, "seconds": seconds}
            key = {"team_id": self._team_id, "user_id": self._user_id, "day": day}
            one = _upsert(session)(usage).values(**key, **more)
            sums = {name: getattr(usage.c, name) + getattr(one.excluded, name) for name in more}
            session.execute(one.on_conflict_do_update(index_elements=list(key), set_=sums))

    def used(self, since: str, user_id: str | None = None) -> Usage:
        """What was used since that day: by one person, or by the team as a whole."""
        mine = and_(usage.c.team_id == self._team_id, usage.c.day >= since)
        mine = and_(mine, usage.c.user_id == user_id) if user_id is not None else mine
        sums = (func.coalesce(func.sum(column), 0) for column in (usage.c.questions, usage.c.tokens, usage.c.seconds))
        with self._database.reading() as session:
            questions, tokens, seconds = session.execute(select(*sums).where(mine)).one()
        return Usage(user_id=user_id or "", questions=int(questions), tokens=int(tokens), seconds=float(seconds))

    def by_person(self, since: str) -> list[Usage]:
        """What each person used since that day, those who asked most first. Storage is not known here."""
        sums = [func.sum(getattr(usage.c, name)).label(name) for name in ("questions", "tokens", "seconds")]
        mine = select(usage.c.user_id, *sums).where(usage.c.team_id == self._team_id, usage.c.day >= since)
        with self._database.reading() as session:
            rows = session.execute(mine.group_by(usage.c.user_id)).mappings().all()
        found = [Usage.model_validate({**row, "tokens": int(row["tokens"])}) for row in rows]
        return sorted(found, key=lambda each: (-each.questions, each.user_id))

    def by_day(self, since: str) -> dict[str, int]:
        """Questions of the team by day."""
        mine = select(usage.c.day, func.sum(usage.c.questions)).where(
            usage.c.team_id == self._team_id, usage.c.day >= since
        )
        with self._database.reading() as session:
            return {row[0]: int(row[1]) for row in session.execute(mine.group_by(usage.c.day))}

    def running(self, user_id: str | None = None) -> int:
        """Jobs of one person, or of the whole team, that wait or run."""
        mine = and_(jobs.c.team_id == self._team_id, ACTIVE)
        mine = and_(mine, jobs.c.created_by == user_id) if user_id is not None else mine
        with self._database.reading() as session:
            return int(session.scalar(select(func.count()).select_from(jobs).where(mine)) or 0)

    def limits(self, user_id: str) -> Limits:
        """What was set for the person; "" is the team as a whole, "*" everybody in it."""
        mine = and_(limits.c.team_id == self._team_id, limits.c.user_id == user_id)
        with self._database.reading() as session:
            row = session.execute(select(limits).where(mine)).mappings().first()
        return Limits.model_validate({name: row[name] for name in Limits.model_fields}) if row else Limits()

    def set_limits(self, user_id: str, wanted: Limits) -> None:
        """Keeps these in place of what was set."""
        with self._database.session() as session:
            key = {"team_id": self._team_id, "user_id": user_id}
            one = _upsert(session)(limits).values(**key, **wanted.model_dump())
            session.execute(one.on_conflict_do_update(index_elements=list(key), set_=wanted.model_dump()))

    def defaults(self) -> Limits:
        """What everybody on this server may use where nothing else was set."""
        return self._of_server().limits(EACH)

    def set_defaults(self, wanted: Limits) -> None:
        """Keeps these in place of what was set."""
        self._of_server().set_limits(EACH, wanted)

    def _of_server(self) -> UsageRows:
        """Limits of no team are the server's."""
        return UsageRows(self._database, "", self._user_id, EVERYWHERE)

    # Wishes for more

    def wish(self, wish: Wish) -> None:
        """Keeps a new wish."""
        with self._database.session() as session:
            session.execute(insert(wishes).values(**{**wish.model_dump(), "team_id": self._team_id}))

    def wishes(self) -> list[Wish]:
        """Those of the team, open ones first, then newest."""
        order = case((wishes.c.status == WishStatus.OPEN, 0), else_=1)
        mine = select(wishes).where(wishes.c.team_id == self._team_id).order_by(order, wishes.c.created_at.desc())
        with self._database.reading() as session:
            return [Wish.model_validate(dict(row)) for row in session.execute(mine).mappings()]

    def decide(self, wish_id: str, status: WishStatus) -> None:
        """Closes an open wish. Raises: NotFound."""
        one = and_(wishes.c.team_id == self._team_id, wishes.c.id == wish_id, wishes.c.status == WishStatus.OPEN)
        with self._database.session() as session:
            if not changed(session, update(wishes).where(one).values(status=status, decided_by=self._user_id)):
                raise not_found("wish")

    def names(self, ids: Iterable[str]) -> dict[str, str]:
        """Names of people by id."""
        with self._database.reading() as session:
            found = session.execute(select(users.c.id, users.c.name).where(users.c.id.in_(list(ids))))
            return {row[0]: row[1] for row in found}


def _upsert(session: Session) -> type[sqlite.Insert] | type[postgresql.Insert]:
    return sqlite.Insert if session.get_bind().dialect.name == "sqlite" else postgresql.Insert
