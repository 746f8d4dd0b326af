"""Tells that a tile's number went beyond its threshold: on the dashboard in any case, by mail where there is one."""

from __future__ import annotations

import logging
from threading import Thread
from typing import Final

from services.boards import Dashboard, Tile
from services.errors import AppError
from services.workspace import Backends

LETTER: Final = """“{tile}” on the dashboard “{board}” is {number:g}, {test} {bound:g}.

{address}/dashboards?dashboard={id}

You get this because you made the dashboard. Its tiles say from where on they alarm.
"""
log = logging.getLogger(__name__)


def tell(backends: Backends, dashboard: Dashboard, tile: Tile) -> Thread | None:
    """Sends a mail to whoever made the dashboard, in the background; None where no mail is set up."""
    log.info("Tile %s of dashboard %s is beyond its threshold", tile.id, dashboard.id)
    maker = backends.people.user(dashboard.created_by)
    if not backends.settings.can_mail or maker is None or not maker.active or not maker.email:
        return None
    sending = Thread(target=_send, args=(backends, maker.email, _letter(backends, dashboard, tile)), daemon=True)
    sending.start()
    return sending


def _letter(backends: Backends, dashboard: Dashboard, tile: Tile) -> str:
    assert tile.threshold is not None
    assert tile.number is not None
    return LETTER.format(
        tile=tile.name,
        board=dashboard.name,
        number=tile.number,
        test=tile.threshold.test,
        bound=tile.threshold.bound,
        address=backends.settings.public_url.rstrip("/"),
        id=dashboard.id,
    )


def _send(backends: Backends, email: str, text: str) -> None:
    try:
        backends.mail.send(email, "A number on your dashboard", text)
    except AppError as error:
        log.warning("A letter was not sent: %s", error)
