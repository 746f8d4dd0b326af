"""Draws the ways to take one output away; the file is made when it is asked for."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

import streamlit as st

from sandbox.messages import Figure, Image, Output, Table

Take = Callable[[Output, str], bytes]
"""From an output and an ending ("csv", "png" …) to the file."""
MIME = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
    "png": "image/png",
    "svg": "image/svg+xml",
    "html": "text/html",
}
LABELS = {"csv": "CSV", "xlsx": "Excel", "parquet": "Parquet", "png": "PNG", "svg": "SVG", "html": "HTML"}
ENDINGS = {Table: ("csv", "xlsx", "parquet"), Figure: ("png", "svg", "html"), Image: ("png",)}
UNSAFE = re.compile(r"[^\w -]+")
"""What a file name does without."""


def show(output: Output, take: Take, key: str) -> None:
    """Draws one small menu."""
    endings = ENDINGS.get(type(output), ())
    if not endings:
        return
    place = st.popover("Download", icon=":material/download:", type="tertiary", on_change="rerun", key=f"take-{key}")
    if not place.open:
        return
    with place:
        files(output, take, key)


def files(output: Output, take: Take, key: str) -> None:
    """Draws a button for each kind of file."""
    name = UNSAFE.sub("_", output.name)[:60].strip() or ("answer" if isinstance(output, Table) else "chart")
    with st.container(horizontal=True, gap="small"):
        for ending in ENDINGS.get(type(output), ()):
            st.download_button(
                LABELS[ending],
                partial(take, output, ending),
                f"{name}.{ending}",
                MIME[ending],
                key=f"take-{ending}-{key}",
                on_click="ignore",
            )
