"""Draws reports that are kept: the list, the sections of one, and what an update changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import streamlit as st

from components import data_table, figure, layout, takeaway, words
from sandbox.messages import Figure, Image, Output, Table, Text, Value
from services.binding import Report, ReportFile, Section, SectionKind
from services.freshness import Changes, Freshness

TEMPLATES = {
    "brief": "Brief: answers, tables and charts",
    "full": "Full: with code, footnotes and sources",
    "quality": "Data quality: the data first, then the answers",
}
KINDS = {
    SectionKind.TEXT: ("notes", "Text"),
    SectionKind.ANSWER: ("forum", "Answer"),
    SectionKind.CHART: ("bar_chart", "Chart"),
    SectionKind.TABLE: ("table", "Table"),
    SectionKind.MODEL: ("model_training", "Model"),
    SectionKind.FORECAST: ("timeline", "Forecast"),
    SectionKind.PROFILE: ("troubleshoot", "Profile"),
    SectionKind.CLEANING: ("cleaning_services", "Cleaning log"),
}
SHOWN_ROWS, SHOWN_CHANGES = 12, 50


class Act(StrEnum):
    """What can be done with a report or a section."""

    OPEN = "open"
    DELETE = "delete"
    RESTORE = "restore"
    UP = "up"
    DOWN = "down"
    SAVE = "save"


@dataclass(frozen=True)
class Choice:
    """What the person wants done with what; for `SAVE` the section's new title and text, and whether code is hidden."""

    act: Act
    id: str
    title: str = ""
    text: str | None = None
    hide_code: bool = False


def listing(reports: Sequence[tuple[Report, int]], deleted: Sequence[Report]) -> Choice | None:
    """Draws every report with how many versions of it are behind; what the person wants done with one."""
    chosen = None
    for report, stale in reports:
        with st.container(border=True), layout.line():
            with st.container(gap="xxsmall", width="stretch"):
                st.markdown(f"**{words.literal(report.title, 120)}**")
                st.caption(f"{report.template.capitalize()} · changed {report.changed_at:%Y-%m-%d %H:%M} UTC")
            if stale:
                st.badge("Out of date", icon=":material/update:", color="orange")
            if st.button("Open", icon=":material/description:", key=f"open-{report.id}"):
                chosen = Choice(Act.OPEN, report.id)
            if st.button("Delete", icon=":material/delete:", type="tertiary", key=f"delete-{report.id}"):
                chosen = Choice(Act.DELETE, report.id)
    if deleted:
        with st.expander(f"Deleted ({len(deleted)})", type="compact"):
            for report in deleted:
                label = f"Restore {words.literal(report.title, 60)}"
                if st.button(label, icon=":material/undo:", type="tertiary", key=f"restore-{report.id}"):
                    chosen = Choice(Act.RESTORE, report.id)
    return chosen


def sections(
    parts: Sequence[Section],
    fresh: Mapping[str, Freshness],
    told: Callable[[Section], Sequence[str]],
    take: takeaway.Take | None = None,
    *,
    may_edit: bool,
) -> Choice | None:
    """Draws the sections; what the person wants done with one. `told`: what a section without outputs will say;
    `take` makes files of outputs."""
    chosen = None
    for place, part in enumerate(parts):
        with st.container(border=True):
            ends = (place == 0, place == len(parts) - 1)
            chosen = _head(part, fresh.get(part.id), ends, may_edit=may_edit) or chosen
            for line in told(part):
                st.text(words.clean(line))
            _body(part, take)
    if not parts:
        st.caption("Nothing is in this report yet. Add an answer, a profile or your own words.")
    return chosen


def _head(part: Section, fresh: Freshness | None, ends: tuple[bool, bool], *, may_edit: bool) -> Choice | None:
    icon, kind = KINDS[part.kind]
    chosen = None
    with layout.line(gap="xsmall"):
        title = part.title or (part.turn.question if part.turn else kind)
        st.markdown(f":material/{icon}: **{words.literal(title[:1].upper() + title[1:], 160)}**", width="stretch")
        if fresh and fresh.is_stale:
            st.badge("Out of date", icon=":material/update:", color="orange", help=_why(fresh))
        if may_edit:
            chosen = _buttons(part, ends)
    return chosen


def _buttons(part: Section, ends: tuple[bool, bool]) -> Choice | None:
    chosen = None
    acts = {
        Act.UP: ("arrow_upward", "Earlier"),
        Act.DOWN: ("arrow_downward", "Later"),
        Act.DELETE: ("delete", "Take out"),
    }
    with st.popover("", icon=":material/edit:", type="tertiary", help="Edit", key=f"edit-{part.id}"):
        chosen = _form(part)
    for act, (icon, label) in acts.items():
        off = ends[0] if act is Act.UP else ends[1] if act is Act.DOWN else False
        key = f"{act}-{part.id}"
        if st.button("", icon=f":material/{icon}:", help=label, type="tertiary", disabled=off, key=key):
            chosen = Choice(act, part.id)
    return chosen


