"""Reports: documents of what was found, kept, brought up to date and taken away."""

from functools import partial

import streamlit as st

from components import layout, report_form, report_view, shell, words
from components.report_view import Act
from components.session import session
from pages import desk, report_desk, share_dialog
from services import report_exports, report_shelf, takeaway
from services.binding import SectionKind
from services.domain import ObjectKind, Turn
from services.report_exports import Ending
from services.reports import Template

ws = shell.workspace()
may_edit = report_shelf.may_edit(ws)


def listed() -> None:
    """Draws every report, and the way to a new one."""
    st.title("Reports")
    with layout.line():
        new = report_form.new(report_desk.origins(ws)) if may_edit else None
        report_desk.brand(ws)
    if new:
        session.open_report(report_desk.made(ws, new).id)
        st.rerun()
    reports = [(each.report, each.stale) for each in report_shelf.list_all(ws)]
    if not reports:
        st.caption("No reports yet. Make one of a conversation, of what is in a table, or begin with an empty one.")
    chosen = report_view.listing(reports, report_shelf.list_deleted(ws) if may_edit else ())
    if not chosen:
        return
    match chosen.act:
        case Act.OPEN:
            session.open_report(chosen.id)
        case Act.DELETE:
            report_shelf.delete(ws, chosen.id)
            st.toast("Deleted. It is under “Deleted” until you restore it.")
        case Act.RESTORE:
            report_shelf.restore(ws, chosen.id)
    st.rerun()


def change(chosen: report_view.Choice) -> None:
    """Does what was chosen with a section, and draws the page again."""
    match chosen.act:
        case Act.UP | Act.DOWN:
            report_shelf.move(ws, report.id, chosen.id, -1 if chosen.act is Act.UP else 1)
        case Act.DELETE:
            report_shelf.drop(ws, report.id, chosen.id)
            session.took_out(chosen.id)
        case Act.SAVE:
            report_shelf.edit(ws, report.id, chosen.id, chosen.title, chosen.text, hide_code=chosen.hide_code)
    st.rerun()


def add() -> None:
    """Draws what can be added to the report."""
    opened = desk.lay(ws)
    added = report_form.add(report_desk.answers(ws, opened.dataset.id), opened.dataset.name)
    if added is None:
        return
    if isinstance(added.what, Turn):
        report_shelf.add_turn(ws, report.id, added.what.id, added.only)
    elif added.what is SectionKind.TEXT:
        report_shelf.add_text(ws, report.id, added.title, added.text)
    else:
        report_shelf.add_about(ws, report.id, SectionKind(added.what), opened.version.id)
    st.rerun()


def arranged() -> None:
    """Draws what stands on the report, and keeps what was changed."""
    if wanted := report_form.settings(report):
        report_shelf.rename(ws, report.id, wanted.title, wanted.subtitle)
        report_shelf.arrange(ws, report.id, Template(wanted.template), wanted.paper, wanted.parts)
        report_shelf.summarise(ws, report.id, wanted.summary)
        st.rerun()


with layout.column():
    found = [each.report for each in report_shelf.list_all(ws) if each.report.id == session.report_id]
    if not found:
        listed()
        st.stop()
    report = found[0]
    parts, fresh = report_shelf.sections(ws, report.id), report_shelf.freshness(ws, report.id)
    with layout.line():
        if st.button("Reports", icon=":material/arrow_back:", type="tertiary", key="report-back"):
            session.open_report("")
            st.rerun()
        st.space("stretch")
        if may_edit:
            arranged()
            if ending := report_form.export(Ending):
                report_desk.export(ws, report.id, Ending(ending))
            if st.button("Share", icon=":material/share:", key="report-share"):
                share_dialog.show(ws, ObjectKind.REPORT, report.id, report.title)
    st.title(words.literal(report.title, 120))
    if report.subtitle:
        st.caption(words.literal(report.subtitle, 200))
    if report_view.stale(fresh) and may_edit:
        report_desk.update(ws, report.id)
    report_desk.changes(ws, report.id)
    if may_edit and session.taken_out and report_form.undo():
        report_shelf.put_back(ws, report.id, session.taken_out)
        session.took_out("")
        st.rerun()
    read = partial(report_desk.read, ws, report.id)
    if removed := report_view.files(report_exports.files(ws, report.id), read, {str(e): e.mime for e in Ending}):
        report_exports.remove(ws, report.id, removed)
        st.rerun()
    told = partial(report_desk.told, ws)
    if chosen := report_view.sections(parts, fresh, told, partial(takeaway.file, ws), may_edit=may_edit):
        change(chosen)
    if may_edit:
        add()
