"""What stands between a page and the rest: the workspace, and errors shown as sentences."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from components import job_progress, notice, sign_in
from services import wiring
from services.domain import Job
from services.errors import AppError
from services.settings import Settings
from services.workspace import Workspace, open_workspace

P = ParamSpec("P")


def workspace() -> Workspace:
    """The workspace of the person in this browser: the only way a page gets data.

    Raises: Forbidden, when nobody is signed in.
    """
    settings = Settings()
    return open_workspace(wiring.backends(settings), sign_in.current(settings))


def run(page: StreamlitPage) -> None:
    """Draws the page, or the error that a person may read. Anything else goes to the server's error handler."""
    try:
        page.run()
    except AppError as error:
        notice.show(error)


def readable(draw: Callable[P, None]) -> Callable[P, None]:
    """The same, with errors shown as sentences: for dialogs, whose own reruns `run` does not see."""

    @wraps(draw)
    def safe(*args: P.args, **kwargs: P.kwargs) -> None:
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