def _form(part: Section) -> Choice | None:
    said = part.turn.answer.text if part.turn and part.turn.answer and part.only is None else ""
    with st.form(f"form-{part.id}", border=False):
        title = st.text_input(
            "Heading", part.title, placeholder=words.clean(part.turn.question)[:80] if part.turn else ""
        )
        text = st.text_area("Text", said if part.text is None else part.text, height=160)
        hide = st.checkbox("Hide the code", part.hide_code) if part.turn or part.kind is SectionKind.CLEANING else False
        saved = st.form_submit_button("Save", type="primary", key=f"save-{part.id}")
    if not saved:
        return None
    own = None if part.kind is not SectionKind.TEXT and text.strip() in ("", said.strip()) else text
    return Choice(Act.SAVE, part.id, title, own, hide)


def _body(part: Section, take: takeaway.Take | None) -> None:
    answer = part.turn.answer if part.turn else None
    if part.text:
        st.text(words.clean(part.text))
    elif answer and part.only is None:
        st.text(words.clean(answer.text))
    if answer is None:
        return
    outputs = answer.outputs if part.only is None else answer.outputs[part.only : part.only + 1]
    for place, output in enumerate(outputs):
        _output(output, f"section-{part.id}-{place}")
        if take:
            takeaway.show(output, take, f"section-{part.id}-{place}")
    if answer.code and not part.hide_code:
        with st.expander("Code", type="compact", icon=":material/code:"):
            st.code(answer.code, language="python")


def _output(output: Output, key: str) -> None:
    match output:
        case Figure():
            figure.show(output, key, alt="Chart")
        case Table():
            table = data_table.opened(output.arrow)
            data_table.rows(table.slice(0, SHOWN_ROWS), key, alt="Table of the report")
        case Value() if isinstance(output.value, int | float):
            st.text(f"{words.clean(output.name or 'Result')}: {words.number(output.value)}")
        case Text():
            st.text(words.clean(output.text))
        case Image():
            st.image(output.png)


def _why(fresh: Freshness) -> str:
    return words.literal(" ".join(fresh.reasons), 400)


def stale(fresh: Mapping[str, Freshness]) -> bool:
    """Draws that sections are behind and why; whether the person wants them brought up to date."""
    behind = [each for each in fresh.values() if each.is_stale]
    if not behind:
        return False
    with st.container(border=True):
        st.markdown(f":material/update: **{words.count(len(behind), 'section')} out of date.**")
        for reason in dict.fromkeys(reason for each in behind for reason in each.reasons):
            st.caption(words.literal(reason, 300))
        if any(each.can_update for each in behind):
            return st.button("Update all", icon=":material/refresh:", type="primary", key="report-update")
    return False


def changed(title: str, reasons: Sequence[str], changes: Changes, problem: str, *, is_rewritten: bool) -> None:
    """Draws what an update did to one section, number by number."""
    st.markdown(f"**{words.literal(title, 160)}**")
    if problem:
        st.caption(f":material/warning: It stays as it was. {words.literal(problem, 400)}")
        return
    for line in (*reasons, *changes.notes):
        st.caption(words.literal(line, 300))
    if changes.is_none:
        st.caption("Nothing in it changed.")
    if is_rewritten:
        st.caption(":material/edit: Somebody wrote its text: look whether the numbers in there still hold.")
    if changes.listed:
        _table(changes, f"changes-{title[:40]}-{len(changes.listed)}")


def _table(changes: Changes, key: str) -> None:
    import pyarrow as pa

    shown = changes.listed[:SHOWN_CHANGES]
    table = pa.table(
        {
            "Where": [words.clean(each.place) for each in shown],
            "Before": [_said(each.before) for each in shown],
            "Now": [_said(each.after) for each in shown],
            "Change": [f"{each.share:+.1%}" if each.share is not None else "" for each in shown],
        }
    )
    data_table.rows(table, key, alt="What changed")
    if changes.total > len(shown):
        st.caption(f"and {words.count(changes.total - len(shown), 'more change')}")


def _said(value: object) -> str:
    if value is None:
        return data_table.MISSING
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return words.number(value) if is_number else words.clean(str(value))  # type: ignore[arg-type]


def files(kept: Sequence[ReportFile], read: Callable[[str], bytes], mimes: Mapping[str, str]) -> str:
    """Draws the files that are kept, each to download; the id of the one to remove, or ""."""
    removed = ""
    for file in kept:
        with layout.line(gap="xsmall"):
            said = f"{file.ending.upper()} · {words.size(file.size)} · {file.created_at:%Y-%m-%d %H:%M} UTC"
            st.download_button(
                said,
                lambda file_id=file.id: read(file_id),
                f"{file.name}.{file.ending}",
                mimes.get(file.ending, "application/octet-stream"),
                icon=":material/download:",
                type="tertiary",
                on_click="ignore",
                key=f"file-{file.id}",
            )
            if st.button("", icon=":material/delete:", type="tertiary", help="Remove", key=f"unfile-{file.id}"):
                removed = file.id
    return removed
