"""Add data: drop files in, see how they are read, correct what is wrong, save."""

from collections.abc import Sequence
from contextlib import suppress
from functools import partial

import streamlit as st

from components import connection_form, job_progress, layout, reading_list, shell, upload_form, upload_review
from components.session import session
from components.upload_review import Eyes
from pages import shelf
from services import connections, datasets, jobs, tickets, uploads
from services.domain import Job, JobStatus, Reading, Upload
from services.errors import BadInput

CHAT = "analyse/chat.py"
WIDTH = 980
PATIENCE = 1.5  # seconds: small files just open

ws = shell.workspace()
eyes = Eyes(partial(uploads.tables, ws), partial(uploads.preview, ws))


def start() -> None:
    """Draws the place to drop files, and what came before and was not saved."""
    arrived = upload_form.show(tickets.give(ws, "upload"), uploads.allowance(ws), partial(uploads.keep, ws), "data")
    if arrived:
        go(reading_list.of(arrived))
    waiting = [each for each in uploads.abandoned(ws, hours=0) if each.is_whole and each.created_by == ws.user.id]
    again, gone = reading_list.waiting(waiting)
    if again:
        go(reading_list.of([again]))
    if gone:
        uploads.discard(ws, gone)
        st.rerun()
    connect()


@shell.readable
def connect() -> None:
    """Draws the sources that data is read from where it lies, and begins to read what the person chose."""
    verbs = (partial(verb, ws) for verb in (connections.tables, connections.add, connections.remove))
    if wish := connection_form.show(connections.list_all(ws), *verbs):
        go((), connections.read(ws, wish.connection_id, wish.table, wish.statement, wish.name).id)


def go(readings: Sequence[Reading], job_id: str = "") -> None:
    """Keeps where the person is in the address and draws the page again."""
    session.read(reading_list.written(readings), job_id)
    st.rerun()


def review(readings: tuple[Reading, ...]) -> None:
    """Draws one of the tables about to be saved, with all that may be changed, and the button that saves."""
    files = {each.id: each for each in uploads.list_all(ws)}
    there = tuple(each for each in readings if each.upload_id in files)
    bar = st.container()
    changed = upload_review.show(there, files, eyes) if there else there
    if changed is not None and changed != readings:
        go(changed)
    with bar.container(horizontal=True, vertical_alignment="bottom"):
        save(readings, files, can_save=changed is not None)


def save(readings: tuple[Reading, ...], files: dict[str, Upload], *, can_save: bool) -> None:
    """Draws the name, the button that saves and the one that gives up."""
    stacked, source_column = reading_list.stacked(readings, upload_review.agree(readings, eyes))
    is_one = stacked or len(readings) == 1
    named = reading_list.named(readings, files, as_one=is_one)
    st.space("stretch")
    if st.button("Cancel", type="tertiary"):
        for upload_id in {each.upload_id for each in readings}:
            with suppress(BadInput):  # the original of a dataset stays
                uploads.discard(ws, upload_id)
        go(())
    label = "Save" if is_one else f"Save {len(readings)} datasets"
    if st.button(label, type="primary", icon=":material/check:", shortcut="Ctrl+Enter", disabled=not can_save):
        job = datasets.create(ws, named, stacked=stacked, source_column=source_column)
        with st.spinner("Saving", show_time=True):
            job_progress.wait(jobs.follow(ws, job.id), PATIENCE)
        go(readings, job.id)


def finish(readings: tuple[Reading, ...], job: Job) -> None:
    """Draws how the job that saves is getting on, and goes where its datasets are."""
    if not job.status.is_final:
        progress(job.id)
        return
    made, is_done = datasets.created(ws, job.id), job.status is JobStatus.DONE
    if not is_done:
        job_progress.ended(job)
        if st.button("Back to the preview", icon=":material/arrow_back:"):
            go(readings)
    if opened := made[0].id if is_done and len(made) == 1 else reading_list.made(made):
        session.open(opened)
        st.switch_page(CHAT, query_params={"dataset": opened})


@shell.fragment(run_every=0.4)
def progress(job_id: str) -> None:
    """Draws the job again and again until it has ended; the person may leave and come back."""
    job = jobs.get(ws, job_id)
    if job.status.is_final:
        st.rerun()
    if job_progress.bar(job):
        jobs.stop(ws, job_id)


with layout.column(width=WIDTH):
    st.title("Add data")
    readings = reading_list.parsed(session.readings)
    if not shelf.may_add(ws):
        st.caption("You may look at what is in this team, not add to it. An admin of the team can make you a member.")
    elif session.job_id:
        finish(readings, jobs.get(ws, session.job_id))
    elif readings:
        review(readings)
    else:
        start()
