"""The line over the chat: which dataset is open, how big it is, another one, a new one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from components import data_table, upload_form, words
from components.session import session
from services.domain import Dataset, Profile, Version

if TYPE_CHECKING:
    import pyarrow as pa

SWITCH_WIDTH = 300


def pick(datasets: Sequence[Dataset], opened: Dataset) -> str:
    """Draws the switch; the id of the dataset to show."""
    names = {dataset.id: dataset.name for dataset in datasets}
    ids = list(names)
    return st.selectbox(
        "Dataset",
        ids,
        index=ids.index(opened.id),
        format_func=lambda id: words.clean(names[id]),
        label_visibility="collapsed",
        width=SWITCH_WIDTH,
        key=f"dataset-{opened.id}-{len(ids)}",
    )


def extent(version: Version) -> None:
    """How big the version is."""
    st.caption(words.shape(version.rows, len(version.columns)), width="content")


def upload(take: upload_form.Upload, limit_mb: int) -> Dataset | None:
    """The button that opens the upload form; the dataset that was read, if any."""
    with st.popover("Upload", icon=":material/upload_file:", key=f"upload-popover-{session.uploads}"):
        st.markdown("**Add your own table**")
        st.caption("A CSV file, or other text with one row a line.")
        return upload_form.show(take, limit_mb, "bar")


def preview(table: pa.Table, profile: Profile, version: Version, *, expanded: bool) -> None:
    """The first rows, the kind of each column and what the reader noted; folded once there is a conversation."""
    with st.expander("Preview", expanded=expanded, icon=":material/table:", key=f"preview-{version.id}-{expanded}"):
        data_table.kinds(profile.columns)
        data_table.rows(
            table,
            f"rows-{version.id}",
            alt="First rows of the dataset",
            height=data_table.PREVIEW_HEIGHT,
            codes=data_table.codes(profile),
        )
        noted(version)


def noted(version: Version) -> None:
    """What the reader noted about the file, one line each."""
    for line in version.note.splitlines():
        st.caption(f":material/info: {words.literal(line, 400)}")
