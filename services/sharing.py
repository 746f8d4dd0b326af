"""Sharing: who sees a thing, in its team and outside of it; and what somebody sees of what was shared with them.

It works by kind of object: `ObjectKind`, `services.backends.sight.SHARED` and `access.GUESTS` say all there is to say
about one. Only who made a thing, or an admin of its team, says who sees it: what was shared is not shared on.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import uuid4

import pyarrow as pa

from services import changes, teams, versions
from services.access import Action, Role, requires
from services.accounts import signing_in
from services.binding import Report, Section, SectionKind
from services.circles import Audience, ObjectKind, Right, Share, Shared, SharedVersion, Visibility
from services.domain import Conversation, Dataset, Turn
from services.errors import BadInput, Forbidden, NotFound
from services.teams import hashed
from services.workspace import Workspace

LINK_DAYS: Final = 30
MOST_DAYS: Final = 365
MOST_SHARES: Final = 200
ROWS_SHOWN: Final = 1_000
BRIEF: Final = "brief"


@dataclass(frozen=True)
class Published:
    """A new link, and the token in it: shown once, kept nowhere."""

    id: str
    share: Share
    token: str


@dataclass(frozen=True)
class Reach:
    """Who sees a thing: in its team, and by its shares, each with the name of its audience."""

    visibility: Visibility
    shares: tuple[tuple[Share, str], ...]


@dataclass(frozen=True)
class Paper:
    """A report as a guest reads it: each section with what it says about its table."""

    report: Report
    parts: tuple[tuple[Section, tuple[str, ...]], ...]


@requires(Action.SHARE_READ)
def reach(ws: Workspace, kind: ObjectKind, object_id: str) -> Reach:
    """Who sees the thing. Raises: NotFound."""
    visibility = ws.members.visibility(kind, object_id)
    lasting = [each for each in ws.members.shares(object_id) if _lasts(each)]
    names = ws.backends.circles.names({each.audience_id for each in lasting})
    return Reach(visibility, tuple((each, names.get(each.audience_id, "")) for each in lasting))


@requires(Action.SHARE_READ)
def may_share(ws: Workspace, kind: ObjectKind, object_id: str) -> bool:
    """Whether this person says who sees the thing. Raises: NotFound."""
    maker = ws.members.maker(kind, object_id)
    return ws.role >= Role.ADMIN or (ws.role >= Role.MEMBER and maker == ws.user.id)


@requires(Action.SHARE)
def show_to(ws: Workspace, kind: ObjectKind, object_id: str, visibility: Visibility) -> None:
    """Keeps the thing private, or shows it to its team.

    A dataset that is private again takes back what was shared of conversations about it, and of dashboards that show
    it. Raises: NotFound; Forbidden; BadInput, for a conversation about a private dataset, or a dashboard with one.
    """
    _own(ws, kind, object_id)
    if visibility is Visibility.TEAM:
        for source in _sources(ws, kind, object_id):
            if ws.members.visibility(ObjectKind.DATASET, source) is Visibility.PRIVATE:
                raise BadInput(f"A dataset of this {kind} is private.", "Show the dataset to the team first.")
    if visibility is Visibility.PRIVATE and ws.members.maker(kind, object_id) != ws.user.id:
        raise Forbidden("Only who made this can make it private.", "Ask them.")
    ws.members.show_to(kind, object_id, visibility)


@requires(Action.SHARE)
def with_person(
    ws: Workspace, kind: ObjectKind, object_id: str, email: str, right: Right = Right.VIEW, days: int | None = None
) -> Share:
    """Shares the thing with one person, to view or to edit. Raises: NotFound, when no active person has the address."""
    _own(ws, kind, object_id)
    person = ws.backends.circles.person(signing_in.normal(email))
    if person is None:
        raise NotFound(f"Nobody on this server has the address “{email.strip()[:80]}”.", "See how it is written.")
    if person[0] == ws.user.id:
        raise BadInput("This is you.", "Share it with somebody else.")
    return _share(ws, kind, object_id, Audience.PERSON, person[0], right, days)


@requires(Action.SHARE)
def with_team(
    ws: Workspace, kind: ObjectKind, object_id: str, team_id: str, right: Right = Right.VIEW, days: int | None = None
) -> Share:
    """Shares the thing with another team that this person is in. Raises: NotFound."""
    _own(ws, kind, object_id)
    if team_id not in {team.id for team, _ in teams.list_all(ws)}:
        raise NotFound("You are not in this team.", "Choose one of yours.")
    if team_id == ws.team.id:
        raise BadInput("It is this team's own.", "Choose who in the team sees it instead.")
    return _share(ws, kind, object_id, Audience.TEAM, team_id, right, days)


@requires(Action.SHARE)
def with_everyone(ws: Workspace, kind: ObjectKind, object_id: str, days: int | None = None) -> Share:
    """Lists the thing for everyone who is signed in, to view."""
    _own(ws, kind, object_id)
    return _share(ws, kind, object_id, Audience.EVERYONE, "", Right.VIEW, days)


@requires(Action.SHARE)
def publish(ws: Workspace, kind: ObjectKind, object_id: str, days: int = LINK_DAYS) -> Published:
    """A link by which whoever has it can read the thing, signed in or not, for so many days."""
    _own(ws, kind, object_id)
    token = secrets.token_urlsafe(32)
    share = _share(ws, kind, object_id, Audience.LINK, "", Right.VIEW, days, hashed(token))
    return Published(share.id, share, token)


@requires(Action.SHARE_STOP)
def stop(ws: Workspace, share_id: str) -> None:
    """Takes a share back: what it showed is not seen any more, from the next click on. Raises: NotFound; Forbidden."""
    share = ws.members.one_share(share_id)
    _own(ws, share.kind, share.object_id)
    ws.members.unshare(share_id)


@requires(Action.TEAM_READ)
def shared_with_me(ws: Workspace) -> list[Shared]:
    """What others have shared with this person, with a team of theirs, or with everyone, newest first.

    A thing that is shared in several ways comes once, by the share that gives most.
    """
    found = ws.backends.circles.shared_with(ws.user.id, datetime.now(UTC))
    best: dict[str, Shared] = {}
    for each in found:
        known = best.get(each.share.object_id)
        if known is None or (each.share.right is Right.EDIT and known.share.right is Right.VIEW):
            best[each.share.object_id] = each
    return [each for each in found if best[each.share.object_id] is each]


# What a guest reads: each of these works on a workspace that was opened by a share


@requires(Action.SHARE_OPEN)
def title(ws: Workspace) -> Shared:
    """What is shared, and by whom. Raises: NotFound, for members: nothing was shared with them here."""
    share = _guests(ws)
    names = ws.backends.circles.names({share.created_by, share.team_id})
    return Shared(
        share=share,
        name=ws.backends.circles.name(share) or "",
        team=names.get(share.team_id, ""),
        by=names.get(share.created_by, ""),
    )


@requires(Action.SHARE_OPEN)
def shown_version(ws: Workspace) -> SharedVersion:
    """Which state of which table the shared thing is about. Raises: NotFound."""
    share = _guests(ws)
    dataset_id = ws.sight.dataset_id if ws.sight else ""
    dataset = ws.rows.dataset(dataset_id)
    is_talk = share.kind is ObjectKind.CONVERSATION
    version = ws.rows.version(ws.rows.conversation(share.object_id).version_id if is_talk else dataset.head_id)
    return SharedVersion(
        dataset=dataset.name,
        rows=version.rows,
        columns=len(version.columns),
        note=version.name or versions.sentence(version),
        created_at=version.created_at,
    )


@requires(Action.SHARE_OPEN)
def place(ws: Workspace) -> tuple[str, str]:
    """Ids of the dataset and, where one was shared, of the conversation. Raises: NotFound, for members."""
    _guests(ws)
    return (ws.sight.dataset_id, ws.sight.conversation_id) if ws.sight else ("", "")


@requires(Action.SHARE_OPEN)
def table(ws: Workspace, limit: int = ROWS_SHOWN) -> pa.Table:
    """The first rows of a shared dataset. Raises: NotFound, when a conversation is what was shared."""
    share = _guests(ws)
    if share.kind is not ObjectKind.DATASET:
        raise NotFound("The table itself is not shared.", "Ask whoever shared this.")
    with changes.local(ws, ws.rows.dataset(share.object_id).head_id) as path:
        return ws.backends.engine.page(path, 0, max(0, min(limit, ROWS_SHOWN)))


@requires(Action.SHARE_OPEN)
def talk(ws: Workspace) -> tuple[Conversation, list[Turn]]:
    """A shared conversation and its turns, oldest first, without what a language model was sent. Raises: NotFound."""
    share = _guests(ws)
    if share.kind is not ObjectKind.CONVERSATION:
        raise NotFound("No conversation is shared here.", "Ask whoever shared this.")
    conversation = ws.rows.conversation(share.object_id)
    return conversation, [turn.model_copy(update={"exchanges": ()}) for turn in ws.rows.turns(conversation.id)]


@requires(Action.SHARE_OPEN)
def paper(ws: Workspace) -> Paper:
    """A shared report, to read: what was put into it from private datasets of others is left out. Raises: NotFound."""
    share = _guests(ws)
    if share.kind is not ObjectKind.REPORT:
        raise NotFound("No report is shared here.", "Ask whoever shared this.")
    whole = ws.for_upkeep()
    report = whole.reports.get(share.object_id)
    hidden = {each.id for each in whole.rows.datasets() if _is_hidden(each, share)}
    parts = []
    for part in whole.reports.sections(report.id):
        dataset_id = whole.rows.version(part.version_id).dataset_id if part.version_id else ""
        if dataset_id not in hidden:
            is_brief = part.hide_code or report.template == BRIEF
            parts.append((part.model_copy(update={"hide_code": is_brief}), _told(whole, part)))
    return Paper(report, tuple(parts))


def _is_hidden(dataset: Dataset, share: Share) -> bool:
    return dataset.visibility is Visibility.PRIVATE and dataset.created_by != share.created_by


def _told(whole: Workspace, part: Section) -> tuple[str, ...]:
    """What a section about a table says, in short."""
    if part.version_id and part.kind is SectionKind.PROFILE:
        return whole.rows.profile(part.version_id).summary
    if part.version_id and part.kind is SectionKind.CLEANING:
        steps = reversed(list(_steps(whole, part.version_id)))
        return tuple(f"{number}. {step}" for number, step in enumerate(steps, 1))
    return ()


def _steps(whole: Workspace, version_id: str) -> Iterator[str]:
    """What made a version, the last step first."""
    at: str | None = version_id
    while at and (version := whole.rows.version(at)):
        if version.step:
            yield version.step.describe()
        at = version.parent_id


def _sources(ws: Workspace, kind: ObjectKind, object_id: str) -> set[str]:
    """The ids of the datasets that the thing tells about."""
    if kind is ObjectKind.CONVERSATION:
        return {ws.rows.conversation(object_id).dataset_id}
    if kind is ObjectKind.DASHBOARD:
        return {tile.dataset_id for tile in ws.dashboards.tiles(object_id) if tile.dataset_id}
    if kind is ObjectKind.REPORT:
        made = {part.version_id for part in ws.reports.sections(object_id) if part.version_id}
        return {ws.rows.version(each).dataset_id for each in made}
    return set()


def _guests(ws: Workspace) -> Share:
    if ws.share is None:
        raise NotFound("Nothing was shared here.", "Open it from the list of what is shared with you.")
    return ws.share


def _own(ws: Workspace, kind: ObjectKind, object_id: str) -> None:
    """Raises: NotFound; Forbidden."""
    if not may_share(ws, kind, object_id):
        raise Forbidden("Only who made this, or an admin of the team, can share it.", "Ask them.")


def _share(
    ws: Workspace,
    kind: ObjectKind,
    object_id: str,
    audience: Audience,
    audience_id: str,
    right: Right,
    days: int | None,
    token_hash: str = "",
) -> Share:
    """Raises: BadInput."""
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise BadInput(f"A share cannot last {days} days.", f"Choose 1 to {MOST_DAYS} days.")
    if len(ws.members.shares(object_id)) >= MOST_SHARES:
        raise BadInput(f"This is shared {MOST_SHARES} times; that is the most.", "Take some back, or use a team.")
    now = datetime.now(UTC)
    share = Share(
        id=uuid4().hex,
        team_id=ws.team.id,
        kind=kind,
        object_id=object_id,
        audience=audience,
        audience_id=audience_id,
        right=right,
        expires_at=now + timedelta(days=days) if days else None,
        created_by=ws.user.id,
        created_at=now,
    )
    ws.members.share(share, token_hash)
    return share


def _lasts(share: Share) -> bool:
    return share.expires_at is None or share.expires_at > datetime.now(UTC)
