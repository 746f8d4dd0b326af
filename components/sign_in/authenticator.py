"""streamlit-authenticator, for hosts that pass no addresses of ours on: it has a script of the page keep the cookie.

Hardened: people come from our database, not from a file; passwords are judged, and tries counted, by our own rules; the
cookie holds our session, so that it can be ended. What stays: a script can read the cookie (it cannot be HttpOnly).
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

import streamlit as st
from streamlit_authenticator import Authenticate

from components import notice
from components.session import session
from components.sign_in import browser, forms
from services.accounts import cookies, links
from services.domain import User, Way
from services.workspace import Backends

WRITTEN = "sign-in-written"


class Authenticator(Authenticate):
    """The library with one cookie of ours to keep. Knows nobody: whoever comes this far was let in already."""

    def __init__(self, cookie: str, *, secure: bool) -> None:
        name = cookies.SECURE if secure else cookies.PLAIN
        super().__init__(
            {"usernames": {}}, name, secrets.token_hex(), cookies.MOST_DAYS, auto_hash=False, login_sleep_time=0
        )
        self._cookie, self._secure = cookie, secure

    def keep(self) -> bool:
        """Has the page's script write the cookie; whether it did."""
        model = self.cookie_controller.cookie_model
        told = model.cookie_manager.cookie_manager(
            method="set",
            cookie=model.cookie_name,
            value=self._cookie,
            options={
                "path": "/",
                "sameSite": "strict",
                "secure": self._secure,
                "expires": (datetime.now() + timedelta(days=model.cookie_expiry_days)).isoformat(),
            },
            key=WRITTEN,
            default=None,
        )
        return told is not None


def show(backends: Backends) -> None:
    """Draws the same forms; then the library keeps the cookie."""
    if not session.ticket:
        forms.show(backends, _enter)
        return
    with forms.frame():
        st.caption("Signing in")
        if Authenticator(session.ticket, secure=browser.is_secure()).keep():
            _arrive(backends)


def _enter(backends: Backends, user: User) -> None:
    cookies.end(backends, browser.cookie())
    session.hand(cookies.begin(backends, user.id, Way.PASSWORD, browser.here(backends)))
    st.rerun()


def _arrive(backends: Backends) -> None:
    """This connection began without the cookie: it is bound to the session that the cookie stands for."""
    found = cookies.who(backends, session.ticket)
    session.hand("")
    for name in (links.JOIN, links.RESET):
        st.query_params.pop(name, None)
    if found is None:
        notice.problem("This sign-in is too old.", "Sign in again.")
        return
    session.bind(browser.mark(browser.cookie()), found.id)
    st.rerun()
