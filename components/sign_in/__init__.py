"""Who is using this browser, and the way in for those who are not known yet. Asked the same whatever the settings."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from components import notice
from components.session import session
from components.sign_in import authenticator, browser, forms, local, openid
from services.accounts import cookies, links, own, visitors
from services.domain import Session
from services.errors import AppError
from services.settings import Settings
from services.workspace import Backends, Workspace

Open = Callable[[], Backends]


def current(settings: Settings, backends: Open) -> str | None:
    """The id of the person in this browser, or None."""
    if settings.sign_in == "local":
        return local.current(settings)
    found = here(settings, backends)
    return found.user_id if found else None


def here(settings: Settings, backends: Open) -> Session | None:
    """The session of this browser, where people sign in.

    The cookie is judged once for each connection, which keeps the one it began with. After that the row counts.
    """
    if settings.sign_in == "local":
        return None
    cookie = browser.cookie()
    bound_to, session_id = session.bound
    if session_id and bound_to == browser.mark(cookie):
        return cookies.alive(backends(), session_id)
    found = cookies.who(backends(), cookie) if cookie else None
    if found:
        session.bind(browser.mark(cookie), found.id)
    return found


def show(settings: Settings, backends: Open) -> None:
    """Draws the way in, or why there is none."""
    if settings.sign_in == "local":
        local.show()
        return
    try:
        _WAYS[settings.sign_in](backends())
    except AppError as error:
        notice.show(error)


def wants_reset(settings: Settings) -> bool:
    """Whether the address holds a link for a new password, which comes before all else."""
    return settings.sign_in in ("accounts", "authenticator") and links.RESET in st.query_params


def out(ws: Workspace) -> None:
    """Signs this browser out, and draws the sign-in. Raises: NotFound."""
    own.sign_out(ws, session.bound[1])
    session.bind("", "")
    if ws.backends.settings.sign_in == "openid":
        st.logout()
    st.rerun()


def _visit(backends: Backends) -> None:
    """Makes a visitor of the browser, or says what is missing for that."""
    cookie = browser.cookie()
    found = visitors.come(backends, cookie, browser.here(backends)) if cookie else None
    if found is None:
        notice.problem("This page needs a cookie to tell your tables from those of others.", "Allow it, then reload.")
        return
    session.bind(browser.mark(cookie), found.id)
    st.rerun()


_WAYS: dict[str, Callable[[Backends], None]] = {
    "accounts": forms.show,
    "authenticator": authenticator.show,
    "openid": openid.show,
    "visitors": _visit,
}
