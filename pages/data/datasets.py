"""Datasets: every table of the team; add, look inside, rename, delete."""

from functools import partial

import streamlit as st

from components import data_table, dataset_bar, dataset_list, layout, shell, upload_form, words
from components.dataset_list import Act
from components.session import session
from services import datasets
from services.domain import Dataset

CHAT = "analyse/chat.py"
PAGE_ROWS = 50
DRAWER_WIDTH = 820

ws = shell.workspace()


@shell.readable
def look(dataset: Dataset) -> None:
    """Draws the rows, page by page, and the facts about each column."""
    version = datasets.head(ws, dataset.id)
    profile = datasets.profile(ws, version.id)
    dataset_bar.extent(version)
    dataset_bar.noted(version)
    rows, columns = st.tabs(["Rows", "Columns"])
    with rows:
        grid = st.empty()
        page = data_table.pages(version.rows, PAGE_ROWS, key=f"pages-{version.id}")
        table = datasets.page(ws, version.id, (page - 1) * PAGE_ROWS, PAGE_ROWS)
        with grid.container():
            data_table.rows(table, f"look-{version.id}", "Rows of the dataset", "auto", data_table.codes(profile))
    with columns:
        data_table.facts(profile, f"facts-{version.id}")


@st.dialog("Rename dataset")
@shell.readable
def rename(dataset: Dataset) -> None:
    """Asks for the new name."""
    name = st.text_input("Name", dataset.name, max_chars=120)
    if st.button("Rename", type="primary", disabled=not name.strip()):
        datasets.rename(ws, dataset.id, name)
        st.rerun()


@st.dialog("Delete dataset?")
@shell.readable
def delete(dataset: Dataset) -> None:
    """Asks first: this cannot be undone."""
    st.text(f"{words.clean(dataset.name)} and every conversation about it will be deleted. This cannot be undone.")
    with layout.line(horizontal_alignment="right"):
        if st.button("Keep"):
            st.rerun()
        if st.button("Delete", type="primary", icon=":material/delete:"):
            datasets.delete(ws, dataset.id)
            st.rerun()


def open_chat(dataset: Dataset) -> None:
    """Goes to the chat about this dataset."""
    session.open(dataset.id)
    st.switch_page(CHAT, query_params={"dataset": dataset.id})


with layout.column():
    st.title("Datasets")
    if new := upload_form.show(partial(datasets.upload, ws), ws.backends.settings.upload_mb, "page"):
        open_chat(new)
    everything = datasets.list_all(ws)
    choice = dataset_list.show(everything, {dataset.id: datasets.head(ws, dataset.id) for dataset in everything})
    if not everything:
        st.caption("No datasets yet. Drop in a CSV file, or start with a sample.")
        if st.button("Open a sample table", icon=":material/table_view:"):
            open_chat(datasets.sample(ws))

if choice and choice.act is Act.ASK:
    open_chat(choice.dataset)
elif choice and choice.act is Act.LOOK:
    st.dialog(words.literal(choice.dataset.name, 60), width=DRAWER_WIDTH, position="right")(look)(choice.dataset)
elif choice:
    {Act.RENAME: rename, Act.DELETE: delete}[choice.act](choice.dataset)
