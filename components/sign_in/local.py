"""Without accounts: the local user, on this machine only."""

from __future__ import annotations

import streamlit as st

from services.routes.local_only import REASON, TITLE, WAYS, is_local
from services.settings import Settings
from services.workspace import LOCAL_USER

LOOPBACK = "127.0.0.1"


def current(settings: Settings) -> str | None:
    """The id of the local user, or None for anybody who is not on this machine."""
    return LOCAL_USER.id if settings.trust_network or _is_near() else None


def _is_near() -> bool:
    headers = st.context.headers
    # Streamlit gives no address for 127.0.0.1 and ::1; `app.py` has checked the real one before.
    return is_local(headers.get("Host"), list(headers), st.context.ip_address or LOOPBACK)


def show() -> None:
    """Draws why there is nothing to see here, and what to do about it."""
    st.title(TITLE)
    st.text(REASON)
    for name, text, code in WAYS:
        st.markdown(f"##### {name}")
        st.text(text)
        if code:
            st.code(code, language=None)
