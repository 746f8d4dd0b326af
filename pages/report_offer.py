"""A conversation as a file to take away, or kept as a report."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from components import report_menu, words
from services import notebooks, report_shelf, reports
from services.binding import Report
from services.domain import Conversation
from services.errors import AppError
from services.reports import Template
from services.workspace import Workspace

PAGE = "share/reports.py"


def offer(ws: Workspace, conversation: Conversation, name: str) -> None:
    """Draws the menu that binds a conversation as a file, or keeps it as a report and opens that."""
    may_keep = report_shelf.may_edit(ws)
    title = conversation.title or name
    if template := report_menu.show(title, partial(bound, ws, conversation.id), may_keep=may_keep):
        report = report_shelf.from_conversation(ws, conversation.id, Template(template))
        open_new(report)


def open_new(report: Report) -> None:
    """Goes to a report that was just made."""
    st.switch_page(PAGE, query_params={"report": report.id})


def one_click(ws: Workspace, make: Callable[[Workspace], Report], key: str = "report") -> None:
    """Draws the button that makes a report of what lies open, and opens it, for those who may."""
    if not report_shelf.may_edit(ws) or not st.button("Report", icon=":material/description:", key=key):
        return
    try:
        report = make(ws)
    except AppError as error:
        st.toast(words.literal(str(error), 300), icon=":material/error:")
        return
    open_new(report)


def bound(ws: Workspace, conversation_id: str, template: str, form: str) -> bytes:
    """The conversation as a file to take away."""
    if form in ("ipynb", "py"):
        return notebooks.of_conversation(ws, conversation_id, form).encode()
    kind = reports.Format.MARKDOWN if form == "zip" else reports.Format(form)
    return reports.bind(ws, conversation_id, Template(template), kind)
