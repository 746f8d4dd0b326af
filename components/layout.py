"""Places things on the screen."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

STATIC = Path(__file__).parent.parent / "pages" / "static"
READING_WIDTH = 880
"""Pixels: wide enough for a chart beside a small table, narrow enough to read."""


@contextmanager
def column(parent: Any = st, width: int = READING_WIDTH) -> Iterator[DeltaGenerator]:
    """One centred column of the page, or of the parent (such as `st.bottom`)."""
    with parent.container(horizontal_alignment="center"), st.container(width=width) as inner:
        yield inner


def icon() -> str:
    """The icon of the page, inside the page itself: files that Streamlit keeps are for people who are signed in."""
    return "data:image/png;base64," + base64.b64encode((STATIC / "icon.png").read_bytes()).decode()


def line(**options: Any) -> DeltaGenerator:
    """A row whose parts keep their own width and stand in the middle of it."""
    return st.container(horizontal=True, vertical_alignment="center", **options)
