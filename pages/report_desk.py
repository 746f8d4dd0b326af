"""What the page of reports does behind what it draws."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from components import job_progress, report_form, report_view
from components.session import session
from pages import desk
from services import (
    conversations,
    jobs,
    recipes,
    report_exports,
    report_shelf,
    report_updates,
)
from services.binding import Report, Section, SectionKind
from services.domain import Turn, TurnStatus
from services.report_exports import Ending
from services.reports import Template
from services.workspace import Workspace

SHOWN_STEPS = 8
MOST_CONVERSATIONS, MOST_ANSWERS = 8, 40


def origins(ws: Workspace) -> dict[str, str]:
    """What a new report can be made of, by id: the conversations about the open table, and the table itself."""
    opened = desk.lay(ws)
    found = {f"table {opened.version.id}": f"What is in {opened.dataset.name}, and what was done to it"}
    talks = conversations.list_all(ws, opened.dataset.id)[:MOST_CONVERSATIONS]
    return {f"talk {each.id}": f"Conversation: {each.title}" for each in talks if answered(ws, each.id)} | found


def made(ws: Workspace, new: report_form.New) -> Report:
    """The new report. Raises: AppError."""
    kind, _, id = new.origin.partition(" ")
    template = Template(new.template)
    if kind == "talk":
        return report_shelf.from_conversation(ws, id, template)
    if kind == "table":
        return report_shelf.from_version(ws, id, template)
    return report_shelf.create(ws, new.title, template)


def answered(ws: Workspace, conversation_id: str) -> list[Turn]:
    """The answers of a conversation."""
    return [turn for turn in conversations.turns(ws, conversation_id) if turn.status is TurnStatus.ANSWERED]


def answers(ws: Workspace, dataset_id: str) -> list[Turn]:
    """The newest answers about a dataset."""
    talks = conversations.list_all(ws, dataset_id)[:MOST_CONVERSATIONS]
    found = [turn for each in talks for turn in reversed(answered(ws, each.id))]
    return found[:MOST_ANSWERS]


def brand(ws: Workspace) -> None:
    """Draws how the team's papers look, for those who may change it."""
    if report_exports.may_brand(ws):
        now = report_exports.brand(ws)
        if wanted := report_form.brand(now.colour, now.logo):
            report_exports.set_brand(ws, *wanted)
            st.rerun()


def export(ws: Workspace, report_id: str, ending: Ending) -> None:
    """Makes a file of the report, with its progress, and draws the page again with it."""
    job = report_exports.export(ws, report_id, ending)
    if job_progress.done(jobs.follow(ws, job.id), partial(jobs.stop, ws)):
        st.rerun()


def update(ws: Workspace, report_id: str) -> None:
    """Brings the report up to date, with its progress, and draws the page again."""
    job = report_updates.update_all(ws, report_id)
    if job_progress.done(jobs.follow(ws, job.id), partial(jobs.stop, ws)):
        session.hold(f"update {report_id}", job.id)
        st.rerun()


def changes(ws: Workspace, report_id: str) -> None:
    """Draws what the last update in this tab has changed."""
    if job_id := session.held(f"update {report_id}"):
        with st.expander("What changed", expanded=True, icon=":material/difference:"):
            for each in report_updates.found(ws, job_id):
                report_view.changed(
                    each.title, each.reasons, each.changes, each.problem, is_rewritten=each.is_rewritten
                )


def read(ws: Workspace, report_id: str, file_id: str) -> bytes:
    """A kept file, for the browser."""
    with report_exports.opened(ws, report_id, file_id) as path:
        return path.read_bytes()


def told(ws: Workspace, part: Section) -> Sequence[str]:
    """What a section about a table will say, in short."""
    if part.version_id and part.kind is SectionKind.PROFILE:
        return [*report_exports.summary(ws, part.version_id), "With a table of its columns and what may be wrong."]
    if part.version_id and part.kind is SectionKind.CLEANING:
        steps = [step.describe() for step in recipes.of_version(ws, part.version_id)]
        shown = [f"{number}. {step}" for number, step in enumerate(steps[:SHOWN_STEPS], 1)]
        return [*shown, *([f"and {len(steps) - SHOWN_STEPS:,} more"] if len(steps) > SHOWN_STEPS else [])]
    return ()
