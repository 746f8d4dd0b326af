"""Draws which side of a table is put in words, and the button that does it."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from components import notice

WHAT = "Put in words from what is known of the table. Where a language model answers, it is told facts, not cells."


def choose(titles: Mapping[str, str]) -> str:
    """Draws the sides; the one chosen."""
    chosen = st.pills(
        "What to explain", list(titles), format_func=titles.__getitem__, default=next(iter(titles)), key="explain-topic"
    )
    return str(chosen or next(iter(titles)))


def failed(message: str, hint: str) -> None:
    """Says why there is no explanation."""
    notice.problem(message or "This could not be explained.", hint)


def wants(topic: str, *, anew: bool) -> bool:
    """Draws the button; whether it was clicked."""
    if not anew:
        st.caption(WHAT)
    label, icon = ("Explain anew", "refresh") if anew else ("Explain", "auto_awesome")
    kind = "tertiary" if anew else "primary"
    return st.button(label, icon=f":material/{icon}:", type=kind, key=f"explain-{topic}")
