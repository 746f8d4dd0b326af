"""Draws the forms of the reports page: a new report, a new section, what stands on a report, and its file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from components import words
from components.report_view import TEMPLATES
from sandbox.messages import Figure, Table
from services.binding import Paper, Part, Report, SectionKind
from services.domain import Turn

PAPERS = {Paper.A4: "A4", Paper.LETTER: "US Letter"}
PARTS = {Part.TITLE_PAGE: "Title page", Part.CONTENTS: "Contents", Part.APPENDIX: "Method and data in an appendix"}
ENDINGS = {
    "pdf": "PDF",
    "html": "HTML",
    "zip": "Markdown with pictures",
    "ipynb": "Notebook",
    "py": "Python script",
    "capsule.zip": "Capsule (data, code, results, verify)",
    "fingerprint.zip": "Capsule without the data",
}
PLAIN = {
    SectionKind.TEXT: "My own words",
    SectionKind.PROFILE: "What is in the table",
    SectionKind.CLEANING: "What was done to the table",
}


@dataclass(frozen=True)
class New:
    """A report to be made: of what, by id or "" for an empty one."""

    origin: str
    template: str
    title: str


@dataclass(frozen=True)
class Added:
    """A section to be added: an answer, or a kind; `only` the output at this place."""

    what: Turn | SectionKind
    only: int | None = None
    title: str = ""
    text: str = ""


@dataclass(frozen=True)
class Settings:
    """What stands on a report."""

    title: str
    subtitle: str
    template: str
    paper: Paper
    parts: tuple[Part, ...]
    summary: str


def new(origins: Mapping[str, str]) -> New | None:
    """Draws the form of a new report; `origins` are what it can be made of, by id."""
    with st.popover("New report", icon=":material/add:", type="primary", key="report-new"):
        named = {name: words.clean(label) for name, label in origins.items()} | {"": "Nothing: an empty report"}
        origin = st.selectbox(
            "Made of", named, format_func=words.telling(named, named.__getitem__), key="report-origin"
        )
        template = st.selectbox("Template", TEMPLATES, 1, format_func=TEMPLATES.__getitem__, key="report-new-template")
        title = st.text_input("Title", max_chars=120, key="report-title") if not origin else ""
        if st.button("Make the report", type="primary", disabled=not (origin or title.strip()), key="report-make"):
            return New(origin or "", template, title)
    return None


def add(answers: Sequence[Turn], table: str) -> Added | None:
    """Draws the form of a new section; `answers` are those that can be taken in, of the open `table`."""
    with st.popover("Add a section", icon=":material/add:", key="report-add"):
        known = {turn.id: turn for turn in answers}
        labels = {str(kind): label for kind, label in PLAIN.items()}
        labels |= {turn.id: words.clean(turn.question)[:90] for turn in answers}
        st.caption(f"Answers and facts are those of {words.literal(table, 60)}.")
        chosen = st.selectbox("What", labels, format_func=words.telling(labels, labels.__getitem__), key="report-what")
        title = text = ""
        only = None
        if chosen == SectionKind.TEXT:
            title = st.text_input("Heading", key="report-heading")
            text = st.text_area("Text", key="report-text")
        elif chosen in known:
            only = _only(known[chosen])
        if st.button(
            "Add", type="primary", key="report-add-it", disabled=chosen == SectionKind.TEXT and not text.strip()
        ):
            return Added(known[chosen] if chosen in known else SectionKind(chosen), only, title, text)
    return None


def _only(turn: Turn) -> int | None:
    outputs = turn.answer.outputs if turn.answer else ()
    parts = {-1: "The whole answer"}
    parts |= {
        place: f"Only the {each.kind} {words.clean(each.name)[:40]}".strip()
        for place, each in enumerate(outputs)
        if isinstance(each, Figure | Table)
    }
    place = st.radio(
        "Which part", parts, format_func=words.telling(parts, parts.__getitem__), key=f"report-only-{turn.id}"
    )
    return None if place == -1 else place


def settings(report: Report) -> Settings | None:
    """Draws what stands on the report; what is to be kept."""
    with st.popover("Arrange", icon=":material/tune:", key="report-settings"), st.form("report-form", border=False):
        title = st.text_input("Title", report.title, max_chars=120)
        subtitle = st.text_input("Subtitle", report.subtitle, max_chars=200)
        template = st.selectbox(
            "Template", TEMPLATES, list(TEMPLATES).index(report.template), format_func=TEMPLATES.get
        )
        paper = st.radio("Paper", PAPERS, list(PAPERS).index(report.paper), format_func=PAPERS.get, horizontal=True)
        parts = [part for part, label in PARTS.items() if st.checkbox(label, getattr(report, part))]
        summary = st.text_area(
            "Summary, one point a line", "\n".join(report.summary or ()), placeholder="The answers in a sentence each"
        )
        if st.form_submit_button("Save", type="primary", key="report-save"):
            return Settings(title, subtitle, template, paper, tuple(parts), summary)
    return None


def export(endings: Iterable[str]) -> str:
    """Draws what the report can be taken away as; the ending that is wanted, or ""."""
    with st.popover("Export", icon=":material/download:", type="primary", key="report-export"):
        for ending in map(str, endings):
            if st.button(ENDINGS[ending], type="tertiary", key=f"export-{ending}"):
                return ending
    return ""


def brand(colour: str, logo: bytes) -> tuple[str, bytes] | None:
    """Draws how the team's papers look; the colour and the logo that are to be kept."""
    with st.popover("Look", icon=":material/palette:", key="report-brand"):
        chosen = st.color_picker("Colour of what stands out", colour, key="report-colour")
        if logo:
            st.image(logo, width=160)
        file = st.file_uploader("Logo (PNG)", type="png", key="report-logo")
        without = bool(logo) and st.checkbox("Without a logo", key="report-no-logo")
        if st.button("Keep", type="primary", key="report-brand-keep"):
            return chosen.lower(), b"" if without else file.getvalue() if file else logo
    return None


def undo() -> bool:
    """Draws that a section was taken out; whether it is to be put back."""
    return st.button("Put the section back", icon=":material/undo:", type="tertiary", key="report-undo")
