"""What the browser said when it connected, and what it shall do: exchange a ticket for a cookie, go where it wanted."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Literal

import streamlit as st

from services.accounts import cookies, links
from services.accounts.places import Place, place
from services.routes.sign_in import PATH
from services.workspace import Backends

LOOPBACK = "127.0.0.1"
_component = st.components.v2.component(
    "red_pandas_sign_in",
    html="<span></span>",
    js=(Path(__file__).parent.parent / "static" / "sign_in.js").read_text(encoding="utf-8"),
)


def cookie() -> str:
    """The cookie of this connection, or "". Over HTTPS only the one that no other host of the domain can set."""
    sent = st.context.cookies
    return str(sent.get(cookies.SECURE, "") or ("" if is_secure() else sent.get(cookies.PLAIN, "")))


def is_secure() -> bool:
    """Whether the page came over HTTPS: a browser always says so when it connects."""
    return str(st.context.headers.get("Origin", "")).lower().startswith("https://")


def mark(cookie: str) -> str:
    """Tells cookies apart without keeping them."""
    return hashlib.sha256(cookie.encode()).hexdigest()


def here(backends: Backends) -> Place:
    """Where this browser is. Streamlit gives no address for this machine itself."""
    headers = st.context.headers
    forwarded = ",".join(headers.get_all("X-Forwarded-For"))
    agent, origin = str(headers.get("User-Agent", "")), str(headers.get("Origin", ""))
    return place(st.context.ip_address or LOOPBACK, forwarded, agent, origin, backends.settings.trusted_proxies)


def exchange(ticket: str) -> bool:
    """Has the browser exchange the ticket, and load the page again; False once it could not."""
    return _run("exchange", ticket).get("failed") is not True


def remember() -> None:
    """Has the browser remember where it is: a provider sends it back to the front door."""
    _run("remember")


def go_back() -> bool:
    """Has the browser go where it was before; True once it is there."""
    return _run("return").get("back") is True


def _run(what: Literal["exchange", "remember", "return"], ticket: str = "") -> dict[str, object]:
    data = {"what": what, "ticket": ticket, "path": PATH, "drop": [links.JOIN, links.RESET]}
    result = _component(
        data=data, key=f"sign-in-{what}", on_failed_change=lambda: None, on_back_change=lambda: None, height="content"
    )
    return dict(result)
