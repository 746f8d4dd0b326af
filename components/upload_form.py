"""Takes a file from the browser and frees the memory it came in."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.typing import UploadedFile

from components import notice, words
from components.session import session
from services.domain import Dataset
from services.errors import AppError

TYPES = ("csv", "tsv", "txt")
PIECE = 1024 * 1024

Upload = Callable[[Path, str], Dataset]
"""Reads the file at this path, which had this name, into a dataset."""


def show(upload: Upload, limit_mb: int, place: str) -> Dataset | None:
    """Draws the form; the dataset, once a file was dropped in and read. `place` tells several forms apart."""
    file = st.file_uploader(
        "Upload a CSV file",
        type=list(TYPES),
        max_upload_size=most(limit_mb),
        label_visibility="collapsed",
        key=f"upload-{place}-{session.uploads}",
    )
    return take(file, upload) if file else None


def most(limit_mb: int) -> int:
    """The largest file in megabytes: the browser would take more than the server, and then fail without a sentence."""
    return min(limit_mb, int(st.get_option("server.maxUploadSize")))


def take(file: UploadedFile, upload: Upload) -> Dataset | None:
    """The dataset read from the file, or None after saying why it could not be read."""
    with tempfile.TemporaryDirectory(prefix="red-pandas-") as folder:
        path = Path(folder) / "upload"
        name = file.name
        _spool(file, path)
        try:
            with st.spinner(f"Reading {words.literal(name, 60)}", show_time=True):
                dataset = upload(path, name)
        except AppError as error:
            notice.show(error)
            return None
    session.uploaded()
    return dataset


def _spool(file: UploadedFile, path: Path) -> None:
    """Moves the file to disk. The upload store would keep its bytes, and copy them on every rerun."""
    with path.open("wb") as target:
        shutil.copyfileobj(file, target, PIECE)
    if (context := get_script_run_ctx()) and hasattr(context.uploaded_file_mgr, "remove_file"):
        context.uploaded_file_mgr.remove_file(context.session_id, file.file_id)
