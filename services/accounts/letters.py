"""Letters about an account. They go out in the background: how long it takes tells nobody whether there is one."""

from __future__ import annotations

import logging
from threading import Thread

from services.accounts import links, throttling
from services.accounts.places import Place
from services.accounts.signing_in import normal
from services.errors import AppError
from services.workspace import Backends

log = logging.getLogger(__name__)

RESET = """Somebody, hopefully you, asked for a new password for Red Pandas at {address}.

Set it here, once, within a day:

{address}/?reset={token}

If it was not you, do nothing: your password stays as it is.
"""


def ask_reset(backends: Backends, place: Place, email: str) -> Thread:
    """Sends a link for a new password to the person with this address, if there is one; the thread that does.

    Raises: Forbidden, after too many tries.
    """
    throttling.register(backends, place)
    sending = Thread(target=_send_reset, args=(backends, normal(email)), daemon=True)
    sending.start()
    return sending


def _send_reset(backends: Backends, email: str) -> None:
    try:
        user = backends.people.by_email(email)
        if user and user.active and backends.people.password_hash(user.id):
            token = links.give(backends, "reset", user.id)
            text = RESET.format(address=backends.settings.public_url.rstrip("/"), token=token)
            backends.mail.send(user.email, "A new password for Red Pandas", text)
    except AppError as error:
        log.warning("A letter was not sent: %s", error)
