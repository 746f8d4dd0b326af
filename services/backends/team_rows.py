"""The rows of a team: its members, its invitations, what it shares, and what was done in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, RowMapping, Select, and_, delete, func, insert, or_, select, update

from services.backends.board_tables import tiles
from services.backends.door import not_found, noun_of
from services.backends.job_rows import changed
from services.backends.report_tables import report_files, reports, sections
from services.backends.seat import Seat
from services.backends.sight import SHARED
from services.backends.tables import activity, conversations, datasets, users, versions
from services.backends.team_tables import invitations, memberships, shares, teams, usage
from services.circles import Activity, Audience, Invitation, Member, ObjectKind, Role, Share, Visibility
from services.domain import Conversation, Team


class TeamRows(Seat):
    """One team, as far as somebody in it may see."""

    # Members and invitations

    def members(self) -> list[Member]:
        """Everybody in the team, highest role first."""
        joined = memberships.join(users, users.c.id == memberships.c.user_id)
        columns = (memberships.c.user_id, memberships.c.role, memberships.c.joined_at)
        mine = select(*columns, users.c.name, users.c.email, users.c.active).select_from(joined)
        mine = mine.where(self._seen(memberships)).order_by(memberships.c.role.desc(), users.c.name, users.c.id)
        with self._database.reading() as session:
            found = session.execute(mine).mappings().all()
        return [Member.model_validate({**row, "email": row["email"] or "", "role": Role(row["role"])}) for row in found]

    def rename(self, name: str) -> None:
        """Raises: NotFound."""
        with self._database.session() as session:
            if not changed(session, update(teams).where(teams.c.id == self._team_id).values(name=name)):
                raise not_found("team")

    def set_role(self, user_id: str, role: Role, was: Role) -> bool:
        """Whether the person still had the role `was` and now has the other."""
        one = and_(self._seen(memberships), memberships.c.user_id == user_id, memberships.c.role == int(was))
        with self._database.session() as session:
            return changed(session, update(memberships).where(one).values(role=int(role))) > 0

    def hand_over(self, user_id: str) -> bool:
        """Whether this person was the owner and the other one a member, and they have changed places."""
        with self._database.session() as session:
            mine = and_(self._seen(memberships), memberships.c.user_id == self._user_id)
            gave = update(memberships).where(mine, memberships.c.role == int(Role.OWNER)).values(role=int(Role.ADMIN))
            theirs = and_(self._seen(memberships), memberships.c.user_id == user_id)
            if not changed(session, gave) or not changed(
                session, update(memberships).where(theirs).values(role=int(Role.OWNER))
            ):
                session.rollback()
                return False
        return True

    def remove(self, user_id: str, heir_id: str) -> bool:
        """Whether the person was in the team and is no longer. What was private to them in it is the heir's now; who
        read their private reports by a share does so no more."""
        with self._database.session() as session:
            one = and_(self._seen(memberships), memberships.c.user_id == user_id)
            if not changed(session, delete(memberships).where(one, memberships.c.role != int(Role.OWNER))):
                return False
            hidden = and_(reports.c.created_by == user_id, reports.c.visibility == Visibility.PRIVATE)
            papers = select(reports.c.id).where(reports.c.team_id == self._team_id, hidden)
            session.execute(delete(shares).where(_of_reports(self._team_id, papers)))
            for table in dict.fromkeys((*SHARED.values(), reports, report_files)):
                theirs = and_(table.c.team_id == self._team_id, table.c.created_by == user_id)
                private = table.c.visibility == Visibility.PRIVATE
                session.execute(update(table).where(theirs, private).values(created_by=heir_id))
            given = and_(shares.c.team_id == self._team_id, shares.c.created_by == user_id)
            session.execute(update(shares).where(given).values(created_by=heir_id))
            open_ones = and_(self._seen(invitations), invitations.c.created_by == user_id, invitations.c.used_by == "")
            session.execute(delete(invitations).where(open_ones))
        return True

    def invite(self, invitation: Invitation, token_hash: str) -> None:
        """Keeps a new invitation."""
        values = invitation.model_dump() | {"role": int(invitation.role), "token_hash": token_hash}
        with self._database.session() as session:
            session.execute(insert(invitations).values(**{**values, "team_id": self._team_id}))

    def invitations(self) -> list[Invitation]:
        """Those that nobody has used, newest first; expired ones too."""
        mine = select(invitations).where(self._seen(invitations), invitations.c.used_by == "")
        with self._database.reading() as session:
            found = session.execute(mine.order_by(invitations.c.created_at.desc(), invitations.c.id)).mappings().all()
        return [to_invitation(row) for row in found]

    def take_back(self, invitation_id: str) -> None:
        """Raises: NotFound."""
        one = and_(self._seen(invitations), invitations.c.id == invitation_id, invitations.c.used_by == "")
        with self._database.session() as session:
            if not changed(session, delete(invitations).where(one)):
                raise not_found("invitation")

    def is_empty(self) -> bool:
        """Whether the team has no dataset, deleted ones counted."""
        with self._database.reading() as session:
            return not session.scalar(select(func.count()).select_from(datasets).where(self._seen(datasets)))

    def delete(self) -> None:
        """Removes the team with its members, invitations, shares and limits."""
        with self._database.session() as session:
            for table in (shares, usage):
                session.execute(delete(table).where(table.c.team_id == self._team_id))
            session.execute(delete(memberships).where(self._seen(memberships)))
            session.execute(delete(teams).where(teams.c.id == self._team_id))

    # What is shared

    def maker(self, kind: ObjectKind, object_id: str) -> str:
        """Who made the thing. Raises: NotFound."""
        table = SHARED[kind]
        with self._database.reading() as session:
            found = session.scalar(select(table.c.created_by).where(self._seen(table), table.c.id == object_id))
        if found is None:
            raise not_found(kind)
        return str(found)

    def visibility(self, kind: ObjectKind, object_id: str) -> Visibility:
        """Raises: NotFound."""
        table = SHARED[kind]
        with self._database.reading() as session:
            found = session.scalar(select(table.c.visibility).where(self._seen(table), table.c.id == object_id))
        if found is None:
            raise not_found(kind)
        return Visibility(found)

    def show_to(self, kind: ObjectKind, object_id: str, visibility: Visibility) -> None:
        """Says who in the team sees the thing. A private dataset takes back what was shared of its conversations
        and of dashboards and reports that show it.

        Raises: NotFound.
        """
        table = SHARED[kind]
        with self._database.session() as session:
            one = and_(self._seen(table), table.c.id == object_id)
            if not changed(session, update(table).where(one).values(visibility=visibility)):
                raise not_found(kind)
            if kind is ObjectKind.DATASET and visibility is Visibility.PRIVATE:
                about = select(conversations.c.id).where(
                    conversations.c.team_id == self._team_id, conversations.c.dataset_id == object_id
                )
                talks = and_(shares.c.kind == ObjectKind.CONVERSATION, shares.c.object_id.in_(about))
                boards = select(tiles.c.dashboard_id).where(
                    tiles.c.team_id == self._team_id, tiles.c.dataset_id == object_id
                )
                shown = and_(shares.c.kind == ObjectKind.DASHBOARD, shares.c.object_id.in_(boards))
                told = select(sections.c.report_id).join(versions, versions.c.id == sections.c.version_id)
                told = told.where(sections.c.team_id == self._team_id, versions.c.dataset_id == object_id)
                papers = and_(shares.c.kind == ObjectKind.REPORT, shares.c.object_id.in_(told))
                session.execute(delete(shares).where(shares.c.team_id == self._team_id, or_(talks, shown, papers)))

    def share(self, share: Share, token_hash: str = "") -> None:
        """Keeps a share in place of the one with the same audience. Links are kept beside each other."""
        values = share.model_dump() | {"token_hash": token_hash, "team_id": self._team_id}
        same = and_(
            shares.c.team_id == self._team_id,
            shares.c.object_id == share.object_id,
            shares.c.audience == share.audience,
            shares.c.audience_id == share.audience_id,
            shares.c.audience != Audience.LINK,
        )
        with self._database.session() as session:
            session.execute(delete(shares).where(same))
            session.execute(insert(shares).values(**values))

    def shares(self, object_id: str) -> list[Share]:
        """Those of a thing, oldest first; expired ones too."""
        mine = select(shares).where(shares.c.team_id == self._team_id, shares.c.object_id == object_id)
        with self._database.reading() as session:
            return [to_share(row) for row in session.execute(mine.order_by(shares.c.created_at)).mappings()]

    def one_share(self, share_id: str) -> Share:
        """Raises: NotFound."""
        with self._database.reading() as session:
            mine = select(shares).where(shares.c.team_id == self._team_id, shares.c.id == share_id)
            row = session.execute(mine).mappings().one_or_none()
        if row is None:
            raise not_found("share")
        return to_share(row)

    def unshare(self, share_id: str) -> None:
        """Raises: NotFound."""
        with self._database.session() as session:
            one = and_(shares.c.team_id == self._team_id, shares.c.id == share_id)
            if not changed(session, delete(shares).where(one)):
                raise not_found("share")

    def private(self, kind: ObjectKind) -> list[str]:
        """Ids of what is private to this person in the team."""
        table = SHARED[kind]
        mine = and_(self._seen(table), table.c.created_by == self._user_id, table.c.visibility == Visibility.PRIVATE)
        with self._database.reading() as session:
            return list(session.scalars(select(table.c.id).where(mine)))

    def begun(self, user_id: str) -> list[Conversation]:
        """The conversations a person began, oldest first."""
        mine = select(conversations).where(self._seen(conversations), conversations.c.created_by == user_id)
        with self._database.reading() as session:
            found = session.execute(mine.order_by(conversations.c.created_at)).mappings().all()
        return [noun_of(row, Conversation) for row in found]

    def drop_conversation(self, conversation_id: str) -> None:
        """Removes a conversation with its turns."""
        with self._database.session() as session:
            one = and_(self._seen(conversations), conversations.c.id == conversation_id)
            session.execute(delete(conversations).where(one))

    # Activity

    def activity(
        self,
        *,
        user_id: str = "",
        actions: Sequence[str] = (),
        since: datetime | None = None,
        until: datetime | None = None,
        text: str = "",
        limit: int | None = None,
    ) -> list[Activity]:
        """The records that meet all that is given, newest first."""
        wanted = [self._seen(activity)]
        wanted += [activity.c.user_id == user_id] if user_id else []
        wanted += [activity.c.action.in_(actions)] if actions else []
        wanted += [activity.c.created_at >= since] if since else []
        wanted += [activity.c.created_at < until] if until else []
        if text:
            wanted.append(or_(activity.c.label.icontains(text, autoescape=True), activity.c.subject_id == text))
        newest = select(activity).where(*wanted).order_by(activity.c.created_at.desc(), activity.c.id).limit(limit)
        with self._database.reading() as session:
            return [Activity.model_validate(dict(row)) for row in session.execute(newest).mappings()]

    def labels(self) -> dict[str, str]:
        """What objects of the team were last called, by id."""
        named = select(activity.c.subject_id, activity.c.label).where(self._seen(activity), activity.c.label != "")
        with self._database.reading() as session:
            return {row[0]: row[1] for row in session.execute(named.order_by(activity.c.created_at))}

    def names(self) -> dict[str, str]:
        """Names of everybody who did anything in the team, by id; those who are gone are left out."""
        done = select(activity.c.user_id).where(self._seen(activity)).distinct()
        with self._database.reading() as session:
            found = session.execute(select(users.c.id, users.c.name).where(users.c.id.in_(done)))
            return {row[0]: row[1] for row in found}

    def sight(self) -> str:
        """What the team lets a language model see at most; "" for one that says nothing."""
        with self._database.reading() as session:
            return session.scalar(select(teams.c.sight).where(teams.c.id == self._team_id)) or ""

    def require_sight(self, sight: str) -> None:
        """Raises: NotFound."""
        with self._database.session() as session:
            if not changed(session, update(teams).where(teams.c.id == self._team_id).values(sight=sight)):
                raise not_found("team")

    def team(self) -> Team:
        """Raises: NotFound."""
        with self._database.reading() as session:
            name = session.scalar(select(teams.c.name).where(teams.c.id == self._team_id))
        if name is None:
            raise not_found("team")
        return Team(id=self._team_id, name=name)


def to_invitation(row: RowMapping) -> Invitation:
    """The noun in a row."""
    values = {name: row[name] for name in Invitation.model_fields}
    return Invitation.model_validate(values | {"role": Role(row["role"])})


def to_share(row: RowMapping) -> Share:
    """The noun in a row."""
    return Share.model_validate({name: row[name] for name in Share.model_fields})


def _of_reports(team_id: str, ids: Select[tuple[str]]) -> ColumnElement[bool]:
    """The shares of these reports of the team."""
    return and_(shares.c.team_id == team_id, shares.c.kind == ObjectKind.REPORT, shares.c.object_id.in_(ids))
