"""Draws work that is under way: its stages, its streamed text and a way to stop it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import streamlit as st

from components import layout, notice, words
from services.domain import Job, JobStatus
from services.errors import AppError

ENDED = {JobStatus.STOPPED: "You stopped this.", JobStatus.INTERRUPTED: "The server stopped before this had ended."}

POLL_SECONDS = 0.5
QUIET_SECONDS = 0.8
"""What takes no longer is not worth a bar."""


def show(job: Job) -> bool:
    """Draws what the job is doing and what it has written so far; whether the person wants it stopped."""
    passed = (datetime.now(UTC) - job.created_at).total_seconds()
    stage = words.literal(job.stage or "Starting")
    with layout.line():
        st.markdown(f":shimmer[{stage}] :gray[:small[{words.seconds(max(1.0, passed))}]]", width="content")
        stop = stop_button(job.id)
    if job.text:
        st.text(words.clean(job.text))
    return stop


def wait(states: Iterator[Job], seconds: float) -> Job | None:
    """Stays with the job for so long, at most until it has ended; the last state seen."""
    end, seen = time.monotonic() + seconds, None
    for seen in states:
        if seen.status.is_final or time.monotonic() >= end:
            break
    return seen


def attend(states: Iterator[Job], stop: Callable[[str], object]) -> Job | None:
    """Stays with the job to its end, in this run of the whole page, with a way to stop it; its last state. What takes
    under a second is not talked about. In a drawer, whose buttons wait for a run to end, use `watch`."""
    seen = wait(states, QUIET_SECONDS)
    if seen is None or seen.status.is_final:
        return seen
    place = st.empty()
    with place.container():
        state = st.empty()
        if _stop_line(seen.id):
            stop(seen.id)
        for seen in states:
            if seen.status.is_final:
                break
            with state.container():
                _how_far(seen)
    place.empty()
    return seen


def watch(
    job_id: str,
    follow: Callable[[str], Iterator[Job]],
    stop: Callable[[str], object],
    then: Callable[[], None],
    otherwise: Callable[[], None] | None = None,
) -> None:
    """Draws work in a drawer, again and again, with a way to stop it, and when it is done what comes `then`; when it
    ended otherwise, that, or why."""
    wait(follow(job_id), QUIET_SECONDS)
    _poll(job_id, follow, stop, then, otherwise)


@st.fragment(run_every=POLL_SECONDS)
def _poll(
    job_id: str,
    follow: Callable[[str], Iterator[Job]],
    stop: Callable[[str], object],
    then: Callable[[], None],
    otherwise: Callable[[], None] | None,
) -> None:
    try:
        job = next(follow(job_id))
        if job.status is JobStatus.DONE:
            then()
        elif job.status.is_final:
            otherwise() if otherwise else ended(job)
        elif bar(job):
            stop(job.id)
    except AppError as error:
        notice.show(error)


def done(states: Iterator[Job], stop: Callable[[str], object]) -> bool:
    """Attends to a job; whether it did what it was to do. If not, why is drawn."""
    last = attend(states, stop)
    if last is None or last.status is JobStatus.DONE:
        return True
    ended(last)
    return False


def bar(job: Job) -> bool:
    """Draws how far the job is, and a way to stop it; whether the person wants that. You may leave meanwhile."""
    _how_far(job)
    return _stop_line(job.id)


def _how_far(job: Job) -> None:
    stage = words.literal(job.stage or "Waiting for its turn", 160)
    if job.share is None:
        st.markdown(f":shimmer[{stage}]")
    else:
        st.progress(job.share, text=f"{stage} · {job.share:.0%}")


def _stop_line(job_id: str) -> bool:
    with layout.line():
        st.caption("You may leave this page: the work goes on.", width="content")
        st.space("stretch")
        return stop_button(job_id)


def ended(job: Job) -> None:
    """Why a job has ended without coming to its end."""
    notice.problem(job.message or ENDED.get(job.status, "This did not come to its end."), job.hint)


def stop_button(job_id: str) -> bool:
    """Whether the person wants the job stopped. Esc does the same."""
    return st.button("Stop", icon=":material/stop_circle:", shortcut="Esc", type="tertiary", key=f"stop-{job_id}")
