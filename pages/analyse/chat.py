"""Chat: ask a question about the open dataset and read the answer."""

from functools import partial

import streamlit as st

from components import (
    chat_view,
    data_table,
    dataset_bar,
    job_progress,
    layout,
    mode_choice,
    reading_list,
    shell,
    upload_form,
)
from components.session import session
from pages import (
    answers_behind,
    chart_desk,
    code_desk,
    desk,
    form_desk,
    model_choice,
    opinions,
    pinning,
    plan_desk,
    proposed,
    report_offer,
    shelf,
    talks,
)
from services import conversations, datasets, jobs, takeaway, tickets, uploads
from services.assistant import pipeline

UPLOAD = "data/upload.py"
PREVIEW_ROWS = 100
PATIENCE, ASKED_PATIENCE = 5.0, 120.0  # seconds: then the page for uploads shows how far a file is
ws = shell.workspace()
allowance, keep = uploads.allowance(ws), partial(uploads.keep, ws)


def go(dataset_id: str, conversation_id: str = "") -> None:
    """Opens another dataset or conversation and draws the page again."""
    session.open(dataset_id, conversation_id)
    st.rerun()


@shell.readable
def bring(upload_ids: tuple[str, ...], question: str) -> None:
    """Reads a file and opens it, with its question asked. Goes to where a person looks first, if need be."""
    readings = reading_list.of(upload_ids)
    job = datasets.create(ws, readings) if question else datasets.bring(ws, upload_ids)
    if job:
        with st.spinner("Reading", show_time=True):
            job_progress.wait(jobs.follow(ws, job.id), ASKED_PATIENCE if question else PATIENCE)
        if made := datasets.created(ws, job.id):
            session.open(made[0].id)
            if question:
                talks.ask(ws, question, conversations.current(ws, made[0].id))
            go(made[0].id)
    st.switch_page(UPLOAD, query_params=session.reading(reading_list.written(readings), job.id if job else ""))


everything = shelf.tables(ws)
dataset, is_gone = dataset_bar.opened(everything)
conversation = conversations.opened(ws, session.conversation_id, dataset.id)
session.open(dataset.id, conversation.id)
version = datasets.version(ws, conversation.version_id)
drawn, turns = conversations.pulse(ws, conversation.id), conversations.turns(ws, conversation.id)

talks.choose(ws, conversation, fresh=not turns)
model_choice.show(ws)
mode = mode_choice.show()
question = chat_view.starters([] if turns else pipeline.starters(ws, version.id))
entered = chat_view.box(dataset.name, mode_choice.said(mode, model_choice.promise(ws)), allowance)
if is_gone:
    chat_view.gone(question or (entered.text if entered else ""), dataset)
elif question or (entered and entered.text and not entered.files):
    talks.ask(ws, question or entered.text, conversation, mode)

with layout.column():
    with layout.line():
        picked = dataset_bar.pick(everything, dataset)
        dataset_bar.extent(version)
        st.space("stretch")
        if turns:
            report_offer.offer(ws, conversation, dataset.name)
        arrived = dataset_bar.upload(tickets.give(ws, "upload"), allowance, keep) if shelf.may_add(ws) else ()
    if entered and entered.files:
        arrived = upload_form.take(entered.files, keep)
    if arrived:
        bring(arrived, entered.text if entered else "")
    if picked != dataset.id:
        go(picked)
    rows, profile = datasets.page(ws, version.id, 0, PREVIEW_ROWS), datasets.profile(ws, version.id)
    dataset_bar.preview(rows, profile, version, expanded=not turns)
    authors = conversations.authors(ws, turns)
    watch, change = (
        partial(desk.attach, ws),
        plan_desk.Plans(ws, conversation, proposed.Changes(ws, conversation, turns)).show,
    )
    here, pin = desk.Desk(everything, dataset, conversation, version), pinning.of(ws, conversation)
    take, below = (
        partial(takeaway.file, ws),
        partial(
            chart_desk.marked,
            ws,
            here,
            form_desk.below(ws, partial(code_desk.offer_run, ws), pin, partial(opinions.offer, ws), talks.menu(ws)),
        ),
    )
    if again := chat_view.show(turns, data_table.codes(profile), watch, authors, change, take, below):
        talks.ask(ws, again, conversation, mode)
    answers_behind.show(ws, conversation.id, turns)
    desk.follow(ws, conversation.id, drawn)
