"""Ways to take a table away, as links that the browser saves itself: the file never passes through the page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import streamlit as st

from components import words
from services.domain import Upload, Version

PARTS = Path(__file__).parent / "static"
PROBE = "/transfer/uploads/probe"
WRITING = "Excel is being written; a large table takes a minute or two. The download then begins by itself."
Format = Literal["csv", "xlsx", "parquet", "original"]
_component = st.components.v2.component(
    "red_pandas_downloads",
    html=(PARTS / "downloads.html").read_text(encoding="utf-8"),
    css=(PARTS / "downloads.css").read_text(encoding="utf-8"),
    js=(PARTS / "downloads.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True)
class File:
    """One way to take a table away. Without an address it cannot be, and the note says why."""

    name: str
    note: str
    href: str = ""
    wait: str = "The download begins."
    """Said when it is clicked."""


def offered(version: Version, original: Upload | None, objection: str, link: Callable[[Format], str]) -> list[File]:
    """What a version can be taken away as; `objection` says why not as Excel, `link` gives the addresses."""
    sizes = words.size(version.bytes)
    files = [
        File("CSV", "Text in UTF-8, for any program", link("csv")),
        File("Excel", objection or "One sheet, kinds kept", "" if objection else link("xlsx"), WRITING),
        File("Parquet", f"{sizes}, kinds kept, for programs", link("parquet")),
    ]
    if original:
        note = f"{words.clean(original.filename)[:60]}, {words.size(original.size)}, as it came"
        files.append(File("Original file", note, link("original")))
    return files


def show(files: Sequence[File], ticket: str, key: str) -> bool:
    """Draws the links; False where the browser cannot reach them, so that another way is needed."""
    result = _component(
        data={"files": [asdict(file) for file in files], "probe": PROBE, "ticket": ticket},
        key=f"downloads-{key}",
        height="content",
        on_reachable_change=lambda: None,
    )
    return result.get("reachable") is not False
