"""Teams: make one, let people in by a one-time link, say what each may do, leave, and take leave of somebody."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import uuid4

from services import labels
from services.access import Action, Role, requires
from services.circles import Invitation, Member
from services.domain import Team
from services.errors import BadInput, NotFound
from services.workspace import Workspace

INVITED_DAYS: Final = 7
MOST_TEAMS: Final = 50
"""Teams one person may own."""
AGAIN: Final = "Reload the page and look again."


@dataclass(frozen=True)
class Invited:
    """A new invitation, and the token for its link: shown once, kept nowhere."""

    id: str
    invitation: Invitation
    token: str


@dataclass(frozen=True)
class Welcome:
    """What somebody with an invitation reads before they accept."""

    team: Team
    role: Role
    by: str


@requires(Action.TEAM_READ)
def list_all(ws: Workspace) -> list[tuple[Team, Role]]:
    """The teams this person is in, by name, and what they are in each."""
    return [(team, role) for team, role in ws.backends.circles.teams_of(ws.user.id) if team.active]


@requires(Action.TEAM_CREATE)
def create(ws: Workspace, name: str) -> Team:
    """A new team that this person owns. Raises: BadInput, when the name is empty or too long."""
    if sum(role is Role.OWNER for _, role in list_all(ws)) >= MOST_TEAMS:
        raise BadInput(f"You own {MOST_TEAMS} teams; that is the most.", "Hand one over first.")
    team = Team(id=uuid4().hex, name=labels.name(name, "team"))
    ws.backends.circles.found(team, ws.user.id, datetime.now(UTC))
    return team


@requires(Action.TEAM_READ)
def members(ws: Workspace) -> list[Member]:
    """Everybody in the team, highest role first; just this person in their own workspace."""
    if ws.is_alone:
        at = ws.user.created_at or datetime.now(UTC)
        return [Member(user_id=ws.user.id, name=ws.user.name, email=ws.user.email, role=Role.OWNER, joined_at=at)]
    return ws.members.members()


@requires(Action.TEAM_RENAME)
def rename(ws: Workspace, name: str) -> Team:
    """The team under its new name. Raises: BadInput; NotFound, in one's own workspace."""
    clean = labels.name(name, "team")
    ws.members.rename(clean)
    return Team(id=ws.team.id, name=clean)


@requires(Action.MEMBER_INVITE)
def invite(ws: Workspace, role: Role = Role.MEMBER, days: int = INVITED_DAYS) -> Invited:
    """An invitation that lets one person in with this role, once, within so many days.

    Raises: BadInput, for the role of owner, one above one's own, or a time that cannot be.
    """
    _among_others(ws)
    if role is Role.OWNER or role > ws.role:
        raise BadInput(f"Nobody can be invited as {role.name.lower()}.", "Invite them with a lower role.")
    if not 1 <= days <= 90:
        raise BadInput(f"An invitation cannot last {days} days.", "Choose 1 to 90 days.")
    now, token = datetime.now(UTC), secrets.token_urlsafe(32)
    invitation = Invitation(
        id=uuid4().hex,
        team_id=ws.team.id,
        role=role,
        expires_at=now + timedelta(days=days),
        created_by=ws.user.id,
        created_at=now,
    )
    ws.members.invite(invitation, hashed(token))
    return Invited(invitation.id, invitation, token)


@requires(Action.MEMBER_INVITE)
def invitations(ws: Workspace) -> list[Invitation]:
    """Those that nobody has used yet and that still last, newest first."""
    return [each for each in ws.members.invitations() if each.expires_at > datetime.now(UTC)]


@requires(Action.MEMBER_INVITE)
def take_back(ws: Workspace, invitation_id: str) -> None:
    """The link leads nowhere from now on. Raises: NotFound, also when somebody has used it."""
    ws.members.take_back(invitation_id)


@requires(Action.TEAM_READ)
def welcome(ws: Workspace, token: str) -> Welcome:
    """What the invitation says, before it is accepted. Raises: NotFound, when it was used, taken back or is too old."""
    invitation, team = _invited(ws, token)
    by = ws.backends.people.user(invitation.created_by)
    return Welcome(team, invitation.role, by.name if by else "")


@requires(Action.TEAM_JOIN)
def accept(ws: Workspace, token: str) -> Team:
    """The team that this person is in from now on. Raises: NotFound, as `welcome`; BadInput, when they are in it."""
    invitation, team = _invited(ws, token)
    if not ws.backends.circles.join(invitation, ws.user.id, datetime.now(UTC)):
        raise _over()
    return team


