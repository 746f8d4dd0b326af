"""Who may do what: roles, actions, one table, and the decorator every verb carries."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum, StrEnum
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from services.errors import Forbidden

if TYPE_CHECKING:
    from services.workspace import Workspace

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
    JOB_READ = "job.read"
    JOB_STOP = "job.stop"
    SYSTEM_READ = "system.read"
    CLEAN_UP = "clean-up"
    SIGN_IN = "sign-in"
    ACCOUNT_READ = "account.read"
    ACCOUNT_EDIT = "account.edit"
    PEOPLE_READ = "people.read"
    PEOPLE_EDIT = "people.edit"


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
    Action.JOB_READ: Role.VIEWER,
    Action.JOB_STOP: Role.MEMBER,
    Action.SYSTEM_READ: Role.VIEWER,
    Action.CLEAN_UP: Role.ADMIN,
    Action.SIGN_IN: Role.VIEWER,
    Action.ACCOUNT_READ: Role.VIEWER,
    Action.ACCOUNT_EDIT: Role.VIEWER,
    Action.PEOPLE_READ: Role.VIEWER,
    Action.PEOPLE_EDIT: Role.VIEWER,
}
"""The lowest role that may do each action."""

NOT_VISITORS = frozenset(
    {Action.CONNECTION_USE, Action.CONNECTION_ADD, Action.CONNECTION_REMOVE, Action.SYSTEM_READ, Action.ACCOUNT_EDIT}
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
        Action.JOB_READ,
        Action.SYSTEM_READ,
        Action.ACCOUNT_READ,
        Action.PEOPLE_READ,
    }
)
"""Actions that leave no activity record."""


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
                ws.rows.add_activity(action, _subject(args, outcome))
            return outcome

        guarded.__dict__["action"] = action
        return guarded

    return decorate


def allows(ws: Workspace, action: Action) -> bool:
    """Whether this person may do it."""
    if (action in OWNERS and not ws.user.runs_server) or (action in NOT_VISITORS and ws.user.is_visitor):
        return False
    return ws.role >= MINIMUM[action]


def check(ws: Workspace, action: Action) -> None:
    """Raises: Forbidden, when the role of this person is too low."""
    if action in OWNERS and not ws.user.runs_server:
        raise Forbidden(f"Only whoever runs this server may do this ({action}).", "Ask them to do it.")
    if action in NOT_VISITORS and ws.user.is_visitor:
        raise Forbidden(f"Visitors may not do this ({action}).", "Run Red Pandas yourself, or ask for an account.")
    if not allows(ws, action):
        raise Forbidden(
            f"As {ws.role.name.lower()} you may not do this ({action}).",
            f"Ask an admin of the team for the role {MINIMUM[action].name.lower()}.",
        )


def _subject(args: tuple[object, ...], outcome: object) -> str:
    if isinstance(found := getattr(outcome, "id", None), str):
        return found
    return str(args[0]) if args else ""
