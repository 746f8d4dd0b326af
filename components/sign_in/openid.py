"""OpenID Connect through Streamlit's own `st.login`, set up in its secrets.

What the provider says is good for one sign-in. The session that follows is ours: it can be seen, ended and refused like
any other, and Streamlit's cookie alone opens nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from components import notice, words
from components.session import session
from components.sign_in import browser, forms
from services.accounts import links, proofs, signing_in
from services.domain import Way
from services.errors import AppError
from services.workspace import Backends

SETTINGS = ("redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url", "client_kwargs")


def show(backends: Backends) -> None:
    """Draws the buttons of the providers, or takes in whom one of them sent."""
    with forms.frame():
        if session.ticket:
            forms.exchange()
        elif st.user.get("is_logged_in") and proofs.is_fresh(backends, dict(st.user)):
            _take_in(backends)
        else:
            _offer()


def _take_in(backends: Backends) -> None:
    st.caption("Signing in")
    if not browser.go_back():
        return
    claims = dict(st.user)
    try:
        token = st.query_params.get(links.JOIN, "")
        user = signing_in.enter(backends, browser.here(backends), proofs.identity(claims), token)
        proofs.spend(backends, claims)
    except AppError as error:
        notice.show(error)
        if st.button("Use another account"):
            st.logout()
        return
    forms.hand(backends, user, Way.OPENID)


def _offer() -> None:
    auth = _settings()
    st.title("Sign in")
    if not auth or proofs.is_guessable(str(auth.get("cookie_secret", ""))):
        notice.problem(
            "Signing in is not set up: Streamlit's secrets need a section [auth] with a cookie_secret of its own.",
            "See the deployment guide. Make a secret with `openssl rand -hex 32`.",
        )
        return
    browser.remember()
    named = [name for name, part in auth.items() if name not in SETTINGS and isinstance(part, Mapping)]
    for name in named or [None]:
        label = f"Sign in with {words.literal(name.capitalize(), 40)}" if name else "Sign in"
        if st.button(label, type="primary", width="stretch", key=f"login-{name}"):
            st.login(name)


def _settings() -> Mapping[str, object]:
    try:
        found = st.secrets.get("auth", {})
    except FileNotFoundError:
        return {}
    return found if isinstance(found, Mapping) else {}