@requires(Action.MEMBER_ROLE)
def set_role(ws: Workspace, user_id: str, role: Role) -> Member:
    """The member with the new role. Raises: NotFound; BadInput, when one may not give it, or not to them."""
    member = _below(ws, user_id)
    if role is Role.OWNER:
        raise BadInput("A team has one owner.", "Hand it over instead.")
    if role > ws.role:
        raise BadInput(f"You cannot make somebody {role.name.lower()}.", "Ask the owner of the team.")
    if not ws.members.set_role(user_id, role, member.role):
        raise BadInput("Somebody else changed this role at the same moment.", AGAIN)
    return member.model_copy(update={"role": role})


@requires(Action.TEAM_HAND_OVER)
def hand_over(ws: Workspace, user_id: str) -> Member:
    """The new owner; whoever was it is an admin from now on. Raises: NotFound; BadInput."""
    _among_others(ws)
    member = _member(ws, user_id)
    if user_id == ws.user.id or not member.active:
        raise BadInput(f"The team cannot be handed over to {member.name}.", "Choose somebody else who can sign in.")
    if not ws.members.hand_over(user_id):
        raise BadInput("Somebody else changed this at the same moment.", AGAIN)
    return member.model_copy(update={"role": Role.OWNER})


@requires(Action.TEAM_LEAVE)
def leave(ws: Workspace) -> None:
    """This person is not in the team any more. Their work stays; what was private to them in it is the owner's now.

    Raises: BadInput, for the owner.
    """
    _among_others(ws)
    if ws.role is Role.OWNER:
        raise BadInput("The owner cannot leave the team.", "Hand it over to somebody first, or delete it.")
    if not ws.for_upkeep().members.remove(ws.user.id, _owner(ws).user_id):
        raise NotFound("You are not in this team any more.", AGAIN)


@requires(Action.MEMBER_REMOVE)
def remove(ws: Workspace, user_id: str) -> Member:
    """Who is not in the team any more. Their work stays; what was private to them in it is now whoever removed them's.

    Raises: NotFound; BadInput, for oneself or somebody of the same or a higher role.
    """
    member = _below(ws, user_id)
    if not ws.for_upkeep().members.remove(user_id, ws.user.id):
        raise BadInput("Somebody else changed this at the same moment.", AGAIN)
    return member


@requires(Action.TEAM_DELETE)
def delete(ws: Workspace) -> None:
    """Removes an empty team. Raises: BadInput, while it has datasets, or in one's own workspace."""
    _among_others(ws)
    if not ws.for_upkeep().members.is_empty():
        raise BadInput("The team still has datasets.", "Delete them for good first, or hand the team over.")
    ws.members.delete()


def hashed(token: str) -> str:
    """How a token is kept: it cannot be found out from this."""
    return hashlib.sha256(token.encode()).hexdigest()


def _invited(ws: Workspace, token: str) -> tuple[Invitation, Team]:
    """Raises: NotFound, also when whoever invited could not do so any more."""
    invitation = ws.backends.circles.invitation(hashed(token)) if token else None
    if invitation is None or invitation.used_by or invitation.expires_at <= datetime.now(UTC):
        raise _over()
    inviter = ws.backends.circles.role(invitation.created_by, invitation.team_id)
    team = ws.backends.circles.team(invitation.team_id)
    if team is None or not team.active or inviter is None or inviter < max(Role.ADMIN, invitation.role):
        raise _over()
    return invitation, team


def _over() -> NotFound:
    return NotFound("This invitation is not good any more.", "Ask for a new one: each lets one person in, once.")


def _among_others(ws: Workspace) -> None:
    if ws.is_alone:
        raise BadInput("This is your own workspace: there is nobody else in it.", "Make a team first.")


def _member(ws: Workspace, user_id: str) -> Member:
    """Raises: NotFound."""
    found = next((each for each in members(ws) if each.user_id == user_id), None)
    if found is None:
        raise NotFound("This person is not in the team.", AGAIN)
    return found


def _below(ws: Workspace, user_id: str) -> Member:
    """Somebody this person may say something about. Raises: NotFound; BadInput."""
    _among_others(ws)
    member = _member(ws, user_id)
    if user_id == ws.user.id:
        raise BadInput("You cannot change your own role.", "Ask another admin, or leave the team.")
    if member.role >= ws.role:
        raise BadInput(
            f"{member.name} is {member.role.name.lower()} of the team, as you are or above.", "Ask the owner."
        )
    return member


def _owner(ws: Workspace) -> Member:
    return next(each for each in members(ws) if each.role is Role.OWNER)
