"""The list of steps that lead to the open version: what a person does with one of them, and the replay that follows."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from components import job_progress, recipe_list, shell, step_form, words
from components.recipe_list import Act, Choice, Row
from components.session import session
from pages import desk
from services import cleaning, jobs, recipes
from services.domain import Job, JobStatus, Step
from services.workspace import Workspace


def show(ws: Workspace, opened: desk.Desk) -> None:
    """Draws the steps so far, and does what is chosen with one of them."""
    listed = recipes.of_version(ws, opened.version.id)
    if choice := recipe_list.show([Row(each.describe(), is_off=recipes.is_off(each)) for each in listed]):
        _act(ws, opened, listed, choice)
    for place in range(len(listed)):
        if (job := _held(ws, f"edit {opened.version.id} {place}")) and _fell_short(job):
            _edit(ws, opened, listed, place)  # again, with what was filled in: nothing else can draw a drawer anew


def wait(ws: Workspace, job: Job) -> bool:
    """Whether the job, drawn until it has ended, did what it was to do."""
    return job_progress.done(jobs.follow(ws, job.id), partial(jobs.stop, ws))


def _act(ws: Workspace, opened: desk.Desk, listed: list[Step], choice: Choice) -> None:
    place = choice.place
    session.hold("", "")
    if choice.act is Act.EDIT:
        _edit(ws, opened, listed, place)
    elif choice.act is Act.DELETE:
        _rework(ws, opened, [*listed[:place], *listed[place + 1 :]])
    elif choice.act is Act.SWITCH:
        _rework(ws, opened, recipes.switched(listed, place))
    else:
        _rework(ws, opened, recipes.moved(listed, place, -1 if choice.act is Act.UP else 1))


def _rework(ws: Workspace, opened: desk.Desk, steps: list[Step]) -> None:
    """Replays the steps, unless some do not fit any more: then asks first."""
    if recipes.misfits(ws, opened.version.id, steps):
        _ask(ws, opened, steps)
    elif wait(ws, recipes.rework(ws, opened.conversation.id, steps)):
        st.rerun()


@st.dialog("Some steps no longer fit")
@shell.readable
def _ask(ws: Workspace, opened: desk.Desk, steps: list[Step]) -> None:
    """Names the steps that do not fit, and offers to switch them off."""
    what = f"without misfits {opened.version.id}"
    if _under_way(ws, what):
        return
    if job := _held(ws, what):
        job_progress.ended(job)
    unfit = recipes.misfits(ws, opened.version.id, steps)
    for each in unfit:
        st.markdown(f":material/warning: {each.place + 1} · {words.literal(each.sentence, 160)}")
        st.caption(words.literal(each.reason, 300))
    if st.button("Switch them off and go on", type="primary"):
        for each in unfit:
            steps = recipes.switched(steps, each.place)
        _begin(what, recipes.rework(ws, opened.conversation.id, steps))


@st.dialog("Edit the step", width="large")
@shell.readable
def _edit(ws: Workspace, opened: desk.Desk, steps: list[Step], place: int) -> None:
    """Draws the form of the step, filled in; replays the list with what comes of it."""
    what = f"edit {opened.version.id} {place}"
    if _under_way(ws, what, st.rerun):
        return
    given = steps[place].model_dump(mode="json")
    if job := _held(ws, what) or _held(ws, f"again {what}"):
        session.hold(f"again {what}", job.id)
        job_progress.ended(job)
        given = job.body["steps"][place]
    kind = next(each for each in cleaning.kinds() if each["kind"] == given["kind"])
    if not kind["title"] or kind["kind"] in step_form.NEEDS_TABLE:
        st.caption("This step has no form. Delete it and make another one, or switch it off.")
        return
    data = step_form.fields(kind, recipes.profile_at(ws, opened.version.id, place), given, "edit")
    if st.button("Save", type="primary", disabled=data is None) and data:
        changed = [*steps[:place], cleaning.step(data), *steps[place + 1 :]]
        if unfit := recipes.misfits(ws, opened.version.id, changed):
            st.warning(f"Step {unfit[0].place + 1} would no longer fit: {words.literal(unfit[0].reason, 300)}")
        else:
            _begin(what, recipes.rework(ws, opened.conversation.id, changed))


def _begin(what: str, job: Job) -> None:
    """Keeps the job that this dialog stays with: a button in a dialog waits for a run to end, so none may take long."""
    session.hold(what, job.id)
    st.rerun(scope="fragment")


def _fell_short(job: Job) -> bool:
    return job.status.is_final and job.status is not JobStatus.DONE


def _held(ws: Workspace, what: str) -> Job | None:
    return jobs.get(ws, job_id) if (job_id := session.held(what)) else None


def _under_way(ws: Workspace, what: str, otherwise: Callable[[], None] | None = None) -> bool:
    """Whether the dialog's replay is under way: it is drawn, with a way to stop it, and the page once it is done."""
    job = _held(ws, what)
    if job is None or _fell_short(job):
        return False
    job_progress.watch(job.id, partial(jobs.follow, ws), partial(jobs.stop, ws), st.rerun, otherwise)
    return True
