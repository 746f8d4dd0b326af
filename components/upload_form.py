"""Takes files from the browser: in pieces straight to disk or, where that route is cut off, by Streamlit's widget."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.typing import UploadedFile

from components import notice, upload_box, words
from components.session import session
from services.domain import Allowance, Upload
from services.errors import AppError

TYPES = (
    *("csv", "tsv", "tab", "txt", "xlsx", "xls", "xlsm", "xlsb", "ods"),
    *("json", "jsonl", "ndjson", "geojson", "parquet", "pq", "feather", "arrow", "ipc"),
    *("sqlite", "sqlite3", "db", "gz", "zip", "zst", "bz2", "xz"),
)
"""Endings the file dialog offers; what a file is, is found out from what is in it."""
PIECE = 1024 * 1024
PASTED_HEIGHT = 120

Keep = Callable[[Path, str], Upload]
"""Keeps the file at this path, which had this name."""


def show(ticket: str, allowance: Allowance, keep: Keep, place: str) -> tuple[str, ...]:
    """Draws the form; the ids of the uploads that have just arrived. `place` tells several forms apart."""
    arrived = upload_box.show(ticket, allowance, TYPES, place)
    return _plain(allowance, keep, place) if arrived is None else arrived


def most(allowance: Allowance) -> int:
    """The largest file for Streamlit's widget, in megabytes: the browser would take more, and then fail unsaid."""
    allowed = min(allowance.most_per_file, allowance.left) // 1_000_000
    return max(1, min(allowed, int(st.get_option("server.maxUploadSize"))))


def take(files: Sequence[UploadedFile], keep: Keep) -> tuple[str, ...]:
    """The ids of the uploads made of the files; those that could not be kept are told about."""
    kept = tuple(found for file in files if (found := _take(file, keep)))
    if len(kept) == len(files):
        session.uploaded()
    return kept


def _plain(allowance: Allowance, keep: Keep, place: str) -> tuple[str, ...]:
    files = st.file_uploader(
        "Files",
        type=list(TYPES),
        accept_multiple_files=True,
        max_upload_size=most(allowance),
        label_visibility="collapsed",
        key=f"upload-{place}-{session.uploads}",
    )
    if files:
        return take(files, keep)
    with st.expander("Paste a table", type="compact", icon=":material/content_paste:"):
        text = st.text_area("Table", height=PASTED_HEIGHT, key=f"paste-{place}-{session.uploads}")
        if st.button("Add", key=f"add-pasted-{place}", disabled=not text.strip()):
            return _pasted(text, keep)
    return ()


def _pasted(text: str, keep: Keep) -> tuple[str, ...]:
    with tempfile.TemporaryDirectory(prefix="red-pandas-") as folder:
        path = Path(folder) / "pasted"
        path.write_text(text, encoding="utf-8", errors="replace")
        kept = _kept(path, "Pasted table.txt", keep)
    session.uploaded()
    return (kept,) if kept else ()


def _take(file: UploadedFile, keep: Keep) -> str | None:
    with tempfile.TemporaryDirectory(prefix="red-pandas-") as folder:
        path, name = Path(folder) / "upload", file.name
        _spool(file, path)
        return _kept(path, name, keep)


def _kept(path: Path, name: str, keep: Keep) -> str | None:
    try:
        with st.spinner(f"Taking {words.literal(name, 60)}", show_time=True):
            return keep(path, name).id
    except AppError as error:
        notice.show(error)
        return None


def _spool(file: UploadedFile, path: Path) -> None:
    """Moves the file to disk. The upload store would keep its bytes, and copy them on every rerun."""
    with path.open("wb") as target:
        shutil.copyfileobj(file, target, PIECE)
    if (context := get_script_run_ctx()) and hasattr(context.uploaded_file_mgr, "remove_file"):
        context.uploaded_file_mgr.remove_file(context.session_id, file.file_id)
