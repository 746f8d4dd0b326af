"""Forms to sign in, to register and to set a new password; then the browser gets its cookie from the server."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from components import layout, notice
from components.session import session
from components.sign_in import browser
from services.accounts import cookies, letters, links, signing_in, strength
from services.domain import User, Way
from services.errors import AppError
from services.workspace import Backends

WIDTH = 400
MARK = layout.STATIC / "wordmark.svg"
UNREACHABLE = (
    "The browser could not keep you signed in: this host does not pass our own addresses on.",
    "Whoever runs this server can set RED_PANDAS_SIGN_IN=authenticator.",
)
ASK = "ask"
"""Stands in the address in place of a token while somebody asks for one."""
Enter = Callable[[Backends, User], None]
"""What is done with somebody who was who they said."""


def show(backends: Backends, enter: Enter | None = None) -> None:
    """Draws the form that fits, in one narrow column."""
    with frame():
        if session.ticket:
            exchange()
        else:
            _form(backends, enter or hand)


def frame() -> st.delta_generator.DeltaGenerator:
    """The narrow column, with the name of the product above."""
    outer = st.container(horizontal_alignment="center")
    inner = outer.container(width=WIDTH)
    inner.image(str(MARK), width=180)
    return inner


def hand(backends: Backends, user: User, way: Way = Way.PASSWORD) -> None:
    """Gives the browser what it exchanges for its cookie."""
    session.hand(cookies.give_ticket(backends, user, way))
    st.rerun()


def exchange() -> None:
    """Draws the moment in which the browser gets its cookie."""
    if browser.exchange(session.ticket):
        st.caption("Signing in")
        return
    session.hand("")
    notice.problem(*UNREACHABLE)


def _form(backends: Backends, enter: Enter) -> None:
    reset, join = st.query_params.get(links.RESET), st.query_params.get(links.JOIN, "")
    try:
        if reset is not None:
            _reset(backends, enter, reset)
        elif join or (not backends.people.has_owner()):
            _register(backends, enter, join)
        else:
            _sign_in(backends, enter)
    except AppError as error:
        notice.show(error)


def _sign_in(backends: Backends, enter: Enter) -> None:
    st.title("Sign in")
    with st.form("sign-in", border=False):
        email = st.text_input("Email", type="email", autocomplete="username")
        password = _password("Password", "current-password")
        sent = st.form_submit_button("Sign in", type="primary", width="stretch")
    if backends.settings.registration == "open" and st.button("Create an account", type="tertiary"):
        st.query_params[links.JOIN] = "new"
        st.rerun()
    if not backends.settings.can_mail:
        st.caption("Forgot your password? The owner of this server can give you a link to set a new one.")
    elif st.button("Forgot your password?", type="tertiary"):
        st.query_params[links.RESET] = ASK
        st.rerun()
    if sent:
        enter(backends, signing_in.sign_in(backends, browser.here(backends), email, password))


def _register(backends: Backends, enter: Enter, join: str) -> None:
    token = "" if join == "new" else join
    if not signing_in.may_register(backends, token):
        _no_entry(backends)
        return
    st.title("Create your account" if backends.people.has_owner() else "Become the owner of this server")
    with st.form("register", border=False):
        name = st.text_input("Name", autocomplete="name")
        email = st.text_input("Email", type="email", autocomplete="username")
        password = _password("Password", "new-password")
        st.caption(strength.HINT)
        sent = st.form_submit_button("Create account", type="primary", width="stretch")
    if backends.people.has_owner():
        _back()
    if sent:
        here = browser.here(backends)
        enter(backends, signing_in.register(backends, here, email=email, name=name, password=password, token=token))


def _reset(backends: Backends, enter: Enter, token: str) -> None:
    if token == ASK and backends.settings.can_mail:
        _ask(backends)
        return
    if links.subject(backends, token, "reset") is None:
        notice.show(links.stale())
        _back()
        return
    st.title("Set a new password")
    with st.form("reset", border=False):
        password = _password("New password", "new-password")
        st.caption(f"{strength.HINT} You will be signed out everywhere else.")
        sent = st.form_submit_button("Set password", type="primary", width="stretch")
    if sent:
        enter(backends, signing_in.reset(backends, browser.here(backends), token, password))


def _ask(backends: Backends) -> None:
    st.title("A new password")
    with st.form("ask", border=False):
        email = st.text_input("Email", type="email", autocomplete="username")
        sent = st.form_submit_button("Send me a link", type="primary", width="stretch")
    if sent:
        letters.ask_reset(backends, browser.here(backends), email)
        st.text("If there is an account with this address, a link is on its way. It is good once, for a day.")
    _back()


def _no_entry(backends: Backends) -> None:
    if backends.people.has_owner():
        notice.show(links.stale())
        _back()
        return
    st.title("This server has no owner yet")
    st.text(
        "Whoever started it finds a link in its log. Opening that link makes the first account, which runs the server."
    )


def _password(label: str, purpose: str) -> str:
    return st.text_input(label, type="password", autocomplete=purpose)


def _back() -> None:
    if st.button("Sign in instead", type="tertiary"):
        for name in (links.JOIN, links.RESET):
            st.query_params.pop(name, None)
        st.rerun()
