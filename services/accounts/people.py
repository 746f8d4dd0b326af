"""All people of this server, for whoever runs it."""

from __future__ import annotations

from services.access import Action, requires
from services.accounts import links
from services.accounts.signing_in import checked_email
from services.domain import User
from services.errors import BadInput, NotFound
from services.workspace import Workspace


@requires(Action.PEOPLE_READ)
def list_all(ws: Workspace) -> list[User]:
    """Everybody but visitors, by name."""
    return ws.backends.people.all()


@requires(Action.PEOPLE_EDIT)
def deactivate(ws: Workspace, user_id: str) -> User:
    """Keeps the person out and signs them out everywhere; what they made stays. Raises: BadInput, NotFound."""
    if user_id == ws.user.id:
        raise BadInput("You cannot deactivate yourself.", "Let another owner of this server do it.")
    user = _change(ws, user_id, active=False)
    ws.backends.sessions.end_all(user_id)
    ws.backends.one_time.withdraw("reset", user_id)
    return user


@requires(Action.PEOPLE_EDIT)
def reactivate(ws: Workspace, user_id: str) -> User:
    """Lets the person in again. Raises: NotFound."""
    return _change(ws, user_id, active=True)


@requires(Action.PEOPLE_EDIT)
def make_owner(ws: Workspace, user_id: str) -> User:
    """Lets the person run the server, too. Raises: NotFound."""
    return _change(ws, user_id, runs_server=True)


@requires(Action.PEOPLE_EDIT)
def invite(ws: Workspace, email: str = "") -> str:
    """The end of a link with which one person may register; with an address, only that one. Raises: BadInput."""
    token = links.give(ws.backends, "join", checked_email(email) if email else "")
    return f"/?{links.JOIN}={token}"


@requires(Action.PEOPLE_EDIT)
def reset_link(ws: Workspace, user_id: str) -> str:
    """The end of a link with which the person sets a new password, once, within a day. Raises: NotFound."""
    return f"/?{links.RESET}={links.give(ws.backends, 'reset', _one(ws, user_id).id)}"


def _one(ws: Workspace, user_id: str) -> User:
    user = ws.backends.people.user(user_id)
    if user is None or user.is_visitor:
        raise NotFound("This person does not exist.", "Reload the page.")
    return user


def _change(ws: Workspace, user_id: str, **fields: bool) -> User:
    user = _one(ws, user_id).model_copy(update=fields)
    ws.backends.people.save(user)
    return user
