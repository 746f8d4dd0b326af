"""Draws a change that is proposed: what it would do to every row, and the button that makes it so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

import streamlit as st

from components import difference_view, job_progress, notice
from services.domain import Effect, Job, JobStatus
from services.errors import AppError

DRAWER_WIDTH = 720


class Proposed(Protocol):
    """A change that can be tried and applied, each as a job."""

    def try_out(self) -> Job: ...

    def effect(self, job_id: str) -> Effect: ...

    def apply(self) -> Job: ...

    def under_way(self) -> Job | None: ...

    def follow(self, job_id: str) -> Iterator[Job]: ...

    def stop(self, job_id: str) -> object: ...


def drawer(title: str, change: Proposed) -> None:
    """Tries the change and opens a drawer with what it would do; once it is applied, the page is drawn again."""
    st.dialog(title, width=DRAWER_WIDTH, position="right")(_drawer)(change.try_out().id, change)


def inside(trial_id: str, change: Proposed) -> None:
    """The same within a dialog that is open, for a trial that was begun."""
    _drawer(trial_id, change)


def _drawer(trial_id: str, change: Proposed) -> None:
    try:
        is_applied = _show(trial_id, change)
    except AppError as error:
        notice.show(error)
        return
    if is_applied:
        st.rerun()


def _show(trial_id: str, change: Proposed) -> bool:
    """Draws the trial until it has ended, what it found, and a way to apply the change; whether it is applied now."""
    if not is_done(change.follow(trial_id), change.stop):
        return False
    place = st.container()
    difference_view.effect(change.effect(trial_id))
    with place:
        wanted = st.button("Apply", type="primary", icon=":material/check:", key=f"apply-{trial_id}")
        job = change.apply() if wanted else change.under_way()
        return job is not None and is_done(change.follow(job.id), change.stop)


def is_done(states: Iterator[Job], stop: Callable[[str], object]) -> bool:
    """Draws a job until it has ended; whether it did what it was to do. If not, why is drawn."""
    ended = job_progress.attend(states, stop)
    if ended is None or ended.status is JobStatus.DONE:
        return True
    job_progress.ended(ended)
    return False
