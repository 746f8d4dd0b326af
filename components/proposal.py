"""Draws a change that is proposed: what it would do to every row, and the button that makes it so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Protocol

import streamlit as st

from components import difference_view, job_progress
from services.domain import Effect, Job, JobStatus

DRAWER_WIDTH = 720


class Proposed(Protocol):
    """A change that can be tried and applied, each as a job."""

    def try_out(self) -> Job: ...

    def effect(self, job_id: str) -> Effect: ...

    def apply(self) -> Job: ...

    def applied(self, since: datetime) -> Job | None:
        """The newest job that applies this change, begun since then."""

    def follow(self, job_id: str) -> Iterator[Job]: ...

    def stop(self, job_id: str) -> object: ...


def drawer(title: str, change: Proposed) -> None:
    """Tries the change and opens a drawer with what it would do; once it is applied, the page is drawn again."""
    st.dialog(title, width=DRAWER_WIDTH, position="right")(inside)(change.try_out().id, change)


def inside(trial_id: str, change: Proposed) -> None:
    """The same within a dialog that is open, for a trial that was begun."""
    job_progress.watch(trial_id, change.follow, change.stop, partial(_found, trial_id, change))


def _found(trial_id: str, change: Proposed) -> None:
    """Draws what the trial found, and the change being applied, or a way to apply it."""
    job = change.applied(next(change.follow(trial_id)).created_at)
    if job is None or (job.status.is_final and job.status is not JobStatus.DONE):
        if job:
            job_progress.ended(job)
        if st.button("Apply", type="primary", icon=":material/check:", key=f"apply-{trial_id}"):
            job = job_progress.wait(change.follow(change.apply().id), job_progress.QUIET_SECONDS)
    elif not job.status.is_final and job_progress.bar(job):
        change.stop(job.id)
    if job and job.status is JobStatus.DONE:
        st.rerun()
    difference_view.effect(change.effect(trial_id))
