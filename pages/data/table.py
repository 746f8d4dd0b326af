"""Table: every row of the open dataset, sorted and filtered, beside what is in each column."""

import streamlit as st

from components import data_table, dataset_bar, layout, notice, shell, table_view, words
from components.session import session
from pages import shelf
from services import datasets
from services.domain import Dataset, Profile, Version, View
from services.errors import AppError

CHAT = "analyse/chat.py"
PAGE_ROWS = 200
GRID_HEIGHT = 560
LARGE_ROWS, SORTED_ROWS = 1_000_000, 100_000
"""Of a sorted table with more rows than the first, only so many can be paged through: a page at row 5,000,000 of
20 million took 8.5 s."""
KEPT_COUNTS = 64

ws = shell.workspace()


@st.cache_data(max_entries=KEPT_COUNTS, scope="session", show_spinner=False)
def matching(version_id: str, written: str) -> int:
    """How many rows meet the conditions: counted once, not for every page."""
    return datasets.count(ws, version_id, View.model_validate_json(written))


def grid(version: Version, profile: Profile, view: View) -> str:
    """Draws one page of the rows; the column whose head was clicked."""
    key = f"{version.id}-{hash(view)}"
    try:
        with st.spinner("Looking through the table"):
            rows = matching(version.id, View(conditions=view.conditions).model_dump_json())
        place = st.container()
        reach = SORTED_ROWS if view.sort and rows > LARGE_ROWS else None
        page = data_table.pages(rows, PAGE_ROWS, f"pages-{key}", reach)
        with place, st.spinner("Reading"):
            table = datasets.view(ws, version.id, view, (page - 1) * PAGE_ROWS, PAGE_ROWS)
    except AppError as error:
        notice.show(error)
        return ""
    if reach:
        st.caption(
            f"Sorted, the first {reach:,} rows can be paged through. Turn the order round, or filter, for others."
        )
    if view.conditions:
        st.caption(f"Of {words.count(version.rows, 'row')} in all.")
    with place:
        codes = data_table.codes(profile)
        return data_table.choosing(table, f"grid-{version.id}", "Rows of the dataset", GRID_HEIGHT, codes)


def show(dataset: Dataset) -> None:
    """Draws the rows and the columns; a changed view is kept in the address and drawn at once."""
    version, profile = datasets.head(ws, dataset.id), datasets.profile(ws, datasets.head(ws, dataset.id).id)
    view = table_view.parsed(session.view, profile)
    changed = table_view.conditions(profile, view, version.id)
    left, right = st.columns([3, 1], gap="medium")
    with left:
        chosen = grid(version, profile, view)
        dataset_bar.noted(version)
    with right, st.container(border=True, height=GRID_HEIGHT + 50, key="columns"):
        changed = table_view.columns(profile, chosen, changed, version.id)
    if changed != view:
        session.look(table_view.written(changed))
        st.rerun()


everything = shelf.tables(ws)
dataset, _ = dataset_bar.opened(everything)
session.open(dataset.id, session.conversation_id)
with layout.line():
    dataset_bar.switch(everything, dataset, datasets.head(ws, dataset.id))
    st.space("stretch")
    ask = st.button("Ask", icon=":material/forum:")
if ask:
    st.switch_page(CHAT, query_params={"dataset": dataset.id})
show(dataset)
