"""Draws the button that offers a conversation as a report; the file is made when it is asked for."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from components import layout

CONTENTS = {
    "brief": "Answers, tables and charts",
    "full": "With code and sources",
    "quality": "The data first, then the answers",
}
FORMS = (
    ("PDF", "pdf", "application/pdf"),
    ("HTML", "html", "text/html"),
    ("Markdown", "zip", "application/zip"),
    ("Notebook", "ipynb", "application/x-ipynb+json"),
    ("Python script", "py", "text/x-python"),
)
Make = Callable[[str, str], bytes]
"""From template and form ("pdf", "html", "zip" …) to the file."""


def show(title: str, make: Make, *, may_keep: bool) -> str:
    """Draws the menu; the template of the report that is to be kept, or ""."""
    name = "".join(c if c.isalnum() or c in " -_" else "_" for c in title)[:80].strip() or "report"
    with st.popover("Report", icon=":material/description:"):
        template = st.radio("What goes in", CONTENTS, format_func=CONTENTS.__getitem__, key="report-template")
        with layout.line():
            for label, ending, mime in FORMS:
                st.download_button(
                    label,
                    lambda ending=ending: make(template, ending),
                    f"{name}.{ending}",
                    mime,
                    key=f"report-{ending}",
                    on_click="ignore",
                    icon=":material/download:",
                )
        keep = may_keep and st.button("Keep as a report", icon=":material/bookmark_add:", key="report-keep")
    return str(template) if keep else ""
