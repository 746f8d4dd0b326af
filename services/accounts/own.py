"""One's own account: name, password, the browsers that are signed in."""

from __future__ import annotations

from datetime import UTC, datetime

from services.access import Action, requires
from services.accounts import strength, throttling
from services.accounts.places import Place
from services.accounts.signing_in import checked_name
from services.domain import Session
from services.errors import BadInput, NotFound
from services.workspace import Workspace


@requires(Action.ACCOUNT_READ)
def sessions(ws: Workspace) -> list[Session]:
    """The browsers in which this person is signed in, the last used first."""
    return ws.backends.sessions.of(ws.user.id, datetime.now(UTC))


@requires(Action.ACCOUNT_READ)
def has_password(ws: Workspace) -> bool:
    """Whether this person signs in with a password of ours."""
    return bool(ws.backends.people.password_hash(ws.user.id))


@requires(Action.ACCOUNT_EDIT)
def rename(ws: Workspace, name: str) -> None:
    """Changes what others call this person. Raises: BadInput."""
    ws.backends.people.save(ws.user.model_copy(update={"name": checked_name(name)}))


@requires(Action.ACCOUNT_EDIT)
def change_password(ws: Workspace, place: Place, *, old: str, new: str, here: str) -> None:
    """Sets another password, and ends all sessions but the one of this browser, `here`.

    Raises: BadInput; Forbidden, after too many tries.
    """
    throttling.sign_in(ws.backends, place, ws.user.email)
    if not ws.backends.passwords.fits(strength.clean(old), ws.backends.people.password_hash(ws.user.id)):
        raise BadInput("The present password is wrong.", "Write the one you sign in with.")
    password = strength.clean(new)
    strength.check(password, ws.user.email.partition("@")[0], ws.user.name, ws.user.email)
    ws.backends.people.save_password(ws.user.id, ws.backends.passwords.hash(password), datetime.now(UTC))
    ws.backends.one_time.withdraw("reset", ws.user.id)
    ws.backends.sessions.end_all(ws.user.id, but=here)
    throttling.forgive(ws.backends, place, ws.user.email)


@requires(Action.ACCOUNT_EDIT)
def sign_out(ws: Workspace, session_id: str) -> None:
    """Ends one session of this person. Raises: NotFound."""
    if session_id not in {session.id for session in ws.backends.sessions.of(ws.user.id, datetime.now(UTC))}:
        raise NotFound("This browser is signed out already.", "")
    ws.backends.sessions.end(session_id)


@requires(Action.ACCOUNT_EDIT)
def sign_out_everywhere(ws: Workspace) -> int:
    """Ends every session of this person, this one too; how many there were."""
    return ws.backends.sessions.end_all(ws.user.id)
