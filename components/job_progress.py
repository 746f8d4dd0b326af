"""Draws work that is under way: its stages, its streamed text and a way to stop it."""

from __future__ import annotations

from collections.abc import Iterator

import streamlit as st

from components import words
from services.domain import Job


def follow(states: Iterator[Job]) -> None:
    """Draws each state of the job until there is none left."""
    status = st.status(":shimmer[Starting]", type="compact")
    streamed = st.empty()
    stage, step = "", None
    for job in states:
        if job.stage and job.stage != stage:
            stage = job.stage
            status.update(label=f":shimmer[{words.literal(stage)}]")
            if step:
                step.update(state="complete")
            step = status.status(words.literal(stage), type="step")
        if job.text:
            streamed.text(words.clean(job.text))


def stop_button(job_id: str) -> bool:
    """Whether the person wants the job stopped. Esc does the same."""
    return st.button("Stop", icon=":material/stop_circle:", shortcut="Esc", type="tertiary", key=f"stop-{job_id}")
