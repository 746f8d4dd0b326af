"""Which teams a person is in, and what is shared with them. Not bound to a team: it is asked before any is known."""

from __future__ import annotations

import zlib
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from services.backends.database import Database
from services.backends.door import not_found
from services.backends.job_rows import changed
from services.backends.packing import QUICK
from services.backends.report_tables import sections
from services.backends.sight import SHARED
from services.backends.tables import activity, conversations, datasets, metadata, users
from services.backends.team_rows import to_invitation, to_share
from services.backends.team_tables import invitations, limits, memberships, shares, teams, usage, wishes
from services.circles import Audience, Group, Invitation, ObjectKind, Role, Share, Shared
from services.domain import Team
from services.errors import BadInput

_NAMING = {"created_by", "used_by", "decided_by"}


class CircleRows:
    """All teams of this server. Only `workspace`, `teams` and `sharing` ask it, about the person who asks."""

    def __init__(self, database: Database) -> None:
        self._database = database.everywhere()

    def role(self, user_id: str, team_id: str) -> Role | None:
        """What the person is in the team, if anything."""
        one = and_(memberships.c.user_id == user_id, memberships.c.team_id == team_id)
        found = self._scalar(select(memberships.c.role).where(one))
        return None if found is None else Role(found)

    def team(self, team_id: str) -> Team | None:
        """The team of several people with this id."""
        with self._database.reading() as session:
            row = session.execute(select(teams.c.name, teams.c.active).where(teams.c.id == team_id)).first()
        return None if row is None else Team(id=team_id, name=row.name, active=row.active)

    def all(self) -> list[Group]:
        """Every team, by name, with its owner and how many are in it."""
        owned = and_(memberships.c.team_id == teams.c.id, memberships.c.role == int(Role.OWNER))
        joined = teams.join(memberships, owned, isouter=True).join(
            users, users.c.id == memberships.c.user_id, isouter=True
        )
        inside = select(func.count()).where(memberships.c.team_id == teams.c.id).correlate(teams).scalar_subquery()
        query = select(teams, users.c.name.label("owner"), inside.label("members")).select_from(joined)
        with self._database.reading() as session:
            found = session.execute(query.order_by(teams.c.name, teams.c.id)).mappings().all()
        return [
            Group(
                id=row["id"],
                name=row["name"],
                owner=row["owner"] or "",
                members=row["members"],
                active=row["active"],
                created_at=row["created_at"],
            )
            for row in found
        ]

    def teams_of(self, user_id: str) -> list[tuple[Team, Role]]:
        """The teams the person is in, closed ones too, by name."""
        joined = memberships.join(teams, teams.c.id == memberships.c.team_id)
        mine = select(teams.c.id, teams.c.name, teams.c.active, memberships.c.role).select_from(joined)
        mine = mine.where(memberships.c.user_id == user_id).order_by(teams.c.name, teams.c.id)
        with self._database.reading() as session:
            found = session.execute(mine)
            return [(Team(id=row.id, name=row.name, active=row.active), Role(row.role)) for row in found]

    def set_active(self, team_id: str, active: bool) -> None:
        """Closes the team, or opens it again. Raises: NotFound."""
        with self._database.session() as session:
            if not changed(session, update(teams).where(teams.c.id == team_id).values(active=active)):
                raise not_found("team")

    def found(self, team: Team, user_id: str, moment: datetime) -> None:
        """Keeps a new team, which this person owns."""
        with self._database.session() as session:
            made = {"created_by": user_id, "created_at": moment}
            session.execute(insert(teams).values(id=team.id, name=team.name, **made))
            owner = {"team_id": team.id, "user_id": user_id, "role": int(Role.OWNER), "joined_at": moment}
            session.execute(insert(memberships).values(**owner))

    def invitation(self, token_hash: str) -> Invitation | None:
        """The invitation whose link holds this token."""
        with self._database.reading() as session:
            row = session.execute(select(invitations).where(invitations.c.token_hash == token_hash)).mappings().first()
        return None if row is None else to_invitation(row)

    def join(self, invitation: Invitation, user_id: str, moment: datetime) -> bool:
        """Whether the invitation was still open and they are in by it. Raises: BadInput, when they were before."""
        unused = and_(invitations.c.id == invitation.id, invitations.c.used_by == "", invitations.c.expires_at > moment)
        values = {"team_id": invitation.team_id, "user_id": user_id, "role": int(invitation.role), "joined_at": moment}
        try:
            with self._database.session() as session:
                if not changed(session, update(invitations).where(unused).values(used_by=user_id)):
                    return False
                session.execute(insert(memberships).values(**values))
        except IntegrityError:
            raise BadInput("You are in this team already.", "Open it from the menu.") from None
        return True

    # What is shared

    def share(self, share_id: str) -> Share | None:
        """The share with this id."""
        return self._share(shares.c.id == share_id)

    def link(self, token_hash: str) -> Share | None:
        """The share whose link holds this token."""
        return self._share(and_(shares.c.token_hash == token_hash, shares.c.audience == Audience.LINK))

    def reaches(self, share: Share, user_id: str, moment: datetime) -> bool:
        """Whether the share still stands and is with this person, or with a team of theirs, or with everyone."""
        with self._database.reading() as session:
            mine = and_(shares.c.id == share.id, _with(user_id), _lasting(moment))
            return session.scalar(select(shares.c.id).where(mine)) is not None

    def shared_with(self, user_id: str, moment: datetime) -> list[Shared]:
        """What others have shared with this person, newest first; nothing that is deleted, or of a closed team."""
        closed = select(teams.c.id).where(teams.c.active.is_(False))
        mine = and_(_with(user_id), _lasting(moment), shares.c.created_by != user_id, shares.c.team_id.not_in(closed))
        with self._database.reading() as session:
            rows = session.execute(select(shares).where(mine).order_by(shares.c.created_at.desc())).mappings().all()
            names = _pairs(session, select(users.c.id, users.c.name)) if rows else {}
            of = _pairs(session, select(teams.c.id, teams.c.name)) if rows else {}
        found = [(share, self.name(share)) for share in map(to_share, rows)]
        return [
            Shared(
                share=share,
                name=name,
                team=of.get(share.team_id, names.get(share.team_id, "")),
                by=names.get(share.created_by, ""),
            )
            for share, name in found
            if name is not None
        ]

    def place(self, share: Share) -> tuple[str, str] | None:
        """The dataset and conversation a guest sees by the share, empty for other things; None when it is gone."""
        if share.kind not in (ObjectKind.DATASET, ObjectKind.CONVERSATION):
            table = SHARED[share.kind]
            one = select(table.c.id).where(table.c.id == share.object_id, table.c.team_id == share.team_id)
            if "deleted_at" in table.c:
                one = one.where(table.c.deleted_at.is_(None))
            return None if self._scalar(one) is None else ("", "")
        if share.kind is ObjectKind.CONVERSATION:
            joined = conversations.join(datasets, datasets.c.id == conversations.c.dataset_id)
            query = select(conversations.c.dataset_id).select_from(joined).where(conversations.c.id == share.object_id)
            query = query.where(conversations.c.team_id == share.team_id)
        else:
            query = select(datasets.c.id).where(datasets.c.id == share.object_id, datasets.c.team_id == share.team_id)
        found = self._scalar(query.where(datasets.c.deleted_at.is_(None)))
        if found is None:
            return None
        return str(found), share.object_id if share.kind is ObjectKind.CONVERSATION else ""

    def name(self, share: Share) -> str | None:
        """What the shared thing is called; None when it is gone."""
        if self.place(share) is None:
            return None
        table = SHARED[share.kind]
        label = table.c.title if "title" in table.c else table.c.name
        return str(self._scalar(select(label).where(table.c.id == share.object_id)))

    def forget(self, user_id: str, pseudonym: str) -> None:
        """Removes a person and what was between them and their teams; what they did there stays under a pseudonym."""
        with self._database.session() as session:
            for table in metadata.sorted_tables:
                for column in _NAMING & set(table.c.keys()) if "team_id" in table.c else ():
                    named = table.c[column] == user_id
                    session.execute(update(table).where(named).values({column: pseudonym}))
            session.execute(delete(memberships).where(memberships.c.user_id == user_id))
            for table in (limits, wishes):
                session.execute(delete(table).where(table.c.user_id == user_id))
            named = and_(shares.c.audience == Audience.PERSON, shares.c.audience_id == user_id)
            session.execute(delete(shares).where(named))
            for table in (activity, usage):
                session.execute(update(table).where(table.c.user_id == user_id).values(user_id=pseudonym))
            about = activity.c.subject_id == user_id
            session.execute(update(activity).where(about).values(subject_id=pseudonym, label=""))
            _rename_in_reports(session, user_id, pseudonym)
            session.execute(delete(users).where(users.c.id == user_id))

    def person(self, text: str) -> tuple[str, str] | None:
        """Id and name of the active person with this address."""
        one = and_(users.c.email == text.strip().lower(), users.c.active.is_(True))
        with self._database.reading() as session:
            row = session.execute(select(users.c.id, users.c.name).where(one)).first()
        return None if row is None else (row.id, row.name)

    def names(self, ids: set[str]) -> dict[str, str]:
        """Names of people and teams by id, those that are there."""
        with self._database.reading() as session:
            people = _pairs(session, select(users.c.id, users.c.name).where(users.c.id.in_(ids)))
            groups = _pairs(session, select(teams.c.id, teams.c.name).where(teams.c.id.in_(ids)))
        return groups | people

    def _share(self, condition: ColumnElement[bool]) -> Share | None:
        with self._database.reading() as session:
            row = session.execute(select(shares).where(condition)).mappings().first()
        return None if row is None else to_share(row)

    def _scalar(self, query: Any) -> Any:
        with self._database.reading() as session:
            return session.scalar(query)


def _rename_in_reports(session: Session, user_id: str, pseudonym: str) -> None:
    """Sections hold turns as they were when they were taken in, packed, with who asked."""
    for id in session.scalars(select(sections.c.id)).all():
        whole = zlib.decompress(session.scalar(select(sections.c.body).where(sections.c.id == id)) or b"")
        if user_id.encode() in whole:
            body = zlib.compress(whole.replace(user_id.encode(), pseudonym.encode()), QUICK)
            session.execute(update(sections).where(sections.c.id == id).values(body=body))


def _pairs(session: Session, query: Any) -> dict[str, str]:
    return {row[0]: row[1] for row in session.execute(query)}


def _with(user_id: str) -> ColumnElement[bool]:
    inside = select(memberships.c.team_id).where(memberships.c.user_id == user_id)
    return or_(
        and_(shares.c.audience == Audience.PERSON, shares.c.audience_id == user_id),
        and_(shares.c.audience == Audience.TEAM, shares.c.audience_id.in_(inside)),
        shares.c.audience == Audience.EVERYONE,
    )


def _lasting(moment: datetime) -> ColumnElement[bool]:
    return or_(shares.c.expires_at.is_(None), shares.c.expires_at > moment)
