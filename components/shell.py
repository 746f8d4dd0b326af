"""What stands between a page and the rest: the workspace, and errors shown as sentences."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

import streamlit as st
from streamlit.navigation.page import StreamlitPage
from streamlit.runtime.scriptrunner import get_script_run_ctx

from components import job_progress, layout, notice, sign_in
from components.session import session
from services import wiring
from services.domain import Job, Session, User
from services.errors import AppError, Forbidden, NotFound
from services.settings import Settings
from services.workspace import Backends, Workspace, open_link, open_workspace

P = ParamSpec("P")
SHARED = "share/shared.py"


def workspace() -> Workspace:
    """The workspace of the person in this browser: the only way a page gets data.

    Raises: Forbidden, when nobody is signed in.
    """
    settings, backends = _opened()
    team_id, share_id = session.team_id or None, session.share_id
    return open_workspace(backends(), sign_in.current(settings, backends), team_id, share_id)


def published() -> Workspace:
    """What the published link in the address shows, to anybody. Raises: NotFound, when it has ended."""
    return open_link(_opened()[1](), session.link)


def own() -> Workspace:
    """The person's own workspace, wherever the tab works. Raises: Forbidden."""
    settings, backends = _opened()
    return open_workspace(backends(), sign_in.current(settings, backends))


@st.fragment(run_every=2.0)
def follow(pulse: Callable[[], str], drawn: str) -> None:
    """Draws the whole page again once others have changed what it shows."""
    try:
        if pulse() != drawn:
            st.rerun()
    except AppError:
        st.rerun()  # it is not there any more: the page says so


def person() -> User | None:
    """Who is using this browser, or None. Without accounts it is the local user, on this machine only."""
    settings, backends = _opened()
    user_id = None if sign_in.wants_reset(settings) else sign_in.current(settings, backends)
    if settings.sign_in != "local" and (run := get_script_run_ctx()):
        backends().tabs.note(run.session_id, user_id or "")
    return open_workspace(backends(), user_id).user if user_id else None


def ask_in() -> None:
    """Draws the way in, or why there is none."""
    sign_in.show(*_opened())


def browser_session() -> Session | None:
    """The sign-in of this browser, where people sign in."""
    return sign_in.here(*_opened())


def _opened() -> tuple[Settings, Callable[[], Backends]]:
    """The settings, and the backends for when they are needed: strangers open nothing."""
    settings = Settings()
    return settings, lambda: wiring.backends(settings)


def run(page: StreamlitPage) -> None:
    """Draws the page, or the error that a person may read. Anything else goes to the server's error handler."""
    try:
        page.run()
    except (Forbidden, NotFound) as error:
        if session.share_id:
            _beyond(error)
        else:
            notice.show(error)
    except AppError as error:
        notice.show(error)


def _beyond(error: AppError) -> None:
    """Tells a guest kindly that what they were shown ends here, and the ways on."""
    has_ended = isinstance(error, NotFound)
    with layout.column(width=560):
        st.header("This is not shared any more" if has_ended else "This page is not shared with you", anchor=False)
        if has_ended:
            st.text("Whoever shared it took it back or deleted it, or its time has passed. Ask them.")
        else:
            st.text("You look at something of another's. This page would show more than they have shared.")
        with layout.line():
            if not has_ended and st.button("Back to what is shared", icon=":material/arrow_back:", type="primary"):
                st.switch_page(SHARED, query_params={"shared": session.share_id})
            if st.button("All that is shared with me", icon=":material/folder_shared:"):
                st.query_params.clear()
                st.switch_page(SHARED)
            if st.button("My own tables", icon=":material/table:"):
                st.query_params.clear()
                st.switch_page("data/datasets.py")


def redraw() -> None:
    """Draws the dialog again where it was drawn by itself, else the whole page."""
    run = get_script_run_ctx()
    st.rerun(scope="fragment" if run and run.fragment_ids_this_run else "app")


def readable(draw: Callable[P, None]) -> Callable[P, None]:
    """The same, with errors shown as sentences: for dialogs, whose own reruns `run` does not see."""

    @wraps(draw)
    def safe(*args: P.args, **kwargs: P.kwargs) -> None:
        settings, backends = _opened()
        if settings.sign_in != "local" and sign_in.current(settings, backends) is None:
            st.rerun()  # signed out meanwhile, perhaps elsewhere
        try:
            draw(*args, **kwargs)
        except AppError as error:
            notice.show(error)

    return safe


def fragment(**options: Any) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """`st.fragment` with errors shown as sentences."""
    return lambda draw: st.fragment(**options)(readable(draw))


@fragment(run_every=0.3)
def watch(state: Callable[[], Job], is_over: Callable[[], bool], stop: Callable[[], object]) -> None:
    """Draws the work again and again, with a way to stop it; the whole page once its outcome is there."""
    job = state()
    if job.status.is_final and is_over():
        st.rerun()
    if job.status.is_final:
        job_progress.ended(job)
    elif job_progress.show(job):
        stop()
        st.toast("Stopping", icon=":material/stop_circle:")
