"""Datasets: every table of the team; find, open, describe, take away, delete."""

from functools import partial

import streamlit as st

from components import dataset_list, downloads, layout, reading_list, shell, upload_form, words
from components.dataset_list import Act
from components.session import session
from pages import share_dialog, shelf
from services import datasets, exports, tickets, uploads
from services.domain import Dataset, ObjectKind, Version
from services.exports import Format

CHAT, TABLE, UPLOAD = "analyse/chat.py", "data/table.py", "data/upload.py"
WIDTH = 980
MOST_HELD = 100_000_000
"""Bytes that may pass through the page where the browser cannot reach the server's own download."""

ws = shell.workspace()


@st.dialog("Rename, describe, tag")
@shell.readable
def edit(dataset: Dataset) -> None:
    """Asks for name, description and tags."""
    name = st.text_input("Name", dataset.name, max_chars=120)
    description = st.text_area("Description", dataset.description, max_chars=2_000, placeholder="What is in it?")
    known = {tag for each in datasets.list_all(ws) for tag in each.tags}
    tags = st.multiselect("Tags", sorted(known), dataset.tags, accept_new_options=True, format_func=words.clean)
    if st.button("Save", type="primary", disabled=not name.strip(), shortcut="Ctrl+Enter"):
        datasets.edit(ws, dataset.id, name, description, tags)
        st.rerun()


@st.dialog("Download")
@shell.readable
def download(dataset: Dataset) -> None:
    """Offers every format; where the browser cannot reach the links, what is small enough passes through the page."""
    version = datasets.head(ws, dataset.id)
    st.caption(f"{words.literal(dataset.name, 80)} · {words.shape(version.rows, len(version.columns))}")
    original = next(iter(datasets.origin(ws, version.id) or ()), None)
    files = downloads.offered(version, original, exports.objection(version), partial(link, version))
    if not downloads.show(files, tickets.give(ws, "upload"), version.id):
        st.caption("The browser cannot reach the server's own downloads: this one passes through the page.")
        small = version.bytes <= MOST_HELD
        if small and st.button("Prepare Parquet", icon=":material/download:"):
            with exports.file(ws, version.id, Format.PARQUET) as path:
                st.download_button("Parquet", path.read_bytes(), exports.filename(ws, version.id, Format.PARQUET))


def link(version: Version, format: str) -> str:
    """The address of a download, good for this person and some hours."""
    ticket = tickets.give(ws, f"download:{format}:{version.id}")
    return f"/transfer/downloads/{version.id}/{format}?ticket={ticket}"


def share(dataset: Dataset) -> None:
    """Says who sees it."""
    share_dialog.show(ws, ObjectKind.DATASET, dataset.id, dataset.name)


def delete(dataset: Dataset) -> None:
    """Deletes at once: it can be undone."""
    datasets.delete(ws, dataset.id)
    session.deleted(dataset.id)
    st.rerun()


def restore(dataset_id: str) -> None:
    """Brings a deleted dataset back."""
    datasets.restore(ws, dataset_id)
    st.rerun()


def read_again(dataset: Dataset) -> None:
    """Goes where the original file can be read with other settings, into a new dataset."""
    if origin := datasets.origin(ws, dataset.head_id):
        again = origin[1].model_copy(update={"name": ""})
        st.switch_page(UPLOAD, query_params=session.reading(reading_list.written([again])))
    st.toast("The file this was read from is not kept.", icon=":material/info:")


def open_at(page: str, dataset: Dataset) -> None:
    """Goes to a page about this dataset."""
    session.open(dataset.id)
    st.switch_page(page, query_params={"dataset": dataset.id})


with layout.column(width=WIDTH):
    st.title("Datasets")
    everything, gone = datasets.list_all(ws), datasets.list_deleted(ws)
    keep = partial(uploads.keep, ws)
    if not shelf.may_add(ws):
        shelf.tables(ws)
    elif arrived := upload_form.show(tickets.give(ws, "upload"), uploads.allowance(ws), keep, "page"):
        st.switch_page(UPLOAD, query_params=session.reading(reading_list.written(reading_list.of(arrived))))
    for each in gone:
        if each.id == session.deleted_id and dataset_list.undo(each.name):
            restore(each.id)
    choice = dataset_list.show(everything, datasets.heads(ws))
    if not everything:
        st.caption("No datasets yet. Drop in a file, or start with a sample.")
        if st.button("Open a sample table", icon=":material/table_view:"):
            open_at(CHAT, datasets.sample(ws))
    if gone:
        back, purged = dataset_list.deleted(gone, datasets.RESTORABLE.days)
        if back:
            restore(back)
        if purged:
            datasets.purge(ws, purged)
            st.rerun()

if choice and choice.act in (Act.ASK, Act.LOOK):
    open_at(CHAT if choice.act is Act.ASK else TABLE, choice.dataset)
elif choice:
    acts = {Act.EDIT: edit, Act.DOWNLOAD: download, Act.DELETE: delete, Act.AGAIN: read_again, Act.SHARE: share}
    acts[choice.act](choice.dataset)
