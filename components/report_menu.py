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
FORMS = (("PDF", "pdf", "application/pdf"), ("HTML", "html", "text/html"), ("Markdown", "zip", "application/zip"))
Make = Callable[[str, str], bytes]
"""From template and form ("pdf", "html", "zip") to the file."""


def show(title: str, make: Make) -> None:
    """Draws the menu."""
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
