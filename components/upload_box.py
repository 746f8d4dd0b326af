"""The place to drop files: they go to disk in pieces, past Streamlit, with progress and a second try after a cut.

The parts of the component are inline: Streamlit then needs no built package, and the theme's variables colour it.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from services.domain import Allowance

PARTS = Path(__file__).parent / "static"
PREFIX = "/transfer/uploads"
_component = st.components.v2.component(
    "red_pandas_upload",
    html=(PARTS / "upload_box.html").read_text(encoding="utf-8"),
    css=(PARTS / "upload_box.css").read_text(encoding="utf-8"),
    js=(PARTS / "upload_box.js").read_text(encoding="utf-8"),
)


def show(ticket: str, allowance: Allowance, types: tuple[str, ...], place: str) -> tuple[str, ...] | None:
    """Draws the place; the ids of the uploads that have just arrived whole, or None where the route is out of reach."""
    most = min(allowance.most_per_file, allowance.left)
    data = {
        "prefix": PREFIX,
        "ticket": ticket,
        "place": place,
        "most": allowance.most_per_file,
        "left": allowance.left,
        "types": f"CSV, Excel, JSON, Parquet, Arrow, SQLite · up to {most // 1_000_000:,} MB a file",
        "accept": ",".join(f".{ending}" for ending in types),
        "paste": True,
    }
    result = _component(
        data=data,
        key=f"upload-box-{place}",
        height="content",
        on_reachable_change=lambda: None,
        on_uploaded_change=lambda: None,
    )
    if result.get("reachable") is False:
        return None
    arrived = result.get("uploaded")
    return tuple(map(str, arrived)) if isinstance(arrived, list) else ()
