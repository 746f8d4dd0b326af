"""The line over the chat: which dataset is open, how big it is, another one, a new one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from components import data_table, upload_form, words
from components.session import session
from services.domain import Allowance, Dataset, Profile, Version

if TYPE_CHECKING:
    import pyarrow as pa

SWITCH_WIDTH = 300


def opened(datasets: Sequence[Dataset]) -> tuple[Dataset, bool]:
    """The dataset the address names, else the newest; and whether the one it names is gone."""
    named = [dataset for dataset in datasets if dataset.id == session.dataset_id]
    return (named or datasets)[0], bool(session.dataset_id and not named)


def pick(datasets: Sequence[Dataset], opened: Dataset) -> str:
    """Draws the switch; the id of the dataset to show."""
    names = {dataset.id: dataset.name for dataset in reversed(datasets)}
    ids = [dataset.id for dataset in datasets]
    return st.selectbox(
        "Dataset",
        ids,
        index=ids.index(opened.id),
        format_func=words.telling(names, lambda id: words.clean(names[id])),
        label_visibility="collapsed",
        width=SWITCH_WIDTH,
        key=f"dataset-{opened.id}-{len(ids)}",
    )


def switch(datasets: Sequence[Dataset], opened: Dataset, version: Version) -> None:
    """Draws the switch and how big the version is; opens another dataset when one is picked."""
    picked = pick(datasets, opened)
    extent(version)
    if picked != opened.id:
        session.open(picked)
        session.look("")
        st.rerun()


def extent(version: Version) -> None:
    """How big the version is."""
    st.caption(words.shape(version.rows, len(version.columns)), width="content")


def upload(ticket: str, allowance: Allowance, keep: upload_form.Keep) -> tuple[str, ...]:
    """The button that opens the upload form; the ids of the uploads that have just arrived."""
    with st.popover("Upload", icon=":material/upload_file:", key=f"upload-popover-{session.uploads}"):
        st.markdown("**Add your own table**")
        return upload_form.show(ticket, allowance, keep, "bar")


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
