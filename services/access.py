"""Who may do what: roles, actions, one table, and the decorator every verb carries."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum, StrEnum
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from services.errors import Forbidden

if TYPE_CHECKING:
    from services.workspace import Workspace

LABEL_CHARS = 200
P = ParamSpec("P")
R = TypeVar("R")


class Role(IntEnum):
    """What a member is in a team; each role may do all that the lower ones may."""

    VIEWER = 1
    MEMBER = 2
    ADMIN = 3
    OWNER = 4


class Action(StrEnum):
    DATASET_READ = "dataset.read"
    DATASET_CREATE = "dataset.create"
    DATASET_EDIT = "dataset.edit"
    DATASET_DELETE = "dataset.delete"
    DATASET_RESTORE = "dataset.restore"
    UPLOAD = "upload"
    UPLOAD_READ = "upload.read"
    VERSION_CREATE = "version.create"
    CONNECTION_READ = "connection.read"
    CONNECTION_USE = "connection.use"
    CONNECTION_ADD = "connection.add"
    CONNECTION_REMOVE = "connection.remove"
    CONVERSATION_READ = "conversation.read"
    CONVERSATION_CREATE = "conversation.create"
    ASK = "ask"
    ANALYSE = "analyse"
    DEFINE = "define"
    PIN_READ = "pin.read"
    PIN = "pin"
    REPORT_READ = "report.read"
    REPORT = "report"
    REPORT_BRAND = "report.brand"
    DASHBOARD_READ = "dashboard.read"
    DASHBOARD_RUN = "dashboard.run"
    DASHBOARD_CREATE = "dashboard.create"
    DASHBOARD_EDIT = "dashboard.edit"
    DASHBOARD_DELETE = "dashboard.delete"
    JOB_READ = "job.read"
    JOB_STOP = "job.stop"
    SYSTEM_READ = "system.read"
    CLEAN_UP = "clean-up"
    SIGN_IN = "sign-in"
    ACCOUNT_READ = "account.read"
    ACCOUNT_EDIT = "account.edit"
    PEOPLE_READ = "people.read"
    PEOPLE_EDIT = "people.edit"
    TEAM_CREATE = "team.create"
    TEAM_JOIN = "team.join"
    TEAM_READ = "team.read"
    TEAM_LEAVE = "team.leave"
    TEAM_RENAME = "team.rename"
    TEAM_DELETE = "team.delete"
    TEAM_HAND_OVER = "team.hand-over"
    MEMBER_INVITE = "member.invite"
    MEMBER_ROLE = "member.role"
    MEMBER_REMOVE = "member.remove"
    SHARE_READ = "share.read"
    SHARE = "share"
    SHARE_STOP = "share.stop"
    SHARE_OPEN = "share.open"
    ACTIVITY_READ = "activity.read"
    ACTIVITY_EXPORT = "activity.export"
    USAGE_READ = "usage.read"
    LIMITS_READ = "limits.read"
    LIMITS_SET = "limits.set"
    LIMITS_ASK = "limits.ask"
    SIGHT_SET = "team.sight"
    TAKE_OUT = "account.take-out"
    ACCOUNT_DELETE = "account.delete"


MINIMUM: dict[Action, Role] = {
    Action.DATASET_READ: Role.VIEWER,
    Action.DATASET_CREATE: Role.MEMBER,
    Action.DATASET_EDIT: Role.MEMBER,
    Action.DATASET_DELETE: Role.MEMBER,
    Action.DATASET_RESTORE: Role.MEMBER,
    Action.UPLOAD: Role.MEMBER,
    Action.UPLOAD_READ: Role.VIEWER,
    Action.VERSION_CREATE: Role.MEMBER,
    Action.CONNECTION_READ: Role.VIEWER,
    Action.CONNECTION_USE: Role.MEMBER,
    Action.CONNECTION_ADD: Role.MEMBER,
    Action.CONNECTION_REMOVE: Role.MEMBER,
    Action.CONVERSATION_READ: Role.VIEWER,
    Action.CONVERSATION_CREATE: Role.VIEWER,
    Action.ASK: Role.MEMBER,
    Action.ANALYSE: Role.MEMBER,
    Action.DEFINE: Role.MEMBER,
    Action.PIN_READ: Role.VIEWER,
    Action.PIN: Role.MEMBER,
    Action.REPORT_READ: Role.VIEWER,
    Action.REPORT: Role.MEMBER,
    Action.REPORT_BRAND: Role.ADMIN,
    Action.DASHBOARD_READ: Role.VIEWER,
    Action.DASHBOARD_RUN: Role.VIEWER,
    Action.DASHBOARD_CREATE: Role.MEMBER,
    Action.DASHBOARD_EDIT: Role.MEMBER,
    Action.DASHBOARD_DELETE: Role.MEMBER,
    Action.JOB_READ: Role.VIEWER,
    Action.JOB_STOP: Role.MEMBER,
    Action.SYSTEM_READ: Role.VIEWER,
    Action.CLEAN_UP: Role.ADMIN,
    Action.SIGN_IN: Role.VIEWER,
    Action.ACCOUNT_READ: Role.VIEWER,
    Action.ACCOUNT_EDIT: Role.VIEWER,
    Action.PEOPLE_READ: Role.VIEWER,
    Action.PEOPLE_EDIT: Role.VIEWER,
    Action.TEAM_CREATE: Role.VIEWER,
    Action.TEAM_JOIN: Role.VIEWER,
    Action.TEAM_READ: Role.VIEWER,
    Action.TEAM_LEAVE: Role.VIEWER,
    Action.TEAM_RENAME: Role.ADMIN,
    Action.TEAM_DELETE: Role.OWNER,
    Action.TEAM_HAND_OVER: Role.OWNER,
    Action.MEMBER_INVITE: Role.ADMIN,
    Action.MEMBER_ROLE: Role.ADMIN,
    Action.MEMBER_REMOVE: Role.ADMIN,
    Action.SHARE_READ: Role.VIEWER,
    Action.SHARE: Role.MEMBER,
    Action.SHARE_STOP: Role.MEMBER,
    Action.SHARE_OPEN: Role.VIEWER,
    Action.ACTIVITY_READ: Role.VIEWER,
    Action.ACTIVITY_EXPORT: Role.ADMIN,
    Action.USAGE_READ: Role.VIEWER,
    Action.LIMITS_READ: Role.VIEWER,
    Action.LIMITS_SET: Role.ADMIN,
    Action.LIMITS_ASK: Role.VIEWER,
    Action.SIGHT_SET: Role.OWNER,
    Action.TAKE_OUT: Role.VIEWER,
    Action.ACCOUNT_DELETE: Role.VIEWER,
}
"""The lowest role that may do each action."""

NOT_VISITORS = frozenset(
    {
        Action.CONNECTION_USE,
        Action.CONNECTION_ADD,
        Action.CONNECTION_REMOVE,
        Action.SYSTEM_READ,
        Action.ACCOUNT_EDIT,
        Action.ACCOUNT_DELETE,
        Action.TEAM_CREATE,
        Action.TEAM_JOIN,
        Action.SHARE,
        Action.LIMITS_ASK,
    }
)
"""Actions that reach other machines, tell about this one, or need an account."""

OWNERS = frozenset({Action.PEOPLE_READ, Action.PEOPLE_EDIT})
"""Actions of whoever runs the server, whatever their role in a team."""

QUIET = frozenset(
    {
        Action.DATASET_READ,
        Action.UPLOAD,
        Action.UPLOAD_READ,
        Action.CONNECTION_READ,
        Action.CONVERSATION_READ,
        Action.CONVERSATION_CREATE,
        Action.PIN_READ,
        Action.REPORT_READ,
        Action.DASHBOARD_READ,
        Action.DASHBOARD_RUN,
        Action.JOB_READ,
        Action.SYSTEM_READ,
        Action.ACCOUNT_READ,
        Action.PEOPLE_READ,
        Action.TEAM_READ,
        Action.SHARE_READ,
        Action.SHARE_OPEN,
        Action.ACTIVITY_READ,
        Action.USAGE_READ,
        Action.LIMITS_READ,
        # The record would name who has just been forgotten.
        Action.ACCOUNT_DELETE,
    }
)
"""Actions that leave no activity record."""


_LOOKING = frozenset({Action.CONVERSATION_READ, Action.JOB_READ, Action.SHARE_OPEN})
_LOOKING_AT_TABLE = _LOOKING | {Action.DATASET_READ}
_TALKING = _LOOKING_AT_TABLE | {Action.ASK, Action.ANALYSE, Action.JOB_STOP, Action.SYSTEM_READ, Action.UPLOAD_READ}
GUESTS: dict[tuple[str, str], frozenset[Action]] = {
    ("conversation", "view"): _LOOKING,
    ("conversation", "edit"): _TALKING | {Action.CONVERSATION_CREATE},
    ("dataset", "view"): _LOOKING_AT_TABLE,
    ("report", "view"): frozenset({Action.SHARE_OPEN}),
    ("dashboard", "view"): frozenset({Action.DASHBOARD_READ, Action.SHARE_OPEN}),
    ("dashboard", "edit"): _LOOKING_AT_TABLE
    | {Action.DASHBOARD_READ, Action.DASHBOARD_RUN, Action.DASHBOARD_EDIT, Action.JOB_STOP},
    ("dataset", "edit"): _TALKING | {Action.CONVERSATION_CREATE, Action.VERSION_CREATE, Action.DATASET_EDIT},
}
"""What a guest may do, by what was shared and with which right. Nothing of a team itself is among it."""


def requires(
    action: Action,
) -> Callable[[Callable[Concatenate[Workspace, P], R]], Callable[Concatenate[Workspace, P], R]]:
    """Refuses the verb to roles below the action's minimum, and keeps an activity record of what changes things.

    Raises: Forbidden.
    """

    def decorate(verb: Callable[Concatenate[Workspace, P], R]) -> Callable[Concatenate[Workspace, P], R]:
        @wraps(verb)
        def guarded(ws: Workspace, /, *args: P.args, **kwargs: P.kwargs) -> R:
            check(ws, action)
            outcome = verb(ws, *args, **kwargs)
            if action not in QUIET:
                ws.rows.add_activity(action, _subject(args, outcome), _label(outcome))
            return outcome

        guarded.__dict__["action"] = action
        return guarded

    return decorate


def allows(ws: Workspace, action: Action) -> bool:
    """Whether this person may do it."""
    if (action in OWNERS and not ws.user.runs_server) or (action in NOT_VISITORS and ws.user.is_visitor):
        return False
    return _role(ws, action) >= MINIMUM[action] and _lets_guest(ws, action)


def check(ws: Workspace, action: Action) -> None:
    """Raises: Forbidden, when the role of this person is too low, or they are here no more."""
    role = _role(ws, action)
    if action in OWNERS and not ws.user.runs_server:
        raise Forbidden(f"Only whoever runs this server may do this ({action}).", "Ask them to do it.")
    if action in NOT_VISITORS and ws.user.is_visitor:
        raise Forbidden(f"Visitors may not do this ({action}).", "Run Red Pandas yourself, or ask for an account.")
    if not _lets_guest(ws, action):
        raise Forbidden(f"What is shared with you does not include this ({action}).", "Ask whoever shared it for more.")
    if role < MINIMUM[action]:
        raise Forbidden(
            f"As {role.name.lower()} you may not do this ({action}).",
            f"Ask an admin of the team for the role {MINIMUM[action].name.lower()}.",
        )


def _role(ws: Workspace, action: Action) -> Role:
    """What the person was when the workspace was opened, or by now, whichever is less."""
    return min(ws.role, ws.standing.role(at_once=action not in QUIET)) if ws.standing else ws.role


def _lets_guest(ws: Workspace, action: Action) -> bool:
    return ws.share is None or action in GUESTS[ws.share.kind, ws.share.right]


def _subject(args: tuple[object, ...], outcome: object) -> str:
    if isinstance(found := getattr(outcome, "id", None), str):
        return found
    return str(args[0]) if args else ""


def _label(outcome: object) -> str:
    """What the thing is called, where it has a name."""
    found = getattr(outcome, "name", None) or getattr(outcome, "title", None)
    return found[:LABEL_CHARS] if isinstance(found, str) else ""
